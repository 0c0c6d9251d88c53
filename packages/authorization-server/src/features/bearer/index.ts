/**
 * Bearer tokens as they are presented: what one stands for now, and the guard of our own APIs.
 * Specifications: RFC 6750, RFC 9068 §4. Tables: none of its own. Settings: none.
 */
export { authorityOf, type TokenAuthority } from './authority.ts'
export { openAccessToken } from './presented.ts'
export { type BearerUser, type Presented, requireBearer, requireBearerUser } from './bearer.ts'
