/**
 * What clients are told about people: subjects, claims, and how surely a person was recognised.
 * Specifications: OpenID Connect Core §2, §5, §8. Tables: none. Settings: none.
 */
export { acrOf, acrValues } from './assurance.ts'
export { type Claims, claimsRequestOf, personClaims, requestedNames, supportedClaims } from './claims.ts'
export { type ClaimOrigin, claimOrigins } from './origins.ts'
export { subjectFor } from './subject.ts'
