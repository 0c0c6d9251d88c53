/**
 * Client authentication at the endpoints that clients call directly, and the form that they send there.
 * Specifications: RFC 6749 §2.3, §3.2; RFC 7521 §4.2; RFC 7523 §2.2, §3; OpenID Connect Core §9. Tables: client_assertions.
 * Settings: none.
 */
export { authenticateClient, formOf } from './authenticate.ts'
export { clientAuthenticationMigrations } from './migrations.ts'
export { authenticationMetadata } from './metadata.ts'
export { expiredAssertions } from './store.ts'
