// The writes of an answer that tells the client something by itself, without a code that is redeemed later: a grant of its own
// behind an access token, so that it can be revoked and passes the gate; and that the client knows of the session.
import type { Write } from '../../platform/storage/index.ts'
import type { Client } from '../../records/clients/index.ts'
import { recordEvent } from '../../records/events/index.ts'
import { insertGrantInSession, type NewGrant, newGrantId, type Stamp } from '../../records/grants/index.ts'
import { rememberSignIn } from '../../records/logouts/index.ts'
import { keepSession } from '../../records/sessions/index.ts'
import type { SignedIn } from '../browser/index.ts'
import type { Context } from '../context/index.ts'
import type { AccessPlan } from '../token/index.ts'
import type { AskedAuthorization } from './transaction.ts'

/** It never has a refresh token, so it ends with its access token. */
export function frontChannelGrant(
  context: Pick<Context, 'clock' | 'random'>,
  { session, user }: SignedIn,
  asked: AskedAuthorization,
  stamp: Stamp,
  access: AccessPlan,
): NewGrant {
  const now = context.clock.now()
  return {
    ...stamp,
    id: newGrantId(context.random, now),
    userId: user.id,
    clientRow: asked.clientRow,
    sessionId: session.id,
    scopes: access.scopes,
    audiences: asked.audiences.join(' '),
    claims: asked.claims,
    isOffline: false,
    authenticatedAt: session.authenticatedAt,
    methods: session.methods,
    createdAt: now,
    expiresAt: now + access.lifetimeSeconds * 1_000,
  }
}

/** None where nothing has to be kept: an ID token for a client that wants to learn of no logout. */
export function frontChannelWrites(
  client: Client,
  { session, user }: SignedIn,
  grant: NewGrant | undefined,
  now: number,
): readonly Write[] {
  const remembered = rememberSignIn(client, session.id, user.id)
  if (grant === undefined) return remembered.length === 0 ? [] : [keepSession(session.id, now), ...remembered]
  return [
    insertGrantInSession(grant),
    ...remembered,
    recordEvent({
      kind: 'grant.created',
      at: now,
      userId: user.id,
      clientRow: client.row,
      detail: { scopes: grant.scopes, grantType: 'implicit' },
    }),
  ]
}
