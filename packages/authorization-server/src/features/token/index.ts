/**
 * The token endpoint and its grants.
 * Specifications: RFC 6749 §3.2, §4.1.3, §4.3, §4.4, §5, §6; RFC 7636; RFC 8707; RFC 9068; OpenID Connect Core §2, §3.1.3. Tables: none. Settings: none.
 */
export { type AccessPlan, planAccess, requestedAudiences, writeGrantAccess } from './access.ts'
export { tokenFeature } from './endpoint.ts'
export { type IdTokenInput, writeIdToken } from './id-token.ts'
export { grantExpiry } from './lifetime.ts'
export { type PreviewedGrant, previewTokens, type TokenPreview } from './preview.ts'
export { decideScopes } from './scopes.ts'
