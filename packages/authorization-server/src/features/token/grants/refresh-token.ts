// RFC 6749 §6 with rotation (RFC 9700 §4.14.2): one statement decides which of many requests spends the token.
import type { RefreshTokenRequest, TokenResponse } from '@latchkey/protocol'
import type { Client } from '../../../records/clients/index.ts'
import { recordEvent } from '../../../records/events/index.ts'
import {
  decideRotation,
  endGrant,
  findGrant,
  gate,
  type GrantView,
  readRefreshToken,
  rotateGrant,
} from '../../../records/grants/index.ts'
import type { Context } from '../../context/index.ts'
import { type AccessPlan, planAccess } from '../access.ts'
import { narrowedAudiences } from '../audiences.ts'
import { issueTokens } from '../issue.ts'
import { grantExpiry } from '../lifetime.ts'
import { decideNarrowerScopes } from '../scopes.ts'
import { invalidGrant } from './refusal.ts'

export async function redeemRefreshToken(
  context: Context,
  client: Client,
  request: RefreshTokenRequest,
): Promise<TokenResponse> {
  const token = readRefreshToken(context.keys.sealer, request.refreshToken)
  if (token === undefined) throw invalidGrant('refresh-token-unknown', client.clientId)
  // A lost race shows as an unmet write: what is true now is loaded and decided once more.
  for (const _attempt of [1, 2]) {
    const view = await findGrant(context.database, token.grantId)
    const spent = await spend(context, client, view, token.generation, request)
    if (view !== undefined && spent !== undefined) return answer(context, client, view, spent)
  }
  throw invalidGrant('refresh-token-lost-race', client.clientId)
}

interface Spent {
  /** The generation of the token to answer with. */
  readonly generation: number
  readonly access: AccessPlan
}

/** Undefined when another request was faster. */
async function spend(
  context: Context,
  client: Client,
  view: GrantView | undefined,
  presented: number,
  request: RefreshTokenRequest,
): Promise<Spent | undefined> {
  const now = context.clock.now()
  // RFC 6749 §10.4: a token is bound to its client. A stranger learns nothing and ends nothing.
  if (view === undefined || view.grant.clientRow !== client.row)
    throw invalidGrant('refresh-token-foreign', client.clientId)
  const { grant } = view
  const passed = gate(grant, view.standing, now)
  if (passed.kind === 'refuse') throw invalidGrant(passed.why, client.clientId)
  const scopes = decideNarrowerScopes(grant.scopes, request.scopes, client.clientId)
  const access = await planAccess(context, client, scopes, narrowedAudiences(grant.audiences, request.resources))
  const decision = decideRotation(grant, presented, { graceMs: client.refreshGraceSeconds * 1_000 }, now)
  switch (decision.kind) {
    case 'rotate': {
      const rotation = {
        grantId: grant.id,
        from: decision.from,
        endsAccessTokens: client.refreshEndsAccessTokens,
        scopes: client.refreshNarrowsGrant ? scopes : grant.scopes,
        expiresAt: grantExpiry(client, grant.scopes, now),
        now,
      }
      const result = await context.database.commit([rotateGrant(rotation)])
      return result.won ? { generation: decision.from + 1, access } : undefined
    }
    case 'repeat':
      return { generation: decision.generation, access }
    case 'reuse':
      await endForReuse(context, view)
      throw invalidGrant('refresh-token-reused', client.clientId)
    case 'unknown':
      throw invalidGrant('refresh-token-from-the-future', client.clientId)
  }
}

/** Somebody holds a copy of a spent token: thief and owner cannot be told apart, so both lose the grant. */
async function endForReuse(context: Context, { grant }: GrantView): Promise<void> {
  const now = context.clock.now()
  const { userId, clientRow } = grant
  await context.database.commit([
    endGrant(grant.id, 'refresh-token-reused', now),
    recordEvent({ kind: 'grant.ended', at: now, userId, clientRow, detail: { reason: 'refresh-token-reused' } }),
  ])
}

async function answer(
  context: Context,
  client: Client,
  view: GrantView,
  { generation, access }: Spent,
): Promise<TokenResponse> {
  return issueTokens(context, {
    client,
    user: view.user,
    grant: { ...view.grant, generation },
    access,
    withIdToken: view.grant.sessionId !== undefined,
  })
}
