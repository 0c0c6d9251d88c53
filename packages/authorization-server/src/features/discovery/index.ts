/**
 * Discovery: the server's metadata at every well-known form, and the public keys.
 * Specifications: RFC 8414, OpenID Connect Discovery §4, RFC 7517. Tables: none. Settings: none.
 */
export { discoveryFeature } from './endpoint.ts'
