// Which scopes a request earns. RFC 6749 §3.3: what the client may have, or invalid_scope; never quietly less.
import { isSubset, OAuthError } from '@latchkey/protocol'
import type { Client } from '../../records/clients/index.ts'

const aboutPeople: ReadonlySet<string> = new Set(['openid', 'profile', 'email', 'address', 'phone', 'offline_access'])

/** Without a `scope` parameter: the client's own scopes in the operator's order, but nothing of OpenID unasked. */
export function decideScopes(
  client: Pick<Client, 'scopes' | 'clientId'>,
  requested: readonly string[] | undefined,
): readonly string[] {
  const scopes = requested ?? client.scopes.filter((scope) => !aboutPeople.has(scope))
  if (scopes.length > 0 && isSubset(scopes, client.scopes)) return scopes
  throw new OAuthError('invalid_scope', undefined, {
    rule: 'scope-not-registered',
    detail: {
      client_id: client.clientId,
      sent: scopes.filter((scope) => !client.scopes.includes(scope)).join(' '),
      registered: client.scopes.join(' '),
    },
  })
}

/** For a token that no person stands behind: scopes about people mean nothing in it. */
export function decideClientScopes(client: Client, requested: readonly string[] | undefined): readonly string[] {
  const scopes = decideScopes(client, requested)
  if (!scopes.some((scope) => aboutPeople.has(scope))) return scopes
  throw new OAuthError('invalid_scope', undefined, {
    rule: 'scope-without-user',
    detail: { client_id: client.clientId, sent: scopes.filter((scope) => aboutPeople.has(scope)).join(' ') },
  })
}

/** A refresh may ask for less, never for more (RFC 6749 §6). */
export function decideNarrowerScopes(
  granted: string,
  requested: readonly string[] | undefined,
  clientId: string,
): string {
  if (requested === undefined) return granted
  if (isSubset(requested, granted.split(' '))) return requested.join(' ')
  throw new OAuthError('invalid_scope', undefined, {
    rule: 'scope-wider-than-grant',
    detail: { client_id: clientId, sent: requested.join(' '), registered: granted },
  })
}

/** With `openid` a refresh token is given for `offline_access` only (OpenID Connect Core §11). */
export function earnsRefreshToken(client: Pick<Client, 'grantTypes'>, scopes: string): boolean {
  if (!client.grantTypes.includes('refresh_token')) return false
  const list = scopes.split(' ')
  return !list.includes('openid') || list.includes('offline_access')
}
