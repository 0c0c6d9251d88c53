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

export type SignInResult =
  | { readonly kind: 'match'; readonly user: User }
  | { readonly kind: 'mismatch' }
  | { readonly kind: 'throttled'; readonly retryAfterSeconds: number }

export async function checkSignIn(deps: SignInDeps, attempt: SignInAttempt): Promise<SignInResult> {
  const { account, source } = limitsOf(deps.signInLimits, attempt)
  const counted = await deps.database.commit([
    countAttempt(account, deps.clock.now()),
    countAttempt(source, deps.clock.now()),
  ])
  if (!counted.won) return { kind: 'throttled', retryAfterSeconds: await secondsUntilOpen(deps, [account, source]) }
  const user = await userWithPassword(deps, attempt)
  if (user === undefined) return { kind: 'mismatch' }
  await deps.database.commit([forgetAttempts(account.key), returnAttempt(source.key)])
  return { kind: 'match', user }
}

function limitsOf(limits: SignInLimits, attempt: SignInAttempt): { account: AttemptLimit; source: AttemptLimit } {
  const account = Buffer.from(sha256(identifierKey(attempt.identifier))).toString('base64url')
  return {
    account: { key: `account:${account}`, most: limits.perAccount, windowMs: limits.windowMs },
    source: { key: `source:${sourceOf(attempt.address)}`, most: limits.perSource, windowMs: limits.windowMs },
  }
}

async function secondsUntilOpen(deps: SignInDeps, limits: readonly AttemptLimit[]): Promise<number> {
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
