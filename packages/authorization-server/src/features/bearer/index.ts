/**
 * Bearer tokens as they are presented: what one stands for now, and the guard of our own APIs.
 * Specifications: RFC 6750. Tables: none of its own. Settings: none.
 */
export { authorityOf, type TokenAuthority } from './authority.ts'
export { type BearerUser, type Presented, requireBearer, requireBearerUser } from './bearer.ts'
