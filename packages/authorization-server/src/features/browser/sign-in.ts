// Begins a browser session, always under a new id: one that somebody planted before is worth nothing (OWASP ASVS 5.0 V7.2.4).
import { randomId } from '../../platform/crypto/index.ts'
import type { Incoming } from '../../platform/http/index.ts'
import type { Write } from '../../platform/storage/index.ts'
import { recordEvent } from '../../records/events/index.ts'
import { findInstallation } from '../../records/installation/index.ts'
import { endSessionIfLive, replaceSession } from '../../records/logouts/index.ts'
import { insertSession } from '../../records/sessions/index.ts'
import { recordSignIn, type User } from '../../records/users/index.ts'
import type { Context } from '../context/index.ts'
import type { Visitor } from './visitor.ts'

const longestUserAgent = 400

export interface NewSignIn {
  /** As loaded before the password was checked: a change meanwhile voids the sign-in. */
  readonly user: User
  readonly methods: readonly string[]
  readonly visitor: Visitor
  readonly request: Incoming
}

/** The id of the new session, or undefined when the user was disabled or changed their password meanwhile. */
export async function beginSession(context: Context, signIn: NewSignIn): Promise<string | undefined> {
  const { user, request, visitor, methods } = signIn
  const installation = await findInstallation(context.database)
  if (installation === undefined) throw new Error('The installation has no row.')
  const now = context.clock.now()
  const id = randomId(context.random)
  const address = request.remoteAddress
  const session = {
    id,
    userId: user.id,
    userEpoch: user.epoch,
    installationEpoch: installation.epoch,
    methods,
    userAgent: (request.headers['user-agent'] ?? '').slice(0, longestUserAgent),
    address,
    createdAt: now,
    authenticatedAt: now,
    lastSeenAt: now,
    expiresAt: now + context.identity.sessionLifetimeSeconds * 1_000,
  }
  const result = await context.database.commit([
    insertSession(session),
    ...replaceFormer(visitor, user, id, now),
    recordSignIn(user.id, now),
    recordEvent({ kind: 'user.signed-in', at: now, actorId: user.id, userId: user.id, address, detail: { methods } }),
  ])
  if (!result.won) return undefined
  context.usage.signedIn('page')
  return id
}

/** The same person takes along what the former session holds; another person's sign-in ends it. */
function replaceFormer(visitor: Visitor, user: User, id: string, now: number): readonly Write[] {
  if (visitor.kind === 'anonymous') return []
  const { session } = visitor
  return session.userId === user.id
    ? replaceSession(session.id, id, user.id, now)
    : endSessionIfLive(session.id, session.userId, now)
}

/**
 * Ends the visitor's session with the grants that were given in it, and has its clients told.
 * @param clientRow the client that asked for it, if one did
 */
export async function endCurrentSession(context: Context, visitor: Visitor, clientRow?: number): Promise<void> {
  if (visitor.kind === 'anonymous') return
  const now = context.clock.now()
  const { id, userId } = visitor.session
  await context.database.commit([
    ...endSessionIfLive(id, userId, now),
    recordEvent({
      kind: 'session.ended',
      at: now,
      actorId: userId,
      userId,
      clientRow,
      detail: { reason: 'signed-out' },
    }),
  ])
}
