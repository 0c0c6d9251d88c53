// Whom an `id_token_hint` names. Our own signature is always checked; that the token has expired is no fault, since it is
// shown again and not used. OpenID Connect Core §3.1.2.1.
import { OAuthError } from '@latchkey/protocol'
import type { Client } from '../../records/clients/index.ts'
import type { Context } from '../context/index.ts'

/**
 * @returns the subject, as this client knows the person
 * @throws OAuthError `invalid_request` for anything but an ID token that we gave this client
 */
export async function hintedSubject(
  context: Pick<Context, 'keys' | 'issuer'>,
  { clientId }: Pick<Client, 'clientId'>,
  hint: string,
): Promise<string> {
  const verified = await context.keys.verify(hint)
  if (verified === undefined)
    throw refusal('id-token-hint-signature', 'The id_token_hint was not signed by this server.')
  const { iss, aud, sub, exp } = verified.payload
  // RFC 8725 §3.11: access and logout tokens of ours have another typ, and signed UserInfo has no time.
  const isIdToken = verified.header['typ'] === 'JWT' && iss === context.issuer && typeof exp === 'number'
  if (isIdToken && typeof sub === 'string' && [aud].flat().includes(clientId)) return sub
  throw refusal('id-token-hint-foreign', 'The id_token_hint is not an ID token of this server for this client.')
}

function refusal(rule: string, description: string): OAuthError {
  return new OAuthError('invalid_request', description, { rule })
}
