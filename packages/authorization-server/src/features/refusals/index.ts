/**
 * Refusals: one error in the face that its route declares, and a record under a short id for those who may see why.
 * Specifications: RFC 6749 §5.2, RFC 6750 §3, RFC 9110 §15.5. Tables: none. Settings: none.
 */
export { clauseOf } from './clauses.ts'
export { bearer, django, FieldErrors, type FieldMessages, oauthJson } from './faces.ts'
export { createFailures, type FailureRates, type Failures } from './failures.ts'
export { createIncidents, type Incidents } from './incidents.ts'
export type { Incident } from './kept-incidents.ts'
export { asOAuthError, isOverload } from './translate.ts'
