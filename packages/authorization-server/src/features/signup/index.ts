/**
 * Sign-up: people make their own accounts, where the operator lets them.
 * Specifications: NIST SP 800-63B-4 §3.1.1.2; OWASP ASVS 5.0 V2.4.1, V6.3.8. Tables: none of its own.
 * Settings: identity.signUp, identity.emailMaxLength, identity.passwordPolicy, limits.signUpsPerSource, all of other rooms.
 */
export { signUpFeature } from './endpoint.ts'
