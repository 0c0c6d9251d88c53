/**
 * What an application shows of itself on our pages: its logo, as a copy, and links to its home page, policy and terms.
 * Specifications: OpenID Connect Dynamic Client Registration §2, RFC 7591 §2. Tables: none. Settings: none.
 */
export { type Brand, brandOf } from './brand.ts'
export { brandingFeature } from './endpoint.ts'
export { brandLinks, brandPairing } from './page.ts'
