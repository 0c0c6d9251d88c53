/**
 * The account pages: what a person reads and changes of their account, and whom they let use it.
 * Specifications: OWASP ASVS 5.0 V6.2, V7.4, V7.5; W3C A Well-Known URL for Changing Passwords.
 * Tables: none of its own. Settings: none of its own.
 */
export { accountFeature } from './endpoint.ts'
