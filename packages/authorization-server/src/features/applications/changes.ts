// What changed in a registration, for the trail: before and after of each field that differs. No secret is a setting.
import type { ClientSettings } from '../../records/clients/index.ts'

export interface Change {
  readonly before: unknown
  readonly after: unknown
}

const fields = [
  'clientId',
  'name',
  'ownerId',
  'isConfidential',
  'authenticationMethod',
  'grantTypes',
  'redirectUris',
  'postLogoutRedirectUris',
  'allowedOrigins',
  'scopes',
  'pkce',
  'consent',
  'introspection',
  'idTokenAlgorithm',
  'accessTokenLifetimeSeconds',
  'refreshTokenLifetimeSeconds',
  'refreshGraceSeconds',
  'refreshEndsAccessTokens',
  'refreshNarrowsGrant',
  'metadata',
] as const satisfies readonly (keyof ClientSettings)[]

export function changesOf(before: ClientSettings, after: ClientSettings): Readonly<Record<string, Change>> {
  return Object.fromEntries(
    fields
      .filter((field) => JSON.stringify(before[field]) !== JSON.stringify(after[field]))
      .map((field) => [field, { before: before[field] ?? null, after: after[field] ?? null }]),
  )
}

/** All settings of a client, named: what is kept of one that comes or goes. */
export function settingsOf(client: ClientSettings): Readonly<Record<string, unknown>> {
  return Object.fromEntries(fields.map((field) => [field, client[field] ?? null]))
}
