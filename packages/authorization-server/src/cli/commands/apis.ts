// What the commands about APIs share.

import type { NewApi } from '../../records/scopes/index.ts'

/** Said where the choice is made. */
export const offlineWarning =
  'A JWT that is revoked, or whose user is disabled, is still taken by an API that checks it by itself, until it expires.'

export interface ApiNames {
  readonly scopes: readonly string[]
  /** Of the apps that may ask about its tokens. */
  readonly clientIds: readonly string[]
}

/** An API for `--json`. */
export function apiBody(api: NewApi, { scopes, clientIds }: ApiNames): Readonly<Record<string, unknown>> {
  return {
    audience: api.audience,
    name: api.name,
    token_format: api.tokenFormat,
    signing_alg: api.tokenFormat === 'jwt' ? api.signingAlgorithm : null,
    access_token_lifetime_seconds: api.accessTokenLifetimeSeconds ?? null,
    scopes,
    clients: clientIds,
  }
}
