// `latchkey group create`: a group of users and what its members may do.

import { recordEvent } from '../../records/events/index.ts'
import { findGroup, insertGroup } from '../../records/groups/index.ts'
import { type Command, defineCommand } from '../command.ts'
import { CommandFailure } from '../exit.ts'

export const command: Command = defineCommand({
  name: 'group create',
  aliases: [],
  summary: 'Create a group of users',
  arguments: [{ name: 'name', description: 'the name of the group', required: true }],
  options: [
    { name: 'permission', value: 'NOUN.VERB', description: 'what members may do, e.g. users.view', many: true },
  ],
  writes: true,
  examples: ['latchkey group create support --permission users.view'],
  async run(context) {
    const { database, clock } = await context.open('write')
    const name = context.input.text('name')
    const permissions = context.input.list('permission')
    const wrong = permissions.find((permission) => !/^[a-z-]+\.[a-z-]+$/.test(permission))
    if (wrong !== undefined) {
      const what = `“${wrong}” is no permission.`
      throw new CommandFailure('usage', {
        code: 'permission_refused',
        what,
        why: 'A permission is noun.verb.',
        fix: '--permission users.view',
      })
    }
    const body = { group: { name, permissions } }
    if (context.isDryRun && (await findGroup(database, name)) === undefined) {
      return { say: `Would create group “${name}”.`, data: body }
    }
    const now = clock.now()
    const event = recordEvent({ kind: 'group.created', at: now, detail: { name, permissions } })
    if (context.isDryRun || !(await database.commit([insertGroup(name, permissions, now), event])).won) {
      const what = `There is a group “${name}” already.`
      const explanation = {
        code: 'group_exists',
        what,
        why: 'Names of groups are unique.',
        fix: 'Choose another name.',
      }
      throw new CommandFailure('conflict', explanation)
    }
    return { say: `Created group “${name}”.`, data: body, next: `latchkey user create --group ${name}` }
  },
})
