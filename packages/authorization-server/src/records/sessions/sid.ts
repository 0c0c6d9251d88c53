// The `sid` of ID tokens and logout tokens: which sign-in of a person a client has before it.
// OpenID Connect Back-Channel Logout §2.1, OpenID Connect Front-Channel Logout §3.
import { sha256 } from '../../platform/crypto/index.ts'

const sidBytes = 16

/**
 * Always the same for one session and client, and different for each client: two of them cannot compare notes.
 * A session's id has 128 random bits, so its digest leads nobody back to it.
 * @param clientRow the client's number, not its name on the wire, which may change
 * @returns 22 characters of base64url
 */
export function sidOf(sessionId: string, clientRow: number): string {
  return Buffer.from(sha256(`sid ${sessionId} ${clientRow}`)).toString('base64url', 0, sidBytes)
}
