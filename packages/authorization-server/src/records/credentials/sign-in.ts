// Whether an identifier and a password belong to somebody who may sign in. Every path that takes a password comes through here:
// pages, the password grant, the APIs. An attempt is counted before the hash is computed, in one statement, so that
// parallel guesses cannot pass the limit; unknown, wrong and disabled cost and answer the same.
import { type PasswordHasher, sha256 } from '../../platform/crypto/index.ts'
import type { Database } from '../../platform/storage/index.ts'
import type { Clock, Instant } from '../../platform/time/index.ts'
import { findUserByIdentifier, identifierKey, type User } from '../users/index.ts'
import { verifyDjangoHash } from './django-hash.ts'
import { sourceOf } from './source.ts'
import {
  type AttemptLimit,
  attemptsUntil,
  countAttempt,
  findPasswordHash,
  forgetAttempts,
  replacePasswordHash,
  returnAttempt,
} from './store.ts'

export interface SignInLimits {
  readonly perAccount: number
  readonly perSource: number
  readonly windowMs: number
}

export interface SignInDeps {
  readonly database: Database
  readonly clock: Clock
  readonly passwords: PasswordHasher
  readonly signInLimits: SignInLimits
}

export interface SignInAttempt {
  readonly identifier: string
  readonly password: string
  readonly address: string
}

export interface Throttled {
  readonly kind: 'throttled'
  readonly retryAfterSeconds: number
}

export type SignInResult = { readonly kind: 'match'; readonly user: User } | { readonly kind: 'mismatch' } | Throttled

export async function checkSignIn(deps: SignInDeps, attempt: SignInAttempt): Promise<SignInResult> {
  const account = accountLimit(deps.signInLimits, attempt.identifier)
  const source = sourceLimit(deps.signInLimits, attempt.address)
  const throttled = await countAll(deps, [account, source])
  if (throttled !== undefined) return throttled
  const user = await userWithPassword(deps, attempt)
  if (user === undefined) return { kind: 'mismatch' }
  await deps.database.commit([forgetAttempts(account.key), returnAttempt(source.key)])
  return { kind: 'match', user }
}

/**
 * Asks a person who is signed in for their password again. Counted with the sign-ins of every name that they have: who sits
 * at somebody's open browser, or holds their token, gets no second set of guesses.
 */
export async function confirmPassword(
  deps: SignInDeps,
  user: User,
  attempt: Omit<SignInAttempt, 'identifier'>,
): Promise<SignInResult> {
  const names = [user.email, user.username].filter((name) => name !== undefined)
  const keys = new Map(names.map((name) => [identifierKey(name), accountLimit(deps.signInLimits, name)]))
  const accounts = [...keys.values()]
  const source = sourceLimit(deps.signInLimits, attempt.address)
  const throttled = await countAll(deps, [...accounts, source])
  if (throttled !== undefined) return throttled
  if (!(await isPasswordOf(deps, user, attempt.password))) return { kind: 'mismatch' }
  await deps.database.commit([...accounts.map(({ key }) => forgetAttempts(key)), returnAttempt(source.key)])
  return { kind: 'match', user }
}

export interface SignUpLimits {
  readonly perSource: number
  readonly windowMs: number
}

/** Counts an attempt to make an account, also one that finds the name taken: that is how names are collected. */
export async function countSignUp(
  deps: Pick<SignInDeps, 'database' | 'clock'> & { readonly signUpLimits: SignUpLimits },
  address: string,
): Promise<Throttled | undefined> {
  const { perSource, windowMs } = deps.signUpLimits
  return countAll(deps, [{ key: `sign-up:${sourceOf(address)}`, most: perSource, windowMs }])
}

function accountLimit({ perAccount, windowMs }: SignInLimits, identifier: string): AttemptLimit {
  const account = Buffer.from(sha256(identifierKey(identifier))).toString('base64url')
  return { key: `account:${account}`, most: perAccount, windowMs }
}

function sourceLimit({ perSource, windowMs }: SignInLimits, address: string): AttemptLimit {
  return { key: `source:${sourceOf(address)}`, most: perSource, windowMs }
}

/** Counts under every key or under none: a full window must not fill the others. */
async function countAll(
  deps: Pick<SignInDeps, 'database' | 'clock'>,
  limits: readonly AttemptLimit[],
): Promise<Throttled | undefined> {
  const now = deps.clock.now()
  const counted = await deps.database.commit(limits.map((limit) => countAttempt(limit, now)))
  if (counted.won) return undefined
  return { kind: 'throttled', retryAfterSeconds: await secondsUntilOpen(deps, limits) }
}

async function secondsUntilOpen(
  deps: Pick<SignInDeps, 'database' | 'clock'>,
  limits: readonly AttemptLimit[],
): Promise<number> {
  const openings = await Promise.all(limits.map((limit) => attemptsUntil(deps.database, limit)))
  const latest = Math.max(...openings.filter((opening): opening is Instant => opening !== undefined), deps.clock.now())
  return Math.max(1, Math.ceil((latest - deps.clock.now()) / 1_000))
}

async function userWithPassword(deps: SignInDeps, attempt: SignInAttempt): Promise<User | undefined> {
  const { identifier, password } = attempt
  const user = identifier.includes('\0') ? undefined : await findUserByIdentifier(deps.database, identifier)
  const matched = await isPasswordOf(deps, user, password)
  return matched && user?.isActive ? user : undefined
}

/** Whether this is the user's password; a hash from elsewhere, or with yesterday's cost, is renewed on the way. */
export async function isPasswordOf(
  deps: Pick<SignInDeps, 'database' | 'passwords'>,
  user: Pick<User, 'id'> | undefined,
  password: string,
): Promise<boolean> {
  const stored = user && (await findPasswordHash(deps.database, user.id))
  if (user === undefined || stored === undefined) return deps.passwords.verifyDecoy(password)
  const matched = isFromDjango(stored)
    ? await deps.passwords.bounded(() => verifyDjangoHash(stored, password))
    : await deps.passwords.verify(stored, password)
  if (matched && (isFromDjango(stored) || deps.passwords.needsRehash(stored))) {
    await deps.database.commit([replacePasswordHash(user.id, stored, await deps.passwords.hash(password))])
  }
  return matched
}

/** Ours are PHC strings, which begin with a dollar sign; Django's begin with the name of an algorithm. */
function isFromDjango(stored: string): boolean {
  return !stored.startsWith('$')
}
