// Who asks for a sign-out, and where they may send the person: all of it against the registration, byte for byte.
// OpenID Connect RP-Initiated Logout §2, §3, §4.
import { describeDifference, OAuthError } from '@latchkey/protocol'
import type { Client } from '../../records/clients/index.ts'
import type { IdTokenHint } from './hint.ts'
import type { LogoutRequest } from './params.ts'

export interface LogoutParty {
  readonly client: Client | undefined
  /** Given by us to that client; undefined when none came, or one that is not ours. */
  readonly hint: IdTokenHint | undefined
  /** One that the client registered. */
  readonly returnUri: string | undefined
}

/**
 * @param hint what our signature vouches for in the `id_token_hint`
 * @param client the one that the hint names, else the one that the request names; undefined when we have no such client
 * @throws OAuthError when the request contradicts itself or the registration: nobody is redirected then
 */
export function partyTo(asked: LogoutRequest, hint: IdTokenHint | undefined, client: Client | undefined): LogoutParty {
  const { clientId, postLogoutRedirectUri: sent } = asked
  if (hint !== undefined && clientId !== undefined && hint.clientId !== clientId) {
    throw refused('The client_id is not the one for which the ID token was issued.', 'client-differs', {
      client_id: clientId,
    })
  }
  if (clientId !== undefined && client === undefined) {
    throw refused('Invalid client_id parameter value.', 'client-unknown', { client_id: clientId })
  }
  if (client === undefined || sent === undefined) return { client, hint, returnUri: undefined }
  if (client.postLogoutRedirectUris.includes(sent)) return { client, hint, returnUri: sent }
  const closest = describeDifference(sent, client.postLogoutRedirectUris)
  throw refused('The post_logout_redirect_uri is not registered.', 'address-not-registered', {
    client_id: client.clientId,
    sent: sent.slice(0, 2_048),
    ...(closest === undefined ? {} : { registered: closest.registered, difference: closest.differences.join(', ') }),
  })
}

function refused(description: string, rule: string, detail: Readonly<Record<string, string>>): OAuthError {
  return new OAuthError('invalid_request', description, { rule: `logout-${rule}`, detail, mayRedirect: false })
}

/** Whether `logout_hint` names the person, in any of the ways in which a client may know them. */
export function namesPerson(
  logoutHint: string | undefined,
  names: readonly (string | undefined)[],
): boolean | undefined {
  if (logoutHint === undefined) return undefined
  const key = logoutHint.normalize('NFKC').toLowerCase()
  return names.some((name) => name !== undefined && name.normalize('NFKC').toLowerCase() === key)
}
