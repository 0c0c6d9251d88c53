// Whether an identifier and a password belong to somebody who may sign in. Every path that takes a password comes through here:
// pages, the password grant, the APIs. An attempt is counted before the hash is computed, in one statement, so that
// parallel guesses cannot pass the limit; unknown, wrong and disabled cost and answer the same.
import { HasherBusy, type PasswordHasher } from '../../platform/crypto/index.ts'
import type { Database } from '../../platform/storage/index.ts'
import type { Clock, Instant } from '../../platform/time/index.ts'
import type { RefusalReason, Usage } from '../usage/index.ts'
import { findUserByIdentifier, type User } from '../users/index.ts'
import { digestOfStranger, digestOfUser, type KnownDevice } from './known-device.ts'
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
  readonly perClient: number
  readonly windowMs: number
}

export interface SignInDeps {
  readonly database: Database
  readonly clock: Clock
  readonly passwords: PasswordHasher
  readonly signInLimits: SignInLimits
}

/** A sign-in's refusals are counted by their reason; a question for the password again is no sign-in. */
export interface CountedSignInDeps extends SignInDeps {
  readonly usage: Pick<Usage, 'refused'>
}

export interface SignInAttempt {
  readonly identifier: string
  readonly password: string
  readonly address: string
  /** The confidential client that relays many people from one address: then it is the source that is counted. */
  readonly clientId?: string | undefined
  /** The browser, where somebody signed in from it before: it has a count of its own for their account. */
  readonly device?: KnownDevice | undefined
}

export interface Throttled {
  readonly kind: 'throttled'
  readonly retryAfterSeconds: number
}

export type SignInResult = { readonly kind: 'match'; readonly user: User } | { readonly kind: 'mismatch' } | Throttled

/** Before anything else is done: a flood beyond what can be hashed costs nothing but its refusals. @throws HasherBusy */
export function requireRoomToSignIn({ passwords, usage }: Pick<CountedSignInDeps, 'passwords' | 'usage'>): void {
  try {
    passwords.requireRoom()
  } catch (error) {
    usage.refused('busy')
    throw error
  }
}

export async function checkSignIn(deps: CountedSignInDeps, attempt: SignInAttempt): Promise<SignInResult> {
  let refusal: RefusalReason = 'busy'
  try {
    const { identifier, password, device } = attempt
    // Before the first write and the first read: a flood beyond what can be hashed costs the disk nothing.
    deps.passwords.requireRoom()
    const user = identifier.includes('\0') ? undefined : await findUserByIdentifier(deps.database, identifier)
    const digest = user === undefined ? digestOfStranger(identifier) : digestOfUser(user)
    const result = await counted(deps, accountLimit(deps.signInLimits, digest, device), attempt, async () => {
      const matched = await isPasswordOf(deps, user, password)
      refusal = refusalOf(user, matched)
      return matched && user?.isActive ? user : undefined
    })
    if (result.kind !== 'match') deps.usage.refused(result.kind === 'throttled' ? 'throttled' : refusal)
    return result
  } catch (error) {
    if (error instanceof HasherBusy) deps.usage.refused('busy')
    throw error
  }
}

/** For our figures only: the person is told none of it. */
function refusalOf(user: User | undefined, matched: boolean): RefusalReason {
  if (user === undefined) return 'unknown-account'
  return matched ? 'disabled' : 'wrong-password'
}

/**
 * Asks a person who is signed in for their password again. Counted with the strangers' sign-ins, known browser or not: who sits
 * at somebody's open browser, or holds their token, gets no second set of guesses.
 */
export async function confirmPassword(
  deps: SignInDeps,
  user: User,
  attempt: Pick<SignInAttempt, 'password' | 'address'>,
): Promise<SignInResult> {
  deps.passwords.requireRoom()
  const account = accountLimit(deps.signInLimits, digestOfUser(user))
  return counted(deps, account, attempt, async () =>
    (await isPasswordOf(deps, user, attempt.password)) ? user : undefined,
  )
}

/** Counts, checks, and forgives: a success its account's failures, and the server itself what it had no time to check. */
async function counted(
  deps: SignInDeps,
  account: AttemptLimit,
  attempt: Pick<SignInAttempt, 'address' | 'clientId'>,
  check: () => Promise<User | undefined>,
): Promise<SignInResult> {
  const source = sourceLimit(deps.signInLimits, attempt)
  const throttled = await countAll(deps, [account, source])
  if (throttled !== undefined) return throttled
  const user = await check().catch(async (error: unknown) => {
    if (error instanceof HasherBusy) await uncount(deps, [account, source])
    throw error
  })
  if (user === undefined) return { kind: 'mismatch' }
  await deps.database.commit([forgetAttempts(account.key), returnAttempt(source.key)])
  return { kind: 'match', user }
}

async function uncount(deps: Pick<SignInDeps, 'database'>, limits: readonly AttemptLimit[]): Promise<void> {
  await deps.database.commit(limits.map(({ key }) => returnAttempt(key)))
}

export interface SignUpLimits {
  readonly perSource: number
  readonly windowMs: number
}

/** Counts an attempt to make an account, also one that finds the name taken: that is how names are collected. */
export async function countSignUp(
  deps: Pick<SignInDeps, 'database' | 'clock' | 'passwords'> & { readonly signUpLimits: SignUpLimits },
  address: string,
): Promise<Throttled | undefined> {
  deps.passwords.requireRoom()
  const { perSource, windowMs } = deps.signUpLimits
  return countAll(deps, [{ key: `sign-up:${sourceOf(address)}`, most: perSource, windowMs }])
}

/** Others' guesses do not lock a person out of the browser that they use: it is counted by itself (OWASP, device cookies). */
function accountLimit({ perAccount, windowMs }: SignInLimits, digest: string, device?: KnownDevice): AttemptLimit {
  const isKnown = device?.accounts.includes(digest) === true
  return { key: isKnown ? `device:${device.id}:${digest}` : `account:${digest}`, most: perAccount, windowMs }
}

function sourceLimit(limits: SignInLimits, attempt: Pick<SignInAttempt, 'address' | 'clientId'>): AttemptLimit {
  const { perClient, perSource, windowMs } = limits
  if (attempt.clientId !== undefined) return { key: `client:${attempt.clientId}`, most: perClient, windowMs }
  return { key: `source:${sourceOf(attempt.address)}`, most: perSource, windowMs }
}

/** Counts under every key or under none: a full window must not fill the others. */
async function countAll(
  deps: Pick<SignInDeps, 'database' | 'clock'>,
  limits: readonly AttemptLimit[],
): Promise<Throttled | undefined> {
  const now = deps.clock.now()
  const result = await deps.database.commit(limits.map((limit) => countAttempt(limit, now)))
  if (result.won) return undefined
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
