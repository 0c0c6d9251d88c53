/**
 * APIs and the scopes that clients may ask for, and numbered sets of scopes for tokens.
 * Specifications: RFC 6749 §3.3, RFC 8707. Tables: apis, scopes, scope_sets. Settings: none of its own.
 */
export { scopesMigrations } from './migrations.ts'
export { createScopeSets, type ScopeSets } from './scope-sets.ts'
export { type Api, insertApi, listApis, listScopes, putScope, type Scope } from './store.ts'
