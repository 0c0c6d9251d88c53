// Decides whether a logout token is one. OpenID Connect Back-Channel Logout §2.4, §2.6. The signature was checked before.

import type { ClaimFault, Expected } from './id-token.ts'
import { faultOfIssuerAndAudience, faultOfTimes } from './id-token.ts'
import { isJsonObject, type JsonObject, numberOf, textOf } from './json.ts'
import type { SignedToken } from './signed-token.ts'

const EVENT = 'http://schemas.openid.net/event/backchannel-logout'

/** What a logout token asks for. */
export interface Logout {
  readonly tokenId: string
  readonly subject: string | undefined
  readonly sid: string | undefined
  /** Seconds since the epoch. */
  readonly issuedAt: number
  readonly expiresAt: number
}

/** Reads a logout token. */
export function readLogoutToken({ header, claims }: SignedToken, expected: Expected): Logout | ClaimFault {
  const type = textOf(header['typ'])
    ?.toLowerCase()
    .replace(/^application\//, '')
  // §2.4: explicit typing keeps other tokens out; servers that predate it send JWT or nothing.
  if (type !== undefined && type !== 'logout+jwt' && type !== 'jwt') return fault(`typ is ${type.slice(0, 40)}`)
  const wrong = faultOfIssuerAndAudience(claims, expected) ?? faultOfTimes(claims, expected) ?? faultOfEvent(claims)
  if (wrong !== undefined) return wrong
  const [tokenId, subject, sid] = [textOf(claims['jti']), textOf(claims['sub']), textOf(claims['sid'])]
  if (tokenId === undefined) return fault('no jti')
  if (subject === undefined && sid === undefined) return fault('neither sub nor sid')
  return {
    tokenId,
    subject,
    sid,
    issuedAt: numberOf(claims['iat']) ?? expected.now,
    expiresAt: numberOf(claims['exp']) ?? expected.now,
  }
}

function faultOfEvent({ events, nonce }: JsonObject): ClaimFault | undefined {
  // §2.4: nonce is prohibited, so that an ID token is never taken for a logout token.
  if (nonce !== undefined) return fault('a nonce')
  if (!isJsonObject(events)) return fault('no events')
  return isJsonObject(events[EVENT]) ? undefined : fault('events do not have the logout event')
}

function fault(detail: string): ClaimFault {
  return { reason: 'logout-token', detail }
}
