// Makes an authorization code: a sealed value, nothing stored. It is stamped with all that it rests on.
import type { Client } from '../../records/clients/index.ts'
import { type Stamp, writeAuthorizationCode } from '../../records/grants/index.ts'
import type { SignedIn } from '../browser/index.ts'
import type { Context } from '../context/index.ts'
import type { AskedAuthorization } from './transaction.ts'

const lifetimeMs = 60_000

export function writeCode(
  context: Context,
  client: Client,
  { session, user }: SignedIn,
  asked: AskedAuthorization,
  stamp: Stamp,
): string {
  const now = context.clock.now()
  return writeAuthorizationCode(context.keys.sealer, {
    clientRow: client.row,
    userId: user.id,
    sessionId: session.id,
    scopes: asked.scopes.join(' '),
    audiences: asked.audiences.join(' '),
    claims: asked.claims,
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
  })
}
