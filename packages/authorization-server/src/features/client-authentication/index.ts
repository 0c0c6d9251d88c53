/**
 * Client authentication at the endpoints that clients call directly, and the form that they send there.
 * Specifications: RFC 6749 §2.3, §3.2. Tables: none. Settings: none.
 */
export { authenticateClient, formOf } from './authenticate.ts'
