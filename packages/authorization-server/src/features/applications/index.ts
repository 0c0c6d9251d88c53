/**
 * Applications: people register the clients of their own, change them, rotate their secrets, and see why requests were refused.
 * Specifications: RFC 7591 §2; RFC 6749 §2; RFC 9700 §2, §4.1. Tables: none of its own. Settings: none.
 */
export type { ApplicationRefusal } from './detail-page.ts'
export { applicationsFeature } from './endpoint.ts'
export { recentRefusals } from './recent-refusals.ts'
