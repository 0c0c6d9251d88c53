// The link through which a person chooses a password of their own: works once, for a short time, and only for who they were when
// it was made. NIST SP 800-63B-4 §4.2, OWASP ASVS 5.0 V6.4. Kept as a digest: nobody reads a link out of the database.
import { type PasswordHasher, type Random, sha256 } from '../../platform/crypto/index.ts'
import type { Database, Write } from '../../platform/storage/index.ts'
import type { Clock, Instant } from '../../platform/time/index.ts'
import { recordEvent } from '../events/index.ts'
import { endSessionsUnderOldEpoch } from '../logouts/index.ts'
import { raiseUserEpoch, type User } from '../users/index.ts'
import { putPasswordLink, setPasswordHash, spendPasswordLink, userOfPasswordLink } from './store.ts'

export interface PasswordLink {
  readonly token: string
  readonly expiresAt: Instant
  /** Makes it valid, in the commit of whoever asked for it. */
  readonly write: Write
}

export function makePasswordLink(
  { random }: { readonly random: Random },
  user: Pick<User, 'id' | 'epoch'>,
  now: Instant,
  lifetimeSeconds: number,
): PasswordLink {
  const token = Buffer.from(random.bytes(32)).toString('base64url')
  const expiresAt = now + lifetimeSeconds * 1_000
  return { token, expiresAt, write: putPasswordLink(user, digestOf(token), expiresAt) }
}

function digestOf(token: string): string {
  return Buffer.from(sha256(token)).toString('base64url')
}

/** Whose link it is; undefined for one that nobody made, that was used, or that ended. */
export async function openPasswordLink(database: Database, token: string, now: Instant): Promise<User | undefined> {
  return userOfPasswordLink(database, digestOf(token), now)
}

export interface LinkDeps {
  readonly database: Database
  readonly clock: Clock
  readonly passwords: PasswordHasher
}

/**
 * Spends the link and sets the password; everything that the person held ends, and nobody is signed in.
 * @param user as {@link openPasswordLink} found them
 * @returns false when the link was spent or ended meanwhile: nothing was written
 */
export async function setPasswordByLink(
  deps: LinkDeps,
  user: User,
  input: { readonly token: string; readonly password: string; readonly address: string },
): Promise<boolean> {
  const hash = await deps.passwords.hash(input.password)
  const now = deps.clock.now()
  const { address } = input
  const result = await deps.database.commit([
    spendPasswordLink(digestOf(input.token), user.id, now),
    raiseUserEpoch(user, now),
    setPasswordHash(user.id, hash, now),
    ...endSessionsUnderOldEpoch(user.id, undefined, now),
    recordEvent({ kind: 'user.password-changed', at: now, userId: user.id, address, detail: { by: 'one-time link' } }),
  ])
  return result.won
}
