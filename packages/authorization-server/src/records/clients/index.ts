/**
 * Clients: the applications that may ask for tokens, and their secrets.
 * Specifications: RFC 6749 §2, RFC 7591 §2, OpenID Connect Dynamic Client Registration §2. Tables: clients, client_secrets. Settings: none of its own.
 */
import type { Act, Noun } from '../../platform/console/index.ts'

export {
  frontchannelFault,
  postLogoutUriFault,
  type RedirectRules,
  redirectUriFault,
} from './addresses.ts'
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
  needsSecret,
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
export { metadataFaults } from './metadata-rules.ts'
export { clientNameFault } from './name.ts'
export { clientsMigrations } from './migrations.ts'
export { createProvenHeaders, type ProvenHeaders } from './proven.ts'
export {
  addedRedirectUriFault,
  chosenSecretFaults,
  type ClientFaults,
  clientFaults,
  type ClientRules,
  gainingOwner,
  hasPowers,
  settledClient,
} from './rules.ts'
export { type SecretTurn, turnOfSecret } from './secret-apply.ts'
export {
  createSecretChecker,
  generateClientId,
  generateSecret,
  type SecretChecker,
  storeChosenSecret,
} from './secrets.ts'
export {
  clientsAt,
  clientsWithLegacySwitches,
  clientsWithOldSecrets,
  countClientsWithScope,
  deleteClient,
  deleteSecret,
  disableNewClient,
  disownClients,
  dropOldSecrets,
  findClient,
  findClientByRow,
  insertClient,
  insertSecret,
  listClients,
  type NamedClient,
  namesOfClients,
  type NewClientSecret,
  type OldSecret,
  raiseClientEpoch,
  secretsOf,
  secretsOfClients,
  setClientEnabled,
  setClientOwner,
  takeScopeFromClients,
  updateClient,
} from './store.ts'
export { changesOfClient, clientValues, type SecretValues, settingsFrom } from './values.ts'

/** For the console, which loads it when somebody opens it: no start waits for it. */
export async function clientsNoun(): Promise<Noun> {
  return (await import('./admin.ts')).clientsNoun
}

/** As {@link clientsNoun}; for a server in development, and no other. */
export async function testTokenAct(): Promise<Act> {
  return (await import('./questions.ts')).testTokenAct
}
