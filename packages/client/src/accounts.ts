// Decides which local account a sign-in opens: the one that is linked with provider and subject, else a new one. Never one
// that merely has the same username or e-mail address, verified or not: addresses change hands, and servers differ in what
// they verify. OpenID Connect Core §5.7; GHSA-g38m-r43w-p2q7 (linking by e-mail) shows what happens otherwise.

import type { Account, AccountStore } from './account-store.ts'
import { LoginFailure } from './causes.ts'
import { randomId } from './platform/crypto/index.ts'
import type { Instant } from './platform/time/index.ts'
import type { Profile } from './user.ts'

const LONGEST = 150
const NUMBERED = 20

/**
 * The account of whoever has signed in, made at the first time.
 * @throws LoginFailure `account-deactivated`
 */
export async function accountFor(
  store: AccountStore,
  provider: string,
  profile: Profile,
  now: Instant,
): Promise<Account> {
  const known = await store.findByLink(provider, profile.subject)
  const account = known ?? (await createAccount(store, provider, profile, now))
  if (!account.isActive) throw new LoginFailure('account-deactivated', { detail: `account ${account.id}` })
  await store.refreshProfile(account.id, profile, provider, now)
  return (await store.find(account.id)) ?? account
}

/** A name that is taken gets a number: the person comes in under another name, and nobody else's account is touched. */
async function createAccount(store: AccountStore, provider: string, profile: Profile, now: Instant): Promise<Account> {
  for (const username of usernamesFor(profile)) {
    const made = await store.create({ ...profile, username }, { provider, subject: profile.subject }, now)
    if (typeof made === 'object') return made
    if (made === 'link-taken') {
      // Another request of the same person came first.
      const other = await store.findByLink(provider, profile.subject)
      if (other !== undefined) return other
    }
  }
  throw new Error('No username could be found for a new account.')
}

/** What a new account may be called, best first. */
export function* usernamesFor({ username, email, name }: Profile): Iterable<string> {
  const wanted = username ?? email?.split('@')[0] ?? name ?? ''
  const base = cleaned(wanted) || 'user'
  yield base
  for (let number = 2; number <= NUMBERED; number += 1) yield `${base}${number}`
  for (let attempt = 0; attempt < NUMBERED; attempt += 1) yield `${base}-${randomId(6)}`
}

function cleaned(text: string): string {
  return text
    .normalize('NFKC')
    .replaceAll(/[\p{C}\p{Z}]+/gu, ' ')
    .trim()
    .slice(0, LONGEST - 10)
}

/** How usernames are compared: two that look alike to a reader must not be two people. */
export function usernameKey(username: string): string {
  return username.normalize('NFKC').toLowerCase()
}

/**
 * Connects a further sign-in with an account. Both sides were proved: the account by its session, the other by signing in.
 * @throws LoginFailure `already-linked`
 */
export async function linkAccount(
  store: AccountStore,
  account: number,
  provider: string,
  profile: Profile,
  now: Instant,
): Promise<void> {
  const owner = await store.findByLink(provider, profile.subject)
  if (owner?.id === account) return
  const outcome = owner === undefined ? await store.link(account, provider, profile, now) : 'link-taken'
  if (outcome === 'link-taken') throw new LoginFailure('already-linked')
}
