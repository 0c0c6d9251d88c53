// `latchkey user create`: makes an account, by the same rules as the sign-up page.

import type { Write } from '../../platform/storage/index.ts'
import { registerUser } from '../../records/credentials/index.ts'
import { recordEvent } from '../../records/events/index.ts'
import { addMember, findGroup, type Group } from '../../records/groups/index.ts'
import { findUserByIdentifier, type NewUser, normalizeEmail } from '../../records/users/index.ts'
import { type Command, type Context, defineCommand, type OptionDeclaration } from '../command.ts'
import { CommandFailure } from '../exit.ts'
import type { Installation } from '../installation.ts'
import type { Result } from '../output.ts'
import { refusedSecret, requiredSecret, secretOptions } from '../secret-input.ts'
import { nameOf, requireGoodPassword, userBody } from './people.ts'

export const personOptions: readonly OptionDeclaration[] = [
  { name: 'email', value: 'ADDRESS', description: 'the e-mail address' },
  { name: 'username', value: 'NAME', description: 'the username; it or the e-mail is needed' },
  { name: 'first-name', value: 'NAME', description: 'the first name', fallback: '' },
  { name: 'last-name', value: 'NAME', description: 'the last name', fallback: '' },
  { name: 'group', value: 'NAME', description: 'a group to be member of', many: true },
  ...secretOptions('password'),
]

export const command: Command = defineCommand({
  name: 'user create',
  aliases: [],
  summary: 'Create a user',
  arguments: [],
  options: [...personOptions, { name: 'admin', description: 'an administrator: staff and superuser' }],
  refuses: [refusedSecret('password')],
  writes: true,
  examples: ['latchkey user create --email ann@example.com --generate'],
  run: (context) => createUser(context, context.input.flag('admin')),
})

/** Also what `createsuperuser` does. */
export async function createUser(context: Context, isAdmin: boolean): Promise<Result> {
  const installation = await context.open('write')
  const { database } = installation
  const person = await personOf(context, installation, isAdmin)
  const groups = await groupsNamed(installation, context.input.list('group'))
  await refuseTaken(installation, person)
  const password = await requiredSecret(context, 'password')
  await requireGoodPassword(installation, password.value, person)
  const name = person.email ?? person.username ?? ''
  if (context.isDryRun) {
    return { say: `Would create ${isAdmin ? 'administrator' : 'user'} “${name}”.`, data: { user: null } }
  }
  const registration = await registerUser(installation, person, password.value)
  if (registration.kind === 'taken') {
    throw taken(person[registration.field] ?? name)
  }
  const { user } = registration
  await database.commit(groups.flatMap((group) => joinGroup(group, user.id, installation.clock.now())))
  const shown = password.isGenerated ? { password: password.value } : {}
  return {
    say: `Created ${isAdmin ? 'administrator' : 'user'} “${nameOf(user)}”.`,
    data: { user: userBody(user), groups: groups.map((group) => group.name), ...shown },
    view: {
      kind: 'record',
      rows: [
        ['id', String(user.id)],
        ['subject', user.subject],
        ...Object.entries(shown).map(([label, value]) => [label, value] as const),
      ],
    },
    next: 'latchkey app create NAME --type web --redirect http://localhost:3000/callback',
  }
}

type Person = Omit<NewUser, 'subject'>

async function personOf(context: Context, installation: Installation, isAdmin: boolean): Promise<Person> {
  const { input, prompt } = context
  const username = input.maybeText('username')
  const given = input.maybeText('email')
  const isAsked = given === undefined && username === undefined
  const email = isAsked ? await prompt.ask({ text: 'E-mail', instead: '--email ADDRESS or --username NAME' }) : given
  if (email !== undefined) {
    requireEmail(email.trim(), installation.emailMaxLength)
  }
  return {
    email: email === undefined ? undefined : normalizeEmail(email.trim()),
    username,
    firstName: input.text('first-name'),
    lastName: input.text('last-name'),
    isStaff: isAdmin,
    isSuperuser: isAdmin,
  }
}

function joinGroup(group: Group, userId: number, at: number): readonly Write[] {
  const event = recordEvent({ kind: 'group.member-added', at, userId, detail: { group: group.name } })
  return [addMember(group.id, userId), event]
}

function requireEmail(email: string, longest: number): void {
  if (!/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email) || email.length > longest) {
    throw new CommandFailure('usage', {
      code: 'email_refused',
      what: `“${email}” is no e-mail address.`,
      why: `It is name@domain with at most ${longest} characters (LATCHKEY_EMAIL_MAX_LENGTH).`,
      fix: 'Correct it, or use --username NAME.',
    })
  }
}

async function groupsNamed(installation: Installation, names: readonly string[]): Promise<readonly Group[]> {
  return Promise.all(
    names.map(async (name) => {
      const group = await findGroup(installation.database, name)
      if (group === undefined) {
        const what = `There is no group “${name}”.`
        const fix = `latchkey group create ${name}`
        throw new CommandFailure('notFound', { code: 'no_such_group', what, why: 'Groups are made first.', fix })
      }
      return group
    }),
  )
}

/** Asked before the password is, so that nobody types one in vain; the unique index decides all the same. */
async function refuseTaken(installation: Installation, person: Person): Promise<void> {
  for (const name of [person.email, person.username]) {
    if (name !== undefined && (await findUserByIdentifier(installation.database, name)) !== undefined) {
      throw taken(name)
    }
  }
}

function taken(name: string): CommandFailure {
  return new CommandFailure('conflict', {
    code: 'user_exists',
    what: `There is a user “${name}” already.`,
    why: 'E-mail addresses and usernames are unique, without regard to case.',
    fix: 'latchkey user list',
  })
}
