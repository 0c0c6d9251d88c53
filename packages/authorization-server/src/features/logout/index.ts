/**
 * Sign-out: by the person, at the wish of a client, and what the other clients of the session are told of it.
 * Specifications: OpenID Connect RP-Initiated, Back-Channel and Front-Channel Logout 1.0, Session Management 1.0. Tables: none of
 * its own. Settings: none of its own.
 */
export { type DeliveryDeps, deliverLogouts } from './delivery-job.ts'
export { logoutFeature } from './endpoint.ts'
export { partyTo } from './party.ts'
export { afterSignOut } from './signed-out-endpoint.ts'
