// Which of our access tokens a text is, in either envelope. Whether it is still good is another question.
import { type AccessToken, readAccessToken, readTokenPointer, tokenPointerClaim } from '../../records/grants/index.ts'
import type { Context } from '../context/index.ts'

type Keys = Pick<Context['keys'], 'sealer' | 'verify'>

/** RFC 7515 §3.1: `{"` in base64url, which none of our own prefixes begins with. */
const jwtStart = 'eyJ'

export function isJwt(text: string): boolean {
  return text.startsWith(jwtStart)
}

/** What an opaque token, or a JWT of ours (RFC 9068), points at; undefined for anything that this installation did not make. */
export async function openAccessToken(keys: Keys, text: string): Promise<AccessToken | undefined> {
  return isJwt(text) ? fromJwt(keys, text) : readAccessToken(keys.sealer, text)
}

async function fromJwt(keys: Keys, text: string): Promise<AccessToken | undefined> {
  const jws = await keys.verify(text)
  // RFC 8725 §3.11: an ID token or a logout token under the same key is no access token.
  if (jws?.header['typ'] !== 'at+jwt') return undefined
  const pointer = jws.payload[tokenPointerClaim]
  return typeof pointer === 'string' ? readTokenPointer(pointer) : undefined
}
