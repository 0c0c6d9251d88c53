/**
 * Consents: which scopes a person allowed which application.
 * Specifications: OpenID Connect Core §3.1.2.4. Tables: consents. Settings: none.
 */
export { type Consent, scopesWithoutConsent } from './consent.ts'
export { consentsMigrations } from './migrations.ts'
export { type ConsentInList, consentFromRow, consentsOf, findConsent, giveConsent, withdrawConsent } from './store.ts'
