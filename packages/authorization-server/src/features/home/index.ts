/**
 * The landing page and the assets of all pages.
 * Specifications: none. Tables: none. Settings: none.
 */
export { homeFeature, type HomeOptions } from './endpoint.ts'
export type { HomePage } from './page.ts'
