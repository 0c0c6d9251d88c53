/**
 * UserInfo: what an application may know about the person who signed in.
 * Specifications: OpenID Connect Core §5.3. Tables: none. Settings: none.
 */
export { userinfoClaims } from './answer.ts'
export { userinfoFeature } from './endpoint.ts'
