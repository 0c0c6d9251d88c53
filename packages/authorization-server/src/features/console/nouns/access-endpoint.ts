// What the console does with sessions and grants: it ends them.
import type { Asked, Desk, Noun, Outcome } from '../../../platform/console/index.ts'
import type { Write } from '../../../platform/storage/index.ts'
import { endGrant, findGrant, gate } from '../../../records/grants/index.ts'
import { groupsOf } from '../../../records/groups/index.ts'
import { endSessionOf } from '../../../records/logouts/index.ts'
import { decideSession, findSession } from '../../../records/sessions/index.ts'
import { findUser } from '../../../records/users/index.ts'
import type { Context } from '../../context/index.ts'
import { whyNotPerson } from '../authority.ts'
import { changeBy, type Told } from '../trail.ts'

const conflict: Outcome = { kind: 'conflict' }

async function commit(context: Context, asked: Asked, told: Told, writes: readonly Write[]): Promise<Outcome> {
  const result = await context.database.commit([changeBy(asked, told), ...writes])
  return result.won ? { kind: 'done' } : conflict
}

/** Why the actor may not end what this person holds. */
async function whyNotHolder(context: Context, { actor }: Asked, userId: number): Promise<string | undefined> {
  const user = await findUser(context.database, userId)
  return user && whyNotPerson(actor, { ...user, groups: await groupsOf(context.database, userId) })
}

function withStatus(
  context: Context,
  isLive: (context: Context, id: string) => Promise<boolean>,
): NonNullable<Desk['complete']> {
  return (entries) =>
    Promise.all(
      entries.map(async (entry) => ({
        ...entry,
        values: { ...entry.values, status: (await isLive(context, entry.id)) ? 'live' : 'over' },
      })),
    )
}

async function isLiveSession(context: Context, id: string): Promise<boolean> {
  const view = await findSession(context.database, id)
  const limits = { idleMs: context.identity.sessionIdleSeconds * 1_000 }
  return view !== undefined && decideSession(view.session, view.standing, limits, context.clock.now()).kind === 'live'
}

export function sessionsDesk(context: Context, noun: Noun): Desk {
  return {
    noun,
    complete: withStatus(context, isLiveSession),
    acts: {
      async end(asked, entry) {
        const view = await findSession(context.database, entry.id)
        if (view === undefined) return conflict
        const { id, userId } = view.session
        const why = await whyNotHolder(context, asked, userId)
        if (why !== undefined) return { kind: 'refused', why }
        const told = { kind: 'session.ended', noun: 'sessions', target: id, userId } as const
        return commit(context, asked, told, endSessionOf(id, userId, asked.at))
      },
    },
  }
}

async function isLiveGrant(context: Context, id: string): Promise<boolean> {
  const view = await findGrant(context.database, id)
  return view !== undefined && gate(view.grant, view.standing, context.clock.now()).kind === 'pass'
}

export function grantsDesk(context: Context, noun: Noun): Desk {
  return {
    noun,
    complete: withStatus(context, isLiveGrant),
    acts: {
      async revoke(asked, entry) {
        const view = await findGrant(context.database, entry.id)
        if (view === undefined) return conflict
        const { id, userId, clientRow } = view.grant
        const why = await whyNotHolder(context, asked, userId)
        if (why !== undefined) return { kind: 'refused', why }
        const told = { kind: 'grant.ended', noun: 'grants', target: id, userId, clientRow } as const
        return commit(context, asked, { ...told, note: 'revoked-by-staff' }, [
          { ...endGrant(id, 'revoked-by-staff', asked.at), rows: 1 },
        ])
      },
    },
  }
}
