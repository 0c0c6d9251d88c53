/**
 * The token endpoint and its grants.
 * Specifications: RFC 6749 §3.2, §4.1.3, §4.3, §4.4, §5, §6; RFC 7636; OpenID Connect Core §3.1.3. Tables: none. Settings: none.
 */
export { tokenFeature } from './endpoint.ts'
export { decideScopes } from './scopes.ts'
