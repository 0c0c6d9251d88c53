// What the console does with sessions, grants, clients and signing keys: it ends them, switches them, and makes successors.
import type { Asked, Desk, Entry, Noun, Outcome } from '../../platform/console/index.ts'
import type { Write } from '../../platform/storage/index.ts'
import { findClientByRow, idTokenAlgorithms, raiseClientEpoch, setClientEnabled } from '../../records/clients/index.ts'
import { type Change, recordChange } from '../../records/events/index.ts'
import { endGrant, findGrant, gate } from '../../records/grants/index.ts'
import { groupsOf } from '../../records/groups/index.ts'
import { endSessionOf } from '../../records/logouts/index.ts'
import { decideSession, findSession } from '../../records/sessions/index.ts'
import { findUser } from '../../records/users/index.ts'
import type { Context } from '../context/index.ts'
import { whyNotPerson } from './authority.ts'

const conflict: Outcome = { kind: 'conflict' }
/** As long as clients keep the key set, and as long as an ID token lives; with the skew of clocks. */
const leadMs = 3_720_000
const overlapMs = 86_520_000

async function commit(context: Context, change: Change, writes: readonly Write[]): Promise<Outcome> {
  const result = await context.database.commit([recordChange(change), ...writes])
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
        const change = { kind: 'session.ended', ...asked, noun: 'sessions', target: id, userId } as const
        return commit(context, change, endSessionOf(id, userId, asked.at))
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
        const change = { kind: 'grant.ended', ...asked, noun: 'grants', target: id, userId, clientRow } as const
        return commit(context, { ...change, note: 'revoked-by-staff' }, [
          { ...endGrant(id, 'revoked-by-staff', asked.at), rows: 1 },
        ])
      },
    },
  }
}

export function clientsDesk(context: Context, noun: Noun): Desk {
  const act =
    (kind: Change['kind'], write: (row: number, asked: Asked) => Write, changes?: Change['changes']) =>
    async (asked: Asked, entry: Entry): Promise<Outcome> => {
      const client = await findClientByRow(context.database, Number(entry.id))
      if (client === undefined) return conflict
      const target = String(client.row)
      const change = { kind, ...asked, noun: 'clients', target, clientRow: client.row }
      const done = await commit(context, changes === undefined ? change : { ...change, changes }, [
        write(client.row, asked),
      ])
      context.clients.forget()
      return done
    }
  const turned = (after: boolean): Change['changes'] => ({ enabled: { before: !after, after } })
  return {
    noun,
    links: ({ id }) => [
      { label: 'Examples, secrets and refusals', href: `/o/applications/${id}/` },
      { label: 'Change the registration', href: `/o/applications/${id}/update/` },
    ],
    acts: {
      disable: act('client.disabled', (row, { at }) => setClientEnabled(row, false, at), turned(false)),
      enable: act('client.enabled', (row, { at }) => setClientEnabled(row, true, at), turned(true)),
      'end-access': act('client.access-ended', (row, { at }) => raiseClientEpoch(row, at)),
    },
  }
}

export function keysDesk(context: Context, noun: Noun): Desk {
  return {
    noun,
    complete: async (entries) => {
      const states = new Map(context.keys.list().map(({ kid, state }) => [kid, state]))
      return entries.map((entry) => ({
        ...entry,
        values: { ...entry.values, state: states.get(entry.id) ?? null },
      }))
    },
    nounActs: {
      async rotate(asked) {
        const inUse = new Set(context.keys.list().map(({ algorithm }) => algorithm))
        for (const algorithm of idTokenAlgorithms.filter((one) => inUse.has(one))) {
          const change = { kind: 'key.rotated', ...asked, noun: 'keys', target: algorithm, note: algorithm } as const
          // First the trail: whoever may no longer do this makes no key.
          const told = await commit(context, change, [])
          if (told.kind !== 'done') return told
          await context.keys.rotateSigningKey(algorithm, leadMs, overlapMs)
        }
        return { kind: 'done' }
      },
    },
  }
}
