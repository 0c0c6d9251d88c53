/**
 * Token introspection for APIs.
 * Specifications: RFC 7662, RFC 9701. Tables: none. Settings: none; each client's registration says which tokens it may ask about.
 */
export { previewIntrospection, type PreviewedToken } from './preview.ts'
export { introspectionFeature } from './endpoint.ts'
