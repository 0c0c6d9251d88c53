/**
 * APIs and the scopes that clients may ask for, and numbered sets of scopes and audiences for tokens.
 * Specifications: RFC 6749 §3.3, RFC 8707, RFC 9068. Tables: apis, api_clients, scopes, scope_sets, audience_sets.
 * Settings: none of its own.
 */
export { type Api, type NewApi, type TokenFormat, tokenFormats } from './api.ts'
export { type ApiDirectory, createApiDirectory } from './api-directory.ts'
export { scopesMigrations } from './migrations.ts'
export { type AudienceSets, createAudienceSets, createScopeSets, type ScopeSets } from './scope-sets.ts'
export { insertApi, insertApiClient, insertApiScope, listApis, listScopes, putScope, type Scope } from './store.ts'
