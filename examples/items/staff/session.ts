// Decides who is signed in to the pages with a local account: a random cookie, of which only the digest is kept.
import { createHash, randomBytes } from 'node:crypto'
import type { LocalUser, LocalUserStore } from '@latchkey/resource-server'
import type { StaffStore } from './store.ts'

const lifetimeSeconds = 8 * 3_600

export interface Sessions {
  /** @returns the value of Set-Cookie */
  begin(userId: number): string
  /** @param cookies the Cookie header @returns the user, also when shut out meanwhile */
  userOf(cookies: string | undefined): Promise<LocalUser | undefined>
  /** What a form of this session must send along; undefined without a session. */
  formToken(cookies: string | undefined): string | undefined
  /** @returns the value of Set-Cookie */
  end(cookies: string | undefined): string
}

interface Parts {
  readonly store: StaffStore
  readonly users: LocalUserStore
  readonly isSecure: boolean
  readonly now: () => number
}

export function createSessions({ store, users, isSecure, now }: Parts): Sessions {
  // A name of its own: all programs on localhost share their cookies.
  const name = isSecure ? '__Host-items_session' : 'items_session'
  const attributes = `Path=/; HttpOnly; SameSite=Lax${isSecure ? '; Secure' : ''}`
  const read = (cookies: string | undefined): string | undefined =>
    cookies
      ?.split(/; */)
      .find((pair) => pair.startsWith(`${name}=`))
      ?.slice(name.length + 1)
  return {
    begin(userId) {
      const secret = randomBytes(32).toString('base64url')
      store.beginSession(digest(secret), userId, now(), now() + lifetimeSeconds * 1_000)
      return `${name}=${secret}; Max-Age=${lifetimeSeconds}; ${attributes}`
    },
    async userOf(cookies) {
      const secret = read(cookies)
      const owner = secret === undefined ? undefined : store.sessionOwner(digest(secret), now())
      return owner === undefined ? undefined : users.find(owner.issuer, owner.subject)
    },
    formToken(cookies) {
      const secret = read(cookies)
      return secret === undefined ? undefined : digest(`form ${secret}`)
    },
    end(cookies) {
      const secret = read(cookies)
      if (secret !== undefined) store.endSession(digest(secret))
      return `${name}=; Max-Age=0; ${attributes}`
    },
  }
}

function digest(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url')
}
