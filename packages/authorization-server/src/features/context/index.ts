/**
 * What a running server is made of, and what a feature is. Types and shared settings only: no behaviour lives here.
 * Specifications: none. Tables: none. Settings: identity.
 */
export { type IdentitySettings, identitySettings } from './config.ts'
export type { Context } from './context.ts'
export type { Description, Feature } from './feature.ts'
