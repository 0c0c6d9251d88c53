// Local users in memory, for tests and for APIs that need no memory of them.

import type { LocalUser } from '../auth.ts'
import type { LocalUserStore } from '../user-store.ts'

/**
 * Keeps local users in memory; they are gone when the process ends.
 * @example
 * import { memoryUsers } from '@latchkey/resource-server/stores/memory'
 * const users = memoryUsers()
 */
export function memoryUsers(): LocalUserStore {
  const byIdentity = new Map<string, LocalUser>()
  // JSON keeps the two parts apart, whatever characters they have.
  const keyOf = (issuer: string, subject: string): string => JSON.stringify([issuer, subject])
  return {
    find: (issuer, subject) => byIdentity.get(keyOf(issuer, subject)),
    create(identity, now) {
      const key = keyOf(identity.issuer, identity.subject)
      const known = byIdentity.get(key)
      if (known !== undefined) return known
      const user = { ...identity, id: byIdentity.size + 1, isActive: true, createdAt: now }
      byIdentity.set(key, user)
      return user
    },
    list: () => [...byIdentity.values()],
    setActive(id, isActive) {
      const found = [...byIdentity].find(([, user]) => user.id === id)
      if (found === undefined) return false
      byIdentity.set(found[0], { ...found[1], isActive })
      return true
    },
  }
}
