// How sessions are kept, whichever way: what the rest of the package asks of sealed cookies and of a store alike.

import type { LoginFailure } from './causes.ts'
import type { SessionContent, SessionTokens } from './session.ts'
import type { SessionMatch } from './session-store.ts'

/** Cookies of a request, by name. */
export type SentCookies = ReadonlyMap<string, string>

/** A session that was found. */
export interface Kept {
  readonly content: SessionContent
  /** Counts the changes; 0 for cookies, which cannot count. */
  readonly version: number
}

/** What came of asking for new tokens. */
export type Exchange =
  | { readonly kind: 'tokens'; readonly tokens: SessionTokens }
  /** The server has ended it. */
  | { readonly kind: 'ended'; readonly failure: LoginFailure }
  /** Nobody knows: the session stays. */
  | { readonly kind: 'unknown'; readonly failure: LoginFailure }

/** What came of renewing a session. */
export type Renewal =
  | { readonly kind: 'renewed'; readonly content: SessionContent; readonly setCookie: readonly string[] }
  | { readonly kind: 'ended'; readonly failure: LoginFailure | undefined }
  | { readonly kind: 'unknown' }

/** Keeps sessions. */
export interface Keeper {
  /** Whether a renewal must reach the browser: where it cannot, nothing may be renewed. */
  readonly renewsByCookie: boolean
  /** @returns the cookies to set */
  create(content: SessionContent, sent: SentCookies): Promise<readonly string[]>
  read(sent: SentCookies): Promise<Kept | undefined>
  /** Asks for new tokens once, however many requests, tabs and processes want them at the same time. */
  renew(kept: Kept, sent: SentCookies, exchange: () => Promise<Exchange>): Promise<Renewal>
  end(kept: Kept): Promise<void>
  /** @returns how many were ended, as far as it can be known */
  endMatching(match: SessionMatch): Promise<number>
  /** The cookies that take the session out of the browser. */
  forget(sent: SentCookies): readonly string[]
  /** Remembers a name until it expires. @returns false when it was remembered already */
  once(name: string, expiresAt: number): Promise<boolean>
}
