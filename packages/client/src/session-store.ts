// Decides what a store of sessions must do. Every method is one conditional statement, so that of two processes that try
// the same at once exactly one wins. Ids are digests, contents are sealed: a copy of the table signs nobody in.

import type { Instant } from './platform/time/index.ts'

/**
 * A stored session.
 * @example
 * import type { StoredSession } from '@latchkey/client'
 * const isIdle = (session: StoredSession, now: number): boolean => now - session.seenAt > 86_400_000
 */
export interface StoredSession {
  /** The digest of the id in the cookie. */
  readonly id: string
  readonly provider: string
  readonly subject: string
  /** The session at the server. */
  readonly sid: string | undefined
  readonly account: number | undefined
  readonly sealed: string
  /** Counts the changes of `sealed`. */
  readonly version: number
  /** Until then one process may exchange its refresh token. Milliseconds since the epoch; 0 when nobody does. */
  readonly leaseUntil: Instant
  readonly createdAt: Instant
  readonly seenAt: Instant
  readonly expiresAt: Instant
}

/**
 * Which sessions a logout at the server ends.
 * @see OpenID Connect Back-Channel Logout §2.7
 * @example
 * import type { SessionMatch } from '@latchkey/client'
 * const everywhere: SessionMatch = { provider: 'https://id.example', subject: '7', createdBefore: 1_800_000_000_000 }
 */
export interface SessionMatch {
  readonly provider: string
  /** Of this person, or of anybody when only `sid` is given. */
  readonly subject?: string | undefined
  readonly sid?: string | undefined
  /** Sessions that were begun later stay. Milliseconds since the epoch. */
  readonly createdBefore: Instant
}

/**
 * Where sessions are kept: take one of `@latchkey/client/stores/…`, or make one over your own tables.
 * @example
 * import type { SessionStore } from '@latchkey/client'
 * import { memorySessions } from '@latchkey/client/stores/memory'
 * const sessions: SessionStore = memorySessions()
 */
export interface SessionStore {
  create(session: StoredSession): Promise<void>
  find(id: string): Promise<StoredSession | undefined>
  /** Takes the right to refresh, if the session has this version and nobody holds it. @returns whether it was taken */
  lease(id: string, version: number, now: Instant, until: Instant): Promise<boolean>
  /** Puts a new content in place of this version, and gives the lease back. @returns whether it was that version */
  replace(id: string, version: number, sealed: string): Promise<boolean>
  /** Gives the lease back without a change. */
  release(id: string, version: number): Promise<void>
  /** Remembers when the session was last used. */
  touch(id: string, seenAt: Instant): Promise<void>
  /** Ends one session; with a version only that one. @returns whether there was one */
  end(id: string, version?: number): Promise<boolean>
  /** Ends all that match. @returns how many */
  endMatching(match: SessionMatch): Promise<number>
  /** Ends all of a local account. @returns how many */
  endAccount(account: number): Promise<number>
  /** Sessions that have not expired, newest first; of one account, or of all. */
  list(now: Instant, account?: number): Promise<readonly StoredSession[]>
  /** Remembers a name until it expires. @returns false when it was remembered already */
  once(name: string, now: Instant, expiresAt: Instant): Promise<boolean>
  /** Removes what has expired. @returns how many sessions */
  purge(now: Instant): Promise<number>
}
