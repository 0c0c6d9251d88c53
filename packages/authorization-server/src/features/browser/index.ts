/**
 * The browser's side: who is signed in, forms that only our own pages can send, and pages with all their headers.
 * Specifications: OWASP ASVS 5.0 V3.5, V7; RFC 6265bis; RFC 9700 §4.11. Tables: none of its own. Settings: none.
 */
export { fieldErrors, shownPolicy, takenErrors, waitSentence } from './form-words.ts'
export { earlierForm, formToken, requireForm } from './form-guard.ts'
export { deviceCookieFor, knownDevice } from './known-device.ts'
export { localPath } from './local-path.ts'
export { page, pageContext, pageFace, type PageOptions, signInPath, toSignIn } from './pages.ts'
export {
  browserStateCookieName,
  clearedSessionCookies,
  sessionState,
  type SessionStateInput,
  sessionStateCookies,
} from './session-state.ts'
export { type OwnForm, type OwnRequest, type OwnRoutes, ownRoutes } from './signed-in.ts'
export { beginSession, endCurrentSession, type NewSignIn } from './sign-in.ts'
export {
  type Anonymous,
  sessionCookieFor,
  sessionCookieName,
  type SignedIn,
  type Visitor,
  visitorOf,
} from './visitor.ts'
