/**
 * Sign-in with e-mail or username and password.
 * Specifications: OWASP ASVS 5.0 V6.3, V7; RFC 9700 §4.12. Tables: none of its own. Settings: none of its own.
 */
export { loginFeature, type LoginOptions } from './endpoint.ts'
