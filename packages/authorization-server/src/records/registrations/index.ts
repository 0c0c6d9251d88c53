/**
 * Registrations over HTTP: the tokens that let applications register themselves, and the mark and token of those that did.
 * Specifications: RFC 7591 §3, RFC 7592 §3. Tables: initial_access_tokens, client_registrations, registration_gate. Settings: none of its own.
 */
export { registrationsMigrations } from './migrations.ts'
export {
  generateRegistrationToken,
  type InitialToken,
  type InitialTokenState,
  type Registration,
  registrationDigest,
  stateOf,
} from './registration.ts'
export {
  deleteUnusedClient,
  findInitialToken,
  findRegistration,
  insertInitialToken,
  insertRegistration,
  isUnchecked,
  listInitialTokens,
  passGate,
  replaceRegistrationToken,
  revokeInitialToken,
  selfRegisteredRows,
  unusedClientRows,
  useInitialToken,
} from './store.ts'
