// Decides what a store of local accounts must do. A person is provider and subject together, never a name or an address;
// every method is one statement or one transaction. OpenID Connect Core §5.7.

import type { Instant } from './platform/time/index.ts'
import type { Profile } from './user.ts'

/**
 * A local user of the app. There is no password: whoever it is signs in at a provider.
 * @example
 * import type { Account } from '@latchkey/client'
 * const label = ({ username, isActive }: Account): string => (isActive ? username : `${username} (deactivated)`)
 */
export interface Account {
  /** Ours, for foreign keys; never given to another person. */
  readonly id: number
  /** Unique here, whatever the case. */
  readonly username: string
  readonly email: string | undefined
  readonly emailVerified: boolean
  readonly name: string | undefined
  readonly givenName: string | undefined
  readonly familyName: string | undefined
  /** False shuts the person out, whatever the providers say. */
  readonly isActive: boolean
  readonly isStaff: boolean
  /** Milliseconds since the epoch. */
  readonly createdAt: Instant
  /** Undefined for somebody who has never signed in. */
  readonly lastSignInAt: Instant | undefined
}

/**
 * A sign-in that opens an account.
 * @example
 * import type { AccountLink } from '@latchkey/client'
 * const label = ({ provider, label }: AccountLink): string => `${label ?? 'somebody'} at ${provider}`
 */
export interface AccountLink {
  readonly account: number
  readonly provider: string
  readonly subject: string
  /** What the provider called the person when last seen. */
  readonly label: string | undefined
  readonly createdAt: Instant
}

/**
 * What an account begins with.
 * @example
 * import type { NewAccount } from '@latchkey/client'
 * const account: NewAccount = { username: 'alice', email: undefined, emailVerified: false }
 */
export interface NewAccount {
  readonly username: string
  readonly email?: string | undefined
  readonly emailVerified?: boolean
  readonly name?: string | undefined
  readonly givenName?: string | undefined
  readonly familyName?: string | undefined
}

/**
 * What an administrator may set of an account.
 * @example
 * import type { AccountChanges } from '@latchkey/client'
 * const changes: AccountChanges = { isActive: false }
 */
export interface AccountChanges {
  readonly username?: string
  readonly email?: string | undefined
  readonly name?: string | undefined
  readonly givenName?: string | undefined
  readonly familyName?: string | undefined
  readonly isActive?: boolean
  readonly isStaff?: boolean
}

/**
 * Where local accounts are kept: take one of `@latchkey/client/stores/…`, or make one over your own tables.
 * @example
 * import type { AccountStore } from '@latchkey/client'
 * import { memoryAccounts } from '@latchkey/client/stores/memory'
 * const accounts: AccountStore = memoryAccounts()
 */
export interface AccountStore {
  find(id: number): Promise<Account | undefined>
  findByLink(provider: string, subject: string): Promise<Account | undefined>
  /** Makes an account; with a link, both or neither. @returns `username-taken` or `link-taken` when another has it */
  create(
    account: NewAccount,
    link: Pick<AccountLink, 'provider' | 'subject'> | undefined,
    now: Instant,
  ): Promise<Account | 'username-taken' | 'link-taken'>
  /** Writes what a provider says now: all but the username. */
  refreshProfile(id: number, profile: Profile, provider: string, now: Instant): Promise<void>
  /** Connects a sign-in. @returns `link-taken` when another account has it */
  link(id: number, provider: string, profile: Profile, now: Instant): Promise<'linked' | 'link-taken'>
  /** Disconnects a sign-in, but never the last one. */
  unlink(id: number, provider: string, subject: string): Promise<'unlinked' | 'last-link' | 'unknown'>
  /** The sign-ins of an account, oldest first. */
  links(id: number): Promise<readonly AccountLink[]>
  /** Accounts by id, from after one, at most 200. */
  list(after?: number): Promise<readonly Account[]>
  /** Changes an account. @returns the account, or why not */
  change(id: number, changes: AccountChanges): Promise<Account | 'username-taken' | 'unknown'>
}
