// Decides when a user of the issuer becomes a user here: at first sight, once, keyed by issuer and subject together, and
// never with a password. OpenID Connect Core §5.7 (only sub and iss together are an identifier).

import type { LocalUser } from './auth.ts'
import type { Instant } from './platform/time/index.ts'

/**
 * A user as the issuer names them.
 * @see OpenID Connect Core §5.7
 * @example
 * import type { Identity } from '@latchkey/resource-server'
 * const alice: Identity = { issuer: 'https://id.example', subject: '248289761001', username: 'alice', email: undefined }
 */
export interface Identity {
  readonly issuer: string
  readonly subject: string
  readonly username: string | undefined
  readonly email: string | undefined
}

/**
 * Where local users are kept. Make one over your own table, or take one of `@latchkey/resource-server/stores/…`.
 * @example
 * import type { UserStore } from '@latchkey/resource-server'
 * import { memoryUsers } from '@latchkey/resource-server/stores/memory'
 * const users: UserStore = memoryUsers()
 */
export interface UserStore {
  /** The user, also when inactive. */
  find(issuer: string, subject: string): LocalUser | undefined | Promise<LocalUser | undefined>
  /** Makes the user, active; when another request made it meanwhile, that one is returned and nothing is changed. */
  create(identity: Identity, now: Instant): LocalUser | Promise<LocalUser>
}

/**
 * What the stores of this package can do besides, for an admin page.
 * @example
 * import type { LocalUserStore } from '@latchkey/resource-server'
 * const shutOut = async (users: LocalUserStore, id: number): Promise<void> => void (await users.setActive(id, false))
 */
export interface LocalUserStore extends UserStore {
  /** All users, by id. */
  list(): readonly LocalUser[] | Promise<readonly LocalUser[]>
  /** Lets a user in or shuts them out, from their next request on. @returns whether there is such a user */
  setActive(id: number, isActive: boolean): boolean | Promise<boolean>
}

/** The local user of an identity, made at first sight; at once where the store answers at once. */
export function findOrCreate(store: UserStore, identity: Identity, now: Instant): LocalUser | Promise<LocalUser> {
  const known = store.find(identity.issuer, identity.subject)
  if (known instanceof Promise) return known.then((user) => user ?? store.create(identity, now))
  return known ?? store.create(identity, now)
}
