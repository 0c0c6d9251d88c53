// Sessions and accounts in memory, for tests and for apps of one process that may forget.

import type { Account, AccountLink, AccountStore } from '../account-store.ts'
import { usernameKey } from '../accounts.ts'
import type { SessionStore, StoredSession } from '../session-store.ts'

/**
 * Keeps sessions in memory; they are gone when the process ends.
 * @example
 * import { memorySessions } from '@latchkey/client/stores/memory'
 * const sessions = memorySessions()
 */
export function memorySessions(): SessionStore {
  const sessions = new Map<string, StoredSession>()
  const names = new Map<string, number>()
  const endWhere = (isMeant: (session: StoredSession) => boolean): number => {
    const meant = [...sessions.values()].filter(isMeant)
    for (const { id } of meant) sessions.delete(id)
    return meant.length
  }
  return {
    async create(session) {
      sessions.set(session.id, session)
    },
    find: async (id) => sessions.get(id),
    async lease(id, version, now, leaseUntil) {
      const known = sessions.get(id)
      if (known?.version !== version || known.leaseUntil > now) return false
      sessions.set(id, { ...known, leaseUntil })
      return true
    },
    async replace(id, version, sealed) {
      const known = sessions.get(id)
      if (known?.version !== version) return false
      sessions.set(id, { ...known, sealed, version: version + 1, leaseUntil: 0 })
      return true
    },
    async release(id, version) {
      const known = sessions.get(id)
      if (known?.version === version) sessions.set(id, { ...known, leaseUntil: 0 })
    },
    async touch(id, seenAt) {
      const known = sessions.get(id)
      if (known !== undefined) sessions.set(id, { ...known, seenAt: Math.max(seenAt, known.seenAt) })
    },
    end: async (id, version) =>
      endWhere((session) => session.id === id && (version === undefined || session.version === version)) > 0,
    endMatching: async ({ provider, subject, sid, createdBefore }) =>
      endWhere(
        (session) =>
          session.provider === provider &&
          session.createdAt <= createdBefore &&
          (subject === undefined || session.subject === subject) &&
          (sid === undefined || session.sid === sid),
      ),
    endAccount: async (account) => endWhere((session) => session.account === account),
    list: async (now, account) =>
      [...sessions.values()]
        .filter(({ expiresAt, account: own }) => expiresAt > now && (account === undefined || own === account))
        .toSorted((one, other) => other.createdAt - one.createdAt),
    async once(name, now, expiresAt) {
      if ((names.get(name) ?? 0) > now) return false
      names.set(name, expiresAt)
      return true
    },
    async purge(now) {
      for (const [name, expiresAt] of names) if (expiresAt <= now) names.delete(name)
      return endWhere(({ expiresAt }) => expiresAt <= now)
    },
  }
}

/**
 * Keeps accounts in memory; they are gone when the process ends.
 * @example
 * import { memoryAccounts } from '@latchkey/client/stores/memory'
 * const accounts = memoryAccounts()
 */
export function memoryAccounts(): AccountStore {
  const tables: Tables = { accounts: new Map(), links: new Map() }
  return { ...accountsIn(tables), ...linksIn(tables) }
}

interface Tables {
  readonly accounts: Map<number, Account>
  readonly links: Map<string, AccountLink>
}

type LinkMethods = 'link' | 'links' | 'unlink'

/** JSON keeps the two parts apart, whatever characters they have. */
function keyOf(provider: string, subject: string): string {
  return JSON.stringify([provider, subject])
}

function accountsIn({ accounts, links }: Tables): Omit<AccountStore, LinkMethods> {
  const isTaken = (username: string, except?: number): boolean =>
    [...accounts.values()].some(
      ({ id, username: known }) => id !== except && usernameKey(known) === usernameKey(username),
    )
  return {
    find: async (id) => accounts.get(id),
    async findByLink(provider, subject) {
      const link = links.get(keyOf(provider, subject))
      return link === undefined ? undefined : accounts.get(link.account)
    },
    async create({ username, email, emailVerified = false, name, givenName, familyName }, link, now) {
      const key = link && keyOf(link.provider, link.subject)
      if (isTaken(username)) return 'username-taken'
      if (key !== undefined && links.has(key)) return 'link-taken'
      const account: Account = {
        id: accounts.size + 1,
        username,
        email,
        emailVerified,
        name,
        givenName,
        familyName,
        isActive: true,
        isStaff: false,
        createdAt: now,
        lastSignInAt: undefined,
      }
      accounts.set(account.id, account)
      if (link !== undefined && key !== undefined) {
        links.set(key, { ...link, account: account.id, label: username, createdAt: now })
      }
      return account
    },
    async refreshProfile(id, profile, provider, now) {
      const account = accounts.get(id)
      const { subject, username: label, email, emailVerified, name, givenName, familyName } = profile
      const key = keyOf(provider, subject)
      const link = links.get(key)
      if (account === undefined) return
      accounts.set(id, { ...account, email, emailVerified, name, givenName, familyName, lastSignInAt: now })
      if (link !== undefined) links.set(key, { ...link, label })
    },
    list: async (after = 0) => [...accounts.values()].filter(({ id }) => id > after).slice(0, 200),
    async change(id, changes) {
      const account = accounts.get(id)
      if (account === undefined) return 'unknown'
      if (changes.username !== undefined && isTaken(changes.username, id)) return 'username-taken'
      const changed = { ...account, ...changes }
      accounts.set(id, changed)
      return changed
    },
  }
}

function linksIn({ links }: Tables): Pick<AccountStore, LinkMethods> {
  const linksOf = (id: number): readonly AccountLink[] => [...links.values()].filter(({ account }) => account === id)
  return {
    async link(id, provider, { subject, username: label }, now) {
      const key = keyOf(provider, subject)
      if (links.has(key)) return 'link-taken'
      links.set(key, { account: id, provider, subject, label, createdAt: now })
      return 'linked'
    },
    async unlink(id, provider, subject) {
      const key = keyOf(provider, subject)
      if (links.get(key)?.account !== id) return 'unknown'
      if (linksOf(id).length === 1) return 'last-link'
      links.delete(key)
      return 'unlinked'
    },
    links: async (id) => linksOf(id),
  }
}
