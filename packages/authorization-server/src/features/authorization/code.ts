// Issues an authorization code: a sealed value, nothing stored. It is stamped with all that it rests on.
import type { Client } from '../../records/clients/index.ts'
import { findStanding, standingAllows, writeAuthorizationCode } from '../../records/grants/index.ts'
import type { SignedIn } from '../browser/index.ts'
import type { Context } from '../context/index.ts'
import type { AskedAuthorization } from './transaction.ts'

const lifetimeMs = 60_000

/**
 * The code, or undefined when the person or the client may not get one any more.
 * @param consentEpoch of the consent that the decision relied on: one that was withdrawn meanwhile has another
 */
export async function issueCode(
  context: Context,
  client: Client,
  { session, user }: SignedIn,
  asked: AskedAuthorization,
  consentEpoch: number,
): Promise<string | undefined> {
  const standing = await findStanding(context.database, user.id, client.row)
  if (standing === undefined) return undefined
  // The session's own stamps: a password changed a moment ago has voided them already.
  const { userEpoch, installationEpoch } = session
  const stamp = { userEpoch, installationEpoch, consentEpoch, clientEpoch: standing.clientEpoch }
  if (standingAllows(stamp, standing).kind === 'refuse') return undefined
  const now = context.clock.now()
  const code = {
    clientRow: client.row,
    userId: user.id,
    sessionId: session.id,
    scopes: asked.scopes.join(' '),
    redirectUri: asked.redirectUri,
    redirectUriWasSent: asked.redirectUriWasSent,
    redirectUriIsOnlyOne: client.redirectUris.length === 1,
    codeChallenge: asked.codeChallenge?.challenge,
    codeChallengeMethod: asked.codeChallenge?.method,
    nonce: asked.nonce,
    authenticatedAt: session.authenticatedAt,
    methods: session.methods,
    ...stamp,
    issuedAt: now,
    expiresAt: now + lifetimeMs,
  }
  return writeAuthorizationCode(context.keys.sealer, code)
}
