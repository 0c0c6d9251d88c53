// @latchkey/client: signs people in to an app with any standard authorization server. The core uses what every runtime has
// (fetch, Web Crypto); frameworks come in by their own entry. RFC 6749 §4.1, RFC 7636, RFC 9207, OpenID Connect Core §3.1.

export {
  type Account,
  type AccountChanges,
  type AccountLink,
  type AccountStore,
  type NewAccount,
} from './account-store.ts'
export { type LoginCause, loginCauses, LoginFailure } from './causes.ts'
export { fromEnvironment } from './environment.ts'
export { type JsonObject } from './json.ts'
export { login, type Login } from './login.ts'
export { type Fetch, type LoginOptions, type LoginPaths, type LoginSettings, type Providers } from './options.ts'
export { type FailurePage } from './page.ts'
export { type Clock } from './platform/time/index.ts'
export { type OAuthProvider, type OpenIdProvider, type ProfileFields, type Provider } from './provider.ts'
export { type LoginRequest } from './request.ts'
export { type Session } from './session.ts'
export { type SessionMatch, type SessionStore, type StoredSession } from './session-store.ts'
export { type Profile, type User } from './user.ts'
export { type Visit } from './visit.ts'
