/**
 * Consents: which scopes a person allowed which application.
 * Specifications: OpenID Connect Core §3.1.2.4. Tables: consents. Settings: none.
 */
import type { Noun } from '../../platform/console/index.ts'

export { type Consent, scopesWithoutConsent } from './consent.ts'
export { type ConsentKey, readConsentKey } from './key.ts'
export { consentsMigrations } from './migrations.ts'
export { type ConsentInList, consentFromRow, consentsOf, findConsent, giveConsent, withdrawConsent } from './store.ts'

/** For the console, which loads it when somebody opens it: no start waits for it. */
export async function consentsNoun(): Promise<Noun> {
  return (await import('./admin.ts')).consentsNoun
}
