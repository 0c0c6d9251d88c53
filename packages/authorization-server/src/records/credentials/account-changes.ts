// The two changes that every path to a password shares - pages, APIs, the command line: making an account, changing a password.
import { type PasswordHasher, type Random, randomId } from '../../platform/crypto/index.ts'
import type { Database, Write } from '../../platform/storage/index.ts'
import type { Clock } from '../../platform/time/index.ts'
import { recordEvent } from '../events/index.ts'
import { restampGrant } from '../grants/index.ts'
import { endSessionsUnderOldEpoch } from '../logouts/index.ts'
import { restampSession } from '../sessions/index.ts'
import {
  findUserByIdentifier,
  findUserBySubject,
  insertUser,
  type NewUser,
  raiseUserEpoch,
  type User,
} from '../users/index.ts'
import { commonPasswords } from './common-passwords.ts'
import { checkPassword, passwordPolicies, type PasswordPolicyName, type UserAttributes } from './password-policy.ts'
import { setPasswordHash, setPasswordHashOfSubject } from './store.ts'

/** What is wrong with a new password, in sentences; none when it may be used. */
export async function newPasswordErrors(
  password: string,
  attributes: UserAttributes,
  policy: PasswordPolicyName,
): Promise<readonly string[]> {
  return checkPassword(password, attributes, passwordPolicies[policy], await commonPasswords())
}

export interface AccountDeps {
  readonly database: Database
  readonly clock: Clock
  readonly random: Random
  readonly passwords: PasswordHasher
}

export interface Actor {
  /** Who acts; absent for the command line and for people who make their own account. */
  readonly id?: number | undefined
  readonly address?: string | undefined
}

export type Registration =
  | { readonly kind: 'created'; readonly user: User }
  | { readonly kind: 'taken'; readonly field: 'email' | 'username' }

/** Makes an account; the unique indexes decide when two people want the same name at once. */
export async function registerUser(
  deps: AccountDeps,
  user: Omit<NewUser, 'subject'>,
  password: string | undefined,
  actor: Actor = {},
): Promise<Registration> {
  const registration = await registerUserWith(deps, user, password, actor, [])
  if (registration.kind === 'unmet') throw new Error('No write was given that could be unmet.')
  return registration
}

/**
 * As {@link registerUser}, together with writes that must hold for it, such as spending an invitation.
 * @returns `unmet` when one of them did not hold: there is no account
 */
export async function registerUserWith(
  deps: AccountDeps,
  user: Omit<NewUser, 'subject'>,
  password: string | undefined,
  actor: Actor,
  conditions: readonly Write[],
): Promise<Registration | { readonly kind: 'unmet' }> {
  const hash = password === undefined ? undefined : await deps.passwords.hash(password)
  const now = deps.clock.now()
  const subject = randomId(deps.random)
  const result = await deps.database.commit([
    ...conditions,
    insertUser({ ...user, subject }, now),
    ...(hash === undefined ? [] : [setPasswordHashOfSubject(subject, hash, now)]),
    recordEvent({ kind: 'user.created', at: now, actorId: actor.id, address: actor.address, detail: { subject } }),
  ])
  if (!result.won && result.at < conditions.length) return { kind: 'unmet' }
  if (!result.won) return { kind: 'taken', field: await takenField(deps.database, user) }
  const created = await findUserBySubject(deps.database, subject)
  if (created === undefined) throw new Error('A user that was just stored cannot be found.')
  return { kind: 'created', user: created }
}

async function takenField(database: Database, user: Pick<NewUser, 'email'>): Promise<'email' | 'username'> {
  const holder = user.email === undefined ? undefined : await findUserByIdentifier(database, user.email)
  return holder === undefined ? 'username' : 'email'
}

/** What lives on under the new password: the session and the grant that made the change. */
export interface KeptAuthority {
  readonly sessionId?: string | undefined
  readonly grantId?: string | undefined
}

/**
 * Sets a password and voids every session, grant and code of the user but those that are kept.
 * @param user as loaded before the old password was checked
 * @returns false when the user changed meanwhile: nothing was written
 */
export async function changePassword(
  deps: AccountDeps,
  user: User,
  password: string,
  kept: KeptAuthority,
  actor: Actor,
): Promise<boolean> {
  const hash = await deps.passwords.hash(password)
  const now = deps.clock.now()
  const result = await deps.database.commit([
    raiseUserEpoch(user, now),
    setPasswordHash(user.id, hash, now),
    ...endSessionsUnderOldEpoch(user.id, kept.sessionId, now),
    ...(kept.sessionId === undefined ? [] : [restampSession(kept.sessionId, user.id)]),
    ...(kept.grantId === undefined ? [] : [restampGrant(kept.grantId, user.id)]),
    recordEvent({
      kind: 'user.password-changed',
      at: now,
      actorId: actor.id,
      userId: user.id,
      address: actor.address,
    }),
  ])
  return result.won
}
