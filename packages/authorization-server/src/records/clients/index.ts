/**
 * Clients: the applications that may ask for tokens, and their secrets.
 * Specifications: RFC 6749 §2, RFC 7591 §2, OpenID Connect Dynamic Client Registration §2. Tables: clients, client_secrets. Settings: none of its own.
 */
import type { Noun } from '../../platform/console/index.ts'

export {
  type AuthenticationMethod,
  authenticationMethods,
  type Client,
  type ClientSecret,
  type ClientSettings,
  defaultClientSettings,
  type GrantType,
  grantTypes,
  type IdTokenAlgorithm,
  idTokenAlgorithms,
  type IntrospectionRight,
  introspectionRights,
  mostLiveSecrets,
  signedFor,
} from './client.ts'
export { type ClientDirectory, createClientDirectory, type KnownClient } from './directory.ts'
export { type ClientKeys, createClientKeys, type ProvenJws, type UnprovenJws } from './keys.ts'
export {
  type ClientMetadata,
  plainMetadata,
  type ResponseType,
  responseTypes,
  type SigningAlgorithm,
  signingAlgorithms,
  type SwitchedOn,
} from './metadata.ts'
export { clientNameFault } from './name.ts'
export { clientsMigrations } from './migrations.ts'
export { createProvenHeaders, type ProvenHeaders } from './proven.ts'
export { createSecretChecker, generateSecret, type SecretChecker, storeChosenSecret } from './secrets.ts'
export {
  deleteClient,
  deleteSecret,
  disownClients,
  dropOldSecrets,
  findClient,
  findClientByRow,
  insertClient,
  insertSecret,
  listClients,
  type NewClientSecret,
  raiseClientEpoch,
  secretsOf,
  setClientEnabled,
  updateClient,
} from './store.ts'

/** For the console, which loads it when somebody opens it: no start waits for it. */
export async function clientsNoun(): Promise<Noun> {
  return (await import('./admin.ts')).clientsNoun
}
