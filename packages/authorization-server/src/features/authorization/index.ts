/**
 * The authorization endpoint: what a request needs next, consent, codes, and the way back to the client.
 * Specifications: RFC 6749 §3.1, §4.1; RFC 7636; RFC 9207; RFC 9700 §2.1, §4; OpenID Connect Core §3.1.2.
 * Tables: authorization_transactions. Settings: none.
 */
export { authorizationFeature, pendingApplication } from './endpoint.ts'
export { authorizationMigrations } from './migrations.ts'
export { expiredTransactions } from './store.ts'
