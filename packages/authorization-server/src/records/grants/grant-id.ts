// A grant's id begins with a time, so that what is given about the same moment lies together in the index: at a random place each
// would dirty a page of its own (docs/decisions/0016). The rest is what makes it the only one.
import { type Random, sha256 } from '../../platform/crypto/index.ts'
import type { Instant } from '../../platform/time/index.ts'

const timeLength = 6
const restLength = 10

/**
 * The id of the grant that this code is redeemed for: the same for every redemption, so that one of them is inserted and the others
 * find it (RFC 6749 §4.1.2). Of the code it shows nothing.
 */
export function grantIdOfCode(code: string, issuedAt: Instant): string {
  return idOf(issuedAt, sha256(code).subarray(0, restLength))
}

export function newGrantId(random: Random, now: Instant): string {
  return idOf(now, random.bytes(restLength))
}

function idOf(at: Instant, rest: Uint8Array): string {
  const id = Buffer.alloc(timeLength + restLength)
  id.writeUIntBE(at, 0, timeLength)
  id.set(rest, timeLength)
  return id.toString('base64url')
}
