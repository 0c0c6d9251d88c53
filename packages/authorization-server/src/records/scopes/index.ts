/**
 * APIs and the scopes that clients may ask for, numbered sets of scopes and audiences for tokens, and names that were retired.
 * Specifications: RFC 6749 §3.3, RFC 8707, RFC 9068. Tables: apis, api_clients, scopes, scope_sets, audience_sets, retired_names.
 * Settings: none of its own.
 */
import type { Noun } from '../../platform/console/index.ts'

export { type Api, type KnownApi, type NewApi, type TokenFormat, tokenFormats } from './api.ts'
export { type ApiDirectory, createApiDirectory } from './api-directory.ts'
export { scopesMigrations } from './migrations.ts'
export { audienceFault, audienceSentences, type NameFault, scopeNameFault, scopeNameSentences } from './names.ts'
export { type Retired, withoutRetired } from './retired.ts'
export { type AudienceSets, createAudienceSets, createScopeSets, type ScopeSets } from './scope-sets.ts'
export { consoleScope, isForAnyClient, whyKept } from './standard.ts'
export {
  deleteApi,
  deleteScope,
  insertApi,
  insertApiClient,
  insertApiScope,
  insertScope,
  insertStandardScopes,
  type KnownScope,
  listApis,
  listRetired,
  listScopes,
  type NewScope,
  removeApiClients,
  retireName,
  type Scope,
  touchApi,
  updateApi,
  updateScope,
} from './store.ts'

/** For the console, which loads them when somebody opens it: no start waits for them. */
export async function scopesNouns(): Promise<{ readonly apis: Noun; readonly scopes: Noun }> {
  const { apisNoun, scopesNoun } = await import('./admin.ts')
  return { apis: apisNoun, scopes: scopesNoun }
}
