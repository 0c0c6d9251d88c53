// Initial access tokens: whoever holds one may register applications over HTTP, where the policy lets them. RFC 7591 §3.

import { recordEvent } from '../../records/events/index.ts'
import {
  generateRegistrationToken,
  type InitialToken,
  insertInitialToken,
  listInitialTokens,
  revokeInitialToken,
  stateOf,
} from '../../records/registrations/index.ts'
import { type Command, defineCommand } from '../command.ts'
import { CommandFailure } from '../exit.ts'
import { wholeNumber } from '../numbers.ts'
import { isoTime } from './people.ts'

const dayMs = 86_400_000

export const create: Command = defineCommand({
  name: 'registration-token create',
  aliases: [],
  summary: 'Make a token with which applications can be registered over HTTP, and show it once',
  arguments: [{ name: 'name', description: 'whom or what it is for, in your words', required: true }],
  options: [
    { name: 'uses', value: 'COUNT', description: 'how many applications it may register', fallback: '1' },
    { name: 'days', value: 'DAYS', description: 'after how many days it runs out', fallback: '7' },
  ],
  writes: true,
  examples: ['latchkey registration-token create "printer team" --uses 5 --days 30'],
  async run(context) {
    const { database, clock, random } = await context.open('write')
    const name = context.input.text('name')
    const mostUses = wholeNumber(context.input, 'uses', 1, 100_000)
    const now = clock.now()
    const expiresAt = now + wholeNumber(context.input, 'days', 1, 3_650) * dayMs
    const facts = { name, most_uses: mostUses, expires_at: isoTime(expiresAt) }
    if (context.isDryRun) return { say: `Would make a registration token for “${name}”.`, data: facts }
    const { token, digest } = generateRegistrationToken('initial', random)
    await database.commit([
      insertInitialToken(digest, { name, expiresAt, mostUses }, now),
      recordEvent({ kind: 'registration-token.created', at: now, detail: facts }),
    ])
    return {
      say: `Made a registration token for “${name}”. It is shown this once.`,
      data: { ...facts, initial_access_token: token },
      view: {
        kind: 'record',
        rows: [
          ['initial_access_token', token],
          ['uses', String(mostUses)],
          ['expires', isoTime(expiresAt)],
        ],
      },
      next: 'latchkey registration-token list',
    }
  },
})

export const list: Command = defineCommand({
  name: 'registration-token list',
  aliases: [],
  summary: 'List the registration tokens and what became of them',
  arguments: [],
  options: [],
  async run(context) {
    const { database, clock } = await context.open('read')
    const now = clock.now()
    const tokens = (await listInitialTokens(database)).map((token) => ({
      id: token.id,
      name: token.name,
      state: stateOf(token, now),
      uses: token.uses,
      most_uses: token.mostUses,
      expires_at: isoTime(token.expiresAt),
    }))
    return {
      data: { tokens },
      view: {
        kind: 'table',
        columns: ['number', 'name', 'state', 'uses', 'expires'],
        rows: tokens.map((token) => [
          String(token.id),
          token.name,
          token.state,
          `${token.uses} of ${token.most_uses}`,
          token.expires_at,
        ]),
      },
    }
  },
})

export const revoke: Command = defineCommand({
  name: 'registration-token revoke',
  aliases: [],
  summary: 'Withdraw a registration token; applications that it registered stay',
  arguments: [{ name: 'number', description: 'as listed', required: true }],
  options: [],
  writes: true,
  async run(context) {
    const { database, clock } = await context.open('read')
    const id = wholeNumber(context.input, 'number', 1, Number.MAX_SAFE_INTEGER)
    const token = (await listInitialTokens(database)).find((one) => one.id === id)
    if (token === undefined) throw noSuchToken(id)
    const data = { id, name: token.name, state: 'revoked' }
    if (context.isDryRun) return { say: `Would withdraw the token of “${token.name}”.`, data }
    const now = clock.now()
    const { won } = await database.commit([
      revokeInitialToken(id, now),
      recordEvent({ kind: 'registration-token.revoked', at: now, detail: { id, name: token.name } }),
    ])
    return { say: `The token of “${token.name}” is withdrawn${won ? '' : ' already'}.`, data, next: nextAfter(token) }
  },
})

function nextAfter({ uses }: InitialToken): string {
  return uses > 0 ? 'latchkey app list' : 'latchkey registration-token list'
}

function noSuchToken(id: number): CommandFailure {
  return new CommandFailure('notFound', {
    code: 'no_such_registration_token',
    what: `There is no registration token ${id}.`,
    why: 'No token has that number.',
    fix: 'latchkey registration-token list',
  })
}
