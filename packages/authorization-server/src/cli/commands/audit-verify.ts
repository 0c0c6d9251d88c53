// `latchkey audit verify`: whether the event log is as it was written. Reads only; a running server goes on meanwhile.

import type { Fault, FaultKind, Whole } from '../../records/events/index.ts'
import { chainPurpose, verifyChain } from '../../records/events/index.ts'
import { type Command, type Context, defineCommand } from '../command.ts'
import { CommandFailure } from '../exit.ts'
import type { Result } from '../output.ts'
import { isoTime } from './people.ts'
import { progressNotes } from './transfers.ts'

export const command: Command = defineCommand({
  name: 'audit verify',
  aliases: [],
  summary:
    'Check that no event was changed, removed, inserted or moved since it was chained (exit code 8 when one was)',
  arguments: [],
  options: [
    {
      name: 'head',
      value: 'DIGEST',
      description: 'a head that this command, or the log of the server, told before: nothing may be missing up to it',
    },
  ],
  examples: ['latchkey audit verify', 'latchkey audit verify --head DIGEST --json'],
  async run(context) {
    const head = headOf(context)
    const installation = await context.open('read')
    const note = progressNotes(context)
    const found = await verifyChain({
      database: installation.database,
      keys: (await installation.keys()).keyedDigests(chainPurpose),
      head,
      progress: (checked, of) => note('event_chain', checked, of),
    })
    return found.kind === 'whole' ? whole(found, head) : broken(found.fault, found.chained)
  },
})

function headOf({ input }: Context): string | undefined {
  const head = input.maybeText('head')
  if (head === undefined || /^[\w-]{43}$/.test(head)) return head
  throw new CommandFailure('usage', {
    code: 'bad_digest',
    what: 'This is no digest of the event log.',
    why: `--head takes the 43 characters that were told as the head, not ${JSON.stringify(head)}.`,
    fix: 'Run latchkey audit verify without --head to see one.',
  })
}

function whole({ chained, late, head, waiting, waitingSince }: Whole, asked: string | undefined): Result {
  const since = waitingSince === undefined ? undefined : isoTime(waitingSince)
  return {
    say:
      asked === undefined
        ? `The event log is whole: ${chained} events are chained.`
        : `The event log is whole: ${chained} events are chained, and it goes on from the head that was given.`,
    data: {
      whole: true,
      chained,
      late,
      head: head === undefined ? null : head.digest,
      position: head?.position ?? 0,
      notYetChained: waiting,
      notYetChainedSince: since ?? null,
    },
    view: {
      kind: 'record',
      rows: [
        ['chained', String(chained)],
        ['chained late', String(late)],
        ['not yet chained', since === undefined ? String(waiting) : `${waiting}, since ${since}`],
        ['head', head?.digest ?? 'none yet'],
      ],
    },
    ...(head === undefined
      ? {}
      : { next: `keep the head elsewhere, then: latchkey audit verify --head ${head.digest}` }),
  }
}

const sentences: Readonly<Record<FaultKind, string>> = {
  changed: 'is not what was chained: it was changed, or somebody else wrote it.',
  removed: 'is missing: it was removed.',
  inserted: 'was inserted: what belongs there stands after it.',
  reordered: 'does not belong there: events were moved.',
  truncated: 'The head that was given is not part of the log: its end was cut off, or the whole log was replaced.',
  'wrong-key': 'does not fit, nor does any after it: the log was chained under another key.',
}

function broken({ kind, position, eventId }: Fault, chained: number): Result {
  const what = eventId === undefined ? `The event at position ${position}` : `Event ${eventId} at position ${position}`
  const because = kind === 'truncated' ? sentences[kind] : `${what} ${sentences[kind]}`
  return {
    say: because,
    data: { whole: false, chained, fault: { kind, position, eventId: eventId ?? null, because } },
    view: {
      kind: 'record',
      rows: [
        ['fault', kind],
        ['position', String(position)],
        ['event', eventId === undefined ? 'unknown' : String(eventId)],
        ['whole before it', String(chained)],
      ],
    },
    ending: 'checkFailed',
  }
}
