/**
 * Registration of applications by themselves, and their management of it.
 * Specifications: RFC 7591, RFC 7592, OpenID Connect Dynamic Client Registration. Tables: none of its own. Settings: registration.
 */
export { type RegistrationSettings, registrationSettings } from './config.ts'
export { sectorFaultOf } from './endpoint.ts'
export { clientRegistrationFeature } from './feature.ts'
export { removeUnused, removeUnusedClients } from './unused-job.ts'
