// `latchkey key rotate`: successors are published before they sign, and the old ones stay published after. OpenID Connect Core §10.1.1.

import { idTokenAlgorithms } from '../../records/clients/index.ts'
import { type Command, defineCommand } from '../command.ts'
import { wholeNumber } from '../numbers.ts'
import { isoTime } from './people.ts'

export const command: Command = defineCommand({
  name: 'key rotate',
  aliases: [],
  summary: 'Make successors of the signing keys without downtime',
  arguments: [],
  options: [
    { name: 'algorithm', value: 'ALG', description: 'only this one', choices: idTokenAlgorithms },
    {
      name: 'lead',
      value: 'SECONDS',
      description: 'how long it is published before it signs: what clients cache the key set for, and skew',
      fallback: '3720',
    },
    {
      name: 'overlap',
      value: 'SECONDS',
      description: 'how long the old one stays published after that: the longest life of an ID token, and skew',
      fallback: '86520',
    },
    { name: 'sealing', description: 'also make a new generation of the keys that seal tokens and cookies' },
  ],
  writes: true,
  async run(context) {
    const installation = await context.open('read')
    const keys = await installation.keys()
    const leadMs = wholeNumber(context.input, 'lead', 0, 31_536_000) * 1000
    const overlapMs = wholeNumber(context.input, 'overlap', 0, 31_536_000) * 1000
    const only = context.input.maybeText('algorithm')
    // A less usual algorithm that nobody asked for yet has nothing to rotate, unless it is named.
    const inUse = new Set(keys.list().map((key) => key.algorithm))
    const algorithms = idTokenAlgorithms.filter((one) => (only === undefined ? inUse.has(one) : one === only))
    const signsFrom = installation.clock.now() + leadMs
    const plans = []
    for (const algorithm of algorithms) {
      const planned = { kid: 'new', signsFrom, oldKeysPublishedUntil: signsFrom + overlapMs }
      const plan = context.isDryRun ? planned : await keys.rotateSigningKey(algorithm, leadMs, overlapMs)
      plans.push({ algorithm, ...plan })
    }
    const ringKey = context.input.flag('sealing') && !context.isDryRun ? await keys.rotateRing() : undefined
    const rows = plans.map((plan) => ({
      algorithm: plan.algorithm,
      kid: plan.kid,
      signsFrom: isoTime(plan.signsFrom),
      oldKeysPublishedUntil: isoTime(plan.oldKeysPublishedUntil),
    }))
    return {
      say: `${context.isDryRun ? 'Would publish' : 'Published'} ${rows.length === 1 ? '1 key' : `${rows.length} keys`}.`,
      data: { keys: rows, ...(ringKey === undefined ? {} : { ringKey }) },
      view: {
        kind: 'table',
        columns: ['algorithm', 'kid', 'signs from', 'old keys leave'],
        rows: rows.map((row) => [row.algorithm, row.kid, row.signsFrom, row.oldKeysPublishedUntil]),
      },
      next: 'latchkey key list',
    }
  },
})
