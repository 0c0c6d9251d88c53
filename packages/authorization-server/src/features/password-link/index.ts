/**
 * The page behind a one-time link: its holder chooses a password, once, and then signs in with it.
 * Specifications: NIST SP 800-63B-4 §4.2, OWASP ASVS 5.0 V6.4. Tables: none of its own. Settings: none of its own.
 */
export { passwordLinkFeature } from './endpoint.ts'
