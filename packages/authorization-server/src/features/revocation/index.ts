/**
 * Token revocation by the client that holds the token.
 * Specifications: RFC 7009. Tables: none of its own. Settings: none.
 */
export { revocationFeature } from './endpoint.ts'
