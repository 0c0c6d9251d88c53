// What the commands about people share: finding the person, judging a new password, showing a user.

import type { Database } from '../../platform/storage/index.ts'
import { newPasswordErrors } from '../../records/credentials/index.ts'
import {
  displayIdentifier,
  findUser,
  findUserByIdentifier,
  findUserBySubject,
  type User,
} from '../../records/users/index.ts'
import { CommandFailure } from '../exit.ts'
import type { Installation } from '../installation.ts'

/** Finds by e-mail, username, number or subject. @throws CommandFailure notFound */
export async function findPerson(database: Database, who: string): Promise<User> {
  const user =
    (await findUserByIdentifier(database, who)) ??
    (/^\d{1,15}$/.test(who) ? await findUser(database, Number(who)) : undefined) ??
    (await findUserBySubject(database, who))
  if (user === undefined) {
    throw new CommandFailure('notFound', {
      code: 'no_such_user',
      what: `There is no user “${who}”.`,
      why: 'No e-mail, username, number or subject is like that.',
      fix: 'latchkey user list',
    })
  }
  return user
}

/** @throws CommandFailure usage with every reason against the password */
export async function requireGoodPassword(
  installation: Installation,
  password: string,
  person: Parameters<typeof newPasswordErrors>[1],
): Promise<void> {
  const reasons = await newPasswordErrors(password, person, installation.passwordPolicy)
  if (reasons.length > 0) {
    throw new CommandFailure('usage', {
      code: 'password_refused',
      what: 'The password was not accepted.',
      why: reasons.join('\n'),
      fix: 'Choose another, or let --generate make one.',
      details: { reasons },
    })
  }
}

/** A user for `--json`. */
export function userBody(user: User): Readonly<Record<string, unknown>> {
  return {
    id: user.id,
    subject: user.subject,
    email: user.email ?? null,
    username: user.username ?? null,
    firstName: user.firstName,
    lastName: user.lastName,
    isActive: user.isActive,
    isStaff: user.isStaff,
    isSuperuser: user.isSuperuser,
    createdAt: isoTime(user.createdAt),
    lastSignInAt: user.lastSignInAt === undefined ? null : isoTime(user.lastSignInAt),
  }
}

/** How the person is called on the command line. */
export function nameOf(user: User): string {
  return displayIdentifier(user)
}

export function isoTime(instant: number): string {
  return new Date(instant).toISOString()
}

/** Another writer changed the same thing between our look and our write. */
export function changedMeanwhile(what: string): CommandFailure {
  return new CommandFailure('conflict', {
    code: 'changed_meanwhile',
    what: `${what} was changed by somebody else at the same time.`,
    why: 'Nothing of this command was written.',
    fix: 'Run the command again.',
  })
}
