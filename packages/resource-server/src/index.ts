// @latchkey/resource-server: protects an API with bearer tokens of any standard authorization server. The core uses what
// every runtime has (fetch, Web Crypto); frameworks come in by their own entry. RFC 6750, RFC 7662, RFC 9068, RFC 9728.

export { type Auth, type LocalUser, type TokenClaims } from './auth.ts'
export { type IntrospectionCredentials } from './introspection.ts'
export { assertEveryRouteHasARule, describeInventory, type InventoryLine } from './inventory.ts'
export { type OpenApiDocument } from './openapi.ts'
export { type ClaimsResult, type ClaimsSchema, type ProtectOptions, type SessionLogin } from './options.ts'
export { type Clock } from './platform/time/index.ts'
export { type Allowed, type Decision } from './gate.ts'
export { type Api, protect } from './protect.ts'
export { type RefusalBody, type Refused } from './refusal.ts'
export { type GuardRequest } from './request.ts'
export { type ResourceMetadata } from './resource-metadata.ts'
export { describeRule, type Rule } from './rule.ts'
export { type ReadWriteArguments, type ReadWritePrefix, type Rules } from './rules-of-api.ts'
export { type Fault, type Fetch } from './upstream.ts'
export { type Identity, type LocalUserStore, type UserStore } from './user-store.ts'
