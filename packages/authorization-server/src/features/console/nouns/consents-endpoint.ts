// What the console does with consents: it withdraws them, by the same writes as the person's own account page.
import {
  type Asked,
  type Desk,
  type Entry,
  labelsOf,
  type Noun,
  type Outcome,
} from '../../../platform/console/index.ts'
import { findConsent, readConsentKey } from '../../../records/consents/index.ts'
import { withdrawAccess } from '../../../records/grants/index.ts'
import { groupsOf } from '../../../records/groups/index.ts'
import { findUser } from '../../../records/users/index.ts'
import type { Context } from '../../context/index.ts'
import { whyNotPerson } from '../authority.ts'
import { changeBy } from '../trail.ts'

const conflict: Outcome = { kind: 'conflict' }

/** The nouns by which a consent is told. */
export interface ConsentParties {
  readonly users: Noun
  readonly clients: Noun
}

export function consentsDesk(context: Context, noun: Noun, parties: ConsentParties): Desk {
  return {
    noun,
    complete: async (entries) => (await named(context, parties, entries)).map(withStatus),
    acts: { withdraw: (asked, entry) => withdraw(context, asked, entry) },
  }
}

/** Whoever chooses several to withdraw reads whose they are. */
async function named(
  { database }: Context,
  { users, clients }: ConsentParties,
  entries: readonly Entry[],
): Promise<readonly Entry[]> {
  const keys = entries.flatMap(({ id }) => readConsentKey(id) ?? [])
  const [people, apps] = await Promise.all([
    labelsOf(
      database,
      users,
      keys.map(({ userId }) => userId),
    ),
    labelsOf(
      database,
      clients,
      keys.map(({ clientRow }) => clientRow),
    ),
  ])
  return entries.map((entry) => {
    const key = readConsentKey(entry.id)
    const label = [people.get(String(key?.userId)), apps.get(String(key?.clientRow))]
    return { ...entry, label: label.map((one) => one ?? '–').join(', ') }
  })
}

function withStatus(entry: Entry): Entry {
  const isGiven = entry.values['given_at'] !== null && entry.values['withdrawn_at'] === null
  return { ...entry, values: { ...entry.values, status: isGiven ? 'given' : 'withdrawn' } }
}

async function withdraw(context: Context, asked: Asked, { id }: Entry): Promise<Outcome> {
  const { database } = context
  const key = readConsentKey(id)
  if (key === undefined) return conflict
  const { userId, clientRow } = key
  const [consent, user] = await Promise.all([findConsent(database, userId, clientRow), findUser(database, userId)])
  if (consent === undefined || user === undefined) return conflict
  const why = whyNotPerson(asked.actor, { ...user, groups: await groupsOf(database, userId) })
  if (why !== undefined) return { kind: 'refused', why }
  const changes = { scopes: { before: consent.scopes, after: [] } }
  const result = await database.commit([
    changeBy(asked, { kind: 'consent.withdrawn', noun: 'consents', target: id, userId, clientRow, changes }),
    ...withdrawAccess(userId, clientRow, asked.at),
  ])
  return result.won ? { kind: 'done' } : conflict
}
