// `latchkey user list`: people by number, a page at a time.

import { listUsers } from '../../records/users/index.ts'
import { type Command, defineCommand } from '../command.ts'
import { wholeNumber } from '../numbers.ts'
import { nameOf, userBody } from './people.ts'

export const command: Command = defineCommand({
  name: 'user list',
  aliases: [],
  summary: 'List users by number',
  arguments: [],
  options: [
    { name: 'after', value: 'NUMBER', description: 'only users after this one', fallback: '0' },
    { name: 'limit', value: 'COUNT', description: 'at most so many', fallback: '100' },
  ],
  async run(context) {
    const { database } = await context.open('read')
    const after = wholeNumber(context.input, 'after', 0, Number.MAX_SAFE_INTEGER)
    const limit = wholeNumber(context.input, 'limit', 1, 10_000)
    const found = await listUsers(database, after, limit + 1)
    const users = found.slice(0, limit)
    const last = users.at(-1)
    const more = found.length > limit && last !== undefined ? last.id : undefined
    return {
      data: { users: users.map(userBody), nextAfter: more ?? null },
      view: {
        kind: 'table',
        columns: ['id', 'name', 'e-mail', 'state', 'role'],
        rows: users.map((user) => [
          String(user.id),
          nameOf(user),
          user.email ?? '',
          user.isActive ? 'active' : 'disabled',
          user.isSuperuser ? 'superuser' : user.isStaff ? 'staff' : '',
        ]),
      },
      ...(more === undefined ? {} : { next: `latchkey user list --after ${more}` }),
    }
  },
})
