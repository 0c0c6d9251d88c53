// Disabling and enabling: two commands, one act.

import { recordEvent } from '../../records/events/index.ts'
import { endSessionsUnderOldEpoch } from '../../records/logouts/index.ts'
import { setUserActive } from '../../records/users/index.ts'
import { type ArgumentDeclaration, type Command, type Context, defineCommand } from '../command.ts'
import type { Result } from '../output.ts'
import { changedMeanwhile, findPerson, nameOf, userBody } from './people.ts'

const who: ArgumentDeclaration = { name: 'who', description: 'e-mail, username, number or subject', required: true }

export const disable: Command = defineCommand({
  name: 'user disable',
  aliases: [],
  summary: 'Disable a user and end all their sessions and grants',
  arguments: [who],
  options: [],
  writes: true,
  isDangerous: true,
  run: (context) => setActive(context, false),
})

export const enable: Command = defineCommand({
  name: 'user enable',
  aliases: [],
  summary: 'Let a disabled user sign in again; what ended stays ended',
  arguments: [who],
  options: [],
  writes: true,
  run: (context) => setActive(context, true),
})

async function setActive(context: Context, isActive: boolean): Promise<Result> {
  const { database, clock } = await context.open('read')
  const user = await findPerson(database, context.input.text('who'))
  const word = isActive ? 'enabled' : 'disabled'
  if (user.isActive === isActive) {
    return { say: `“${nameOf(user)}” is ${word} already.`, data: { user: userBody(user) } }
  }
  if (!isActive) {
    await context.confirm({ name: nameOf(user), consequences: ['Every session and grant of this user ends at once.'] })
  }
  if (context.isDryRun) {
    return { say: `“${nameOf(user)}” would be ${word}.`, data: { user: userBody(user) } }
  }
  const now = clock.now()
  const changed = await database.commit([
    setUserActive(user.id, isActive, now),
    ...endSessionsUnderOldEpoch(user.id, undefined, now),
    recordEvent({ kind: `user.${word}`, at: now, userId: user.id }),
  ])
  if (!changed.won) {
    throw changedMeanwhile(`“${nameOf(user)}”`)
  }
  return {
    say: `“${nameOf(user)}” is ${word}.`,
    data: { user: { ...userBody(user), isActive } },
    next: isActive ? 'latchkey user list' : `latchkey user enable ${nameOf(user)}`,
  }
}
