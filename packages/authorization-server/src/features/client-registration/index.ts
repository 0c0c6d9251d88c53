/**
 * Registration of applications by themselves, and their management of it.
 * Specifications: RFC 7591, RFC 7592, OpenID Connect Dynamic Client Registration. Tables: none of its own. Settings: registration.
 */
export { frontchannelFault } from './addresses.ts'
export { type RegistrationSettings, registrationSettings } from './config.ts'
export { clientRegistrationFeature } from './feature.ts'
export { removeUnused, removeUnusedClients } from './unused-job.ts'
