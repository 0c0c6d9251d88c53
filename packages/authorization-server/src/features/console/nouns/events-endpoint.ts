// What the console tells of events beyond their rows: what was changed, field by field, and whether the log can prove it.
import {
  type Desk,
  type Entry,
  entryPath,
  type Noun,
  reachOf,
  type Value,
  type Values,
} from '../../../platform/console/index.ts'
import { headOfChain, positionsOf, waitingEvents } from '../../../records/events/index.ts'
import type { Context } from '../../context/index.ts'

const mostWaiting = 1_000

/** @param nouns those to whose rows an event may lead */
export function eventsDesk({ database }: Context, noun: Noun, nouns: readonly Noun[]): Desk {
  return {
    noun,
    async complete(entries) {
      const positions = await positionsOf(
        database,
        entries.map(({ id }) => Number(id)),
      )
      return entries.map((entry) => told(entry, positions.get(Number(entry.id))))
    },
    links({ values }, { actor }) {
      const of = nouns.find(({ name }) => name === values['noun'])
      const { target } = values
      if (of === undefined || typeof target !== 'string' || reachOf(actor, of, 'view') === 'none') return []
      return [{ label: 'What was changed', href: entryPath(of, { id: target }) }]
    },
    async state() {
      const head = await headOfChain(database)
      const waiting = (await waitingEvents(database, mostWaiting)).length
      return [
        { name: 'chained', label: 'Chained up to position', value: head?.position ?? 0 },
        { name: 'head', label: 'Head of the log', value: head?.digest ?? null },
        { name: 'waiting', label: 'Not yet chained', value: waiting },
      ]
    },
  }
}

/** The row with its changes as a list, and its detail without what has a field of its own. */
function told(entry: Entry, position: number | undefined): Entry {
  const detail = membersOf(entry.values['detail'])
  const { changes, reason: _, ...rest } = detail
  const values: Values = { ...entry.values, changes: changesIn(changes), detail: rest, chained: position ?? null }
  return { ...entry, values }
}

function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {}
}

function changesIn(value: unknown): Value {
  return Object.entries(membersOf(value)).map(([field, change]) => {
    const { before = null, after = null } = membersOf(change)
    return { field, before, after }
  })
}
