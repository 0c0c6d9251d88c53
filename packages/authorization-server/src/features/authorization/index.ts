/**
 * The authorization endpoint: what a request needs next, consent, codes, and the way back to the client.
 * Specifications: RFC 6749 §3.1, §4.1; RFC 7636; RFC 9207; RFC 9700 §2.1, §4; OpenID Connect Core §3, §5.5, §6;
 * OAuth 2.0 Multiple Response Types; OAuth 2.0 Form Post Response Mode.
 * Tables: authorization_transactions. Settings: none.
 */
export { authorizationFeature } from './endpoint.ts'
export { authorizationMigrations } from './migrations.ts'
export { type PendingApplication, pendingApplication } from './pending.ts'
export type { NextStep } from './next-step.ts'
export { type AuthorizationPreview, previewAuthorization } from './preview.ts'
export { destinationFor } from './request.ts'
export { expiredTransactions } from './store.ts'
