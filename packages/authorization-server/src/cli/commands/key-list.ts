// `latchkey key list`: the keys that sign ID tokens and what each does now. RFC 7517.

import { type Command, defineCommand } from '../command.ts'
import { isoTime } from './people.ts'

export const command: Command = defineCommand({
  name: 'key list',
  aliases: [],
  summary: 'List the keys that sign ID tokens',
  arguments: [],
  options: [],
  async run(context) {
    const keys = (await (await context.open('read')).keys()).list().map((key) => ({
      kid: key.kid,
      algorithm: key.algorithm,
      state: key.state,
      signsFrom: isoTime(key.signsFrom),
      publishedUntil: key.publishedUntil === undefined ? null : isoTime(key.publishedUntil),
    }))
    return {
      data: { keys },
      view: {
        kind: 'table',
        columns: ['kid', 'algorithm', 'state', 'signs from', 'published until'],
        rows: keys.map((key) => [key.kid, key.algorithm, key.state, key.signsFrom, key.publishedUntil ?? '']),
      },
    }
  },
})
