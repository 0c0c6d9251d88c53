// RFC 6749 §4.1.3. The grant's id is made of the code's digest, so of many redemptions at once exactly one is inserted;
// whoever comes second ends what the first one got (RFC 6749 §4.1.2, RFC 9700 §4.5).
import { type AuthorizationCodeRequest, OAuthError, type TokenResponse } from '@latchkey/protocol'
import { sha256 } from '../../../platform/crypto/index.ts'
import type { Client } from '../../../records/clients/index.ts'
import { recordEvent } from '../../../records/events/index.ts'
import {
  type AuthorizationCode,
  endGrant,
  findRedeemer,
  grantIdOfCode,
  insertGrantInSession,
  type NewGrant,
  readAuthorizationCode,
  type Redeemer,
} from '../../../records/grants/index.ts'
import { rememberSignIn } from '../../../records/logouts/index.ts'
import type { Context } from '../../context/index.ts'
import { planAccess } from '../access.ts'
import { narrowedAudiences } from '../audiences.ts'
import { issueTokens } from '../issue.ts'
import { grantExpiry } from '../lifetime.ts'
import { decideRedemption } from './redemption.ts'
import { invalidGrant } from './refusal.ts'

export async function redeemAuthorizationCode(
  context: Context,
  client: Client,
  request: AuthorizationCodeRequest,
): Promise<TokenResponse> {
  const code = readAuthorizationCode(context.keys.sealer, request.code)
  if (code === undefined) throw invalidGrant('code-unknown', client.clientId)
  const grantId = grantIdOfCode(request.code, code.issuedAt)
  const redeemer = await findRedeemer(context.database, code.userId, grantId)
  if (code.clientRow === client.row) await refuseReplay(context, client, redeemer)
  refuseUnless(decideRedemption(code, request, client.row, context.clock.now(), sha256), client, code, request)
  if (redeemer === undefined) throw invalidGrant('user-unknown', client.clientId)
  const { user } = redeemer
  const grant = newGrant(context, client, code, grantId)
  const { userId, clientRow, scopes } = grant
  const access = await planAccess(context, client, scopes, narrowedAudiences(code.audiences, request.resources))
  const result = await context.database.commit([
    insertGrantInSession(grant),
    ...rememberSignIn(client, code.sessionId, userId),
    recordEvent({
      kind: 'grant.created',
      at: grant.createdAt,
      userId,
      clientRow,
      detail: { scopes, grantType: 'authorization_code' },
    }),
  ])
  if (!result.won) {
    await refuseReplay(context, client, await findRedeemer(context.database, code.userId, grantId))
    // Nobody redeemed it: the person, the client, the consent or the session changed since the code was issued.
    throw invalidGrant('standing-changed', client.clientId)
  }
  return issueTokens(context, {
    client,
    user,
    grant: { ...grant, generation: 0 },
    access,
    nonce: code.nonce,
    withIdToken: true,
  })
}

function newGrant(context: Context, client: Client, code: AuthorizationCode, id: string): NewGrant {
  const now = context.clock.now()
  const { userEpoch, clientEpoch, consentEpoch, installationEpoch } = code
  return {
    userEpoch,
    clientEpoch,
    consentEpoch,
    installationEpoch,
    id,
    userId: code.userId,
    clientRow: client.row,
    sessionId: code.sessionId,
    scopes: code.scopes,
    audiences: code.audiences,
    claims: code.claims,
    isOffline: code.scopes.split(' ').includes('offline_access'),
    authenticatedAt: code.authenticatedAt,
    methods: code.methods,
    createdAt: now,
    expiresAt: grantExpiry(client, code.scopes, now),
  }
}

async function refuseReplay(context: Context, client: Client, redeemer: Redeemer | undefined): Promise<void> {
  if (redeemer?.earlierGrantId === undefined) return
  const now = context.clock.now()
  const of = { userId: redeemer.user.id, clientRow: client.row }
  await context.database.commit([
    endGrant(redeemer.earlierGrantId, 'code-replayed', now),
    recordEvent({ kind: 'grant.ended', at: now, ...of, detail: { reason: 'code-replayed' } }),
  ])
  throw invalidGrant('code-replayed', client.clientId)
}

function refuseUnless(
  decision: ReturnType<typeof decideRedemption>,
  client: Client,
  code: AuthorizationCode,
  request: AuthorizationCodeRequest,
): void {
  switch (decision.kind) {
    case 'redeem':
      return
    case 'refuse':
      throw invalidGrant(decision.why, client.clientId)
    case 'refuse-redirect-uri':
      throw new OAuthError('invalid_request', 'Mismatching redirect URI.', {
        rule: 'redirect-uri-differs',
        detail: { client_id: client.clientId, sent: request.redirectUri ?? '', registered: code.redirectUri },
      })
    case 'refuse-verifier':
      if (decision.why !== 'verifier-missing') throw invalidGrant(decision.why, client.clientId)
      throw new OAuthError('invalid_request', 'Code verifier required.', {
        rule: decision.why,
        detail: { client_id: client.clientId },
      })
  }
}
