// `latchkey housekeeping`: removes what ran out more than a day ago. A running server does it by itself, a batch a minute; this
// is for a backlog, and for whoever had Django's `cleartokens` in a timetable.

import { batchRows, sweep, type Swept } from '../../housekeeping.ts'
import { type Command, defineCommand } from '../command.ts'

/** A dry run looks no further: an answer of that size needs no exact figure. */
const mostCounted = 10_000

export const command: Command = defineCommand({
  name: 'housekeeping',
  aliases: ['cleartokens'],
  summary: 'Remove what ran out more than a day ago (a running server does it by itself)',
  arguments: [],
  options: [],
  writes: true,
  examples: ['latchkey housekeeping --dry-run'],
  async run(context) {
    const installation = await context.open('read')
    if (context.isDryRun) {
      const found = await sweep(installation, mostCounted, false)
      const say = total(found) === 0 ? 'Nothing has run out.' : 'Would remove what has run out.'
      return { say, data: { expired: found, mostCounted }, view: view(found, 'expired', mostCounted) }
    }
    let removed: Swept = {}
    for (;;) {
      const batch = await sweep(installation)
      removed = sum(removed, batch)
      if (!Object.values(batch).some((rows) => rows === batchRows)) break
      context.output.note(`${total(removed)} rows removed, going on …`)
    }
    const say = total(removed) === 0 ? 'Nothing has run out.' : `Removed ${total(removed)} rows.`
    return { say, data: { removed }, view: view(removed, 'removed') }
  },
})

function view(swept: Swept, heading: string, most: number = Number.POSITIVE_INFINITY) {
  return {
    kind: 'table',
    columns: ['kind', heading],
    rows: Object.entries(swept).map(([kind, rows]) => [inWords(kind), rows < most ? String(rows) : `${rows} or more`]),
  } as const
}

function inWords(kind: string): string {
  return kind.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`).replaceAll('-', ' ')
}

function total(swept: Swept): number {
  return Object.values(swept).reduce((sumOfRows, rows) => sumOfRows + rows, 0)
}

function sum(one: Swept, other: Swept): Swept {
  return Object.fromEntries(Object.entries(other).map(([kind, rows]) => [kind, rows + (one[kind] ?? 0)]))
}
