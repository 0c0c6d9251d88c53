// Sessions and accounts in SQLite: `node:sqlite` or any driver of the same shape. Tables: login_sessions, login_once,
// login_accounts, login_links. No table has a place for a password, and none holds a usable token.

import type { AccountStore } from '../../account-store.ts'
import { usernameKey } from '../../accounts.ts'
import type { SessionStore } from '../../session-store.ts'
import { accountOfRow, linkOfRow, sessionOfRow } from '../rows.ts'

/**
 * The part of a SQLite connection that is used; `DatabaseSync` of `node:sqlite` has it.
 * @example
 * import { DatabaseSync } from 'node:sqlite'
 * import type { SqliteConnection } from '@latchkey/client/stores/sqlite'
 * const connection: SqliteConnection = new DatabaseSync(':memory:')
 */
export interface SqliteConnection {
  exec(sql: string): unknown
  prepare(sql: string): SqliteStatement
}

/**
 * A prepared statement.
 * @example
 * import { DatabaseSync } from 'node:sqlite'
 * import type { SqliteStatement } from '@latchkey/client/stores/sqlite'
 * const statement: SqliteStatement = new DatabaseSync(':memory:').prepare('SELECT 1')
 */
export interface SqliteStatement {
  all(...values: (string | number | null)[]): unknown[]
  get(...values: (string | number | null)[]): unknown
  run(...values: (string | number | null)[]): { readonly changes: number | bigint }
}

const SESSION_TABLES = `
CREATE TABLE IF NOT EXISTS login_sessions (
  id TEXT PRIMARY KEY,
  provider TEXT NOT NULL,
  subject TEXT NOT NULL,
  sid TEXT,
  account INTEGER,
  sealed TEXT NOT NULL,
  version INTEGER NOT NULL,
  lease_until INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  seen_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS login_sessions_subject ON login_sessions (provider, subject);
CREATE INDEX IF NOT EXISTS login_sessions_sid ON login_sessions (provider, sid);
CREATE INDEX IF NOT EXISTS login_sessions_expires ON login_sessions (expires_at);
CREATE TABLE IF NOT EXISTS login_once (name TEXT PRIMARY KEY, expires_at INTEGER NOT NULL) STRICT`

/**
 * Keeps sessions in a SQLite database; makes its tables if they are not there.
 * @param connection open for writing
 * @example
 * import { DatabaseSync } from 'node:sqlite'
 * import { sqliteSessions } from '@latchkey/client/stores/sqlite'
 * const sessions = sqliteSessions(new DatabaseSync(':memory:'))
 */
export function sqliteSessions(connection: SqliteConnection): SessionStore {
  connection.exec(SESSION_TABLES)
  const prepare = (sql: string): SqliteStatement => connection.prepare(sql)
  const select = prepare('SELECT * FROM login_sessions WHERE id = ?')
  const insert = prepare('INSERT INTO login_sessions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)')
  const lease = prepare('UPDATE login_sessions SET lease_until = ? WHERE id = ? AND version = ? AND lease_until <= ?')
  const replace = prepare(
    'UPDATE login_sessions SET sealed = ?, version = version + 1, lease_until = 0 WHERE id = ? AND version = ?',
  )
  const release = prepare('UPDATE login_sessions SET lease_until = 0 WHERE id = ? AND version = ?')
  const touch = prepare('UPDATE login_sessions SET seen_at = ? WHERE id = ? AND seen_at < ?')
  const end = prepare('DELETE FROM login_sessions WHERE id = ? AND (? IS NULL OR version = ?)')
  const endMatching = prepare(
    `DELETE FROM login_sessions
     WHERE provider = ? AND created_at <= ? AND (? IS NULL OR subject = ?) AND (? IS NULL OR sid = ?)`,
  )
  const endAccount = prepare('DELETE FROM login_sessions WHERE account = ?')
  const list = prepare(
    'SELECT * FROM login_sessions WHERE expires_at > ? AND (? IS NULL OR account = ?) ORDER BY created_at DESC, id',
  )
  const once = prepare(
    `INSERT INTO login_once (name, expires_at) VALUES (?, ?)
     ON CONFLICT (name) DO UPDATE SET expires_at = excluded.expires_at WHERE login_once.expires_at <= ?`,
  )
  const purgeNames = prepare('DELETE FROM login_once WHERE expires_at <= ?')
  const purgeSessions = prepare('DELETE FROM login_sessions WHERE expires_at <= ?')
  const count = ({ changes }: { readonly changes: number | bigint }): number => Number(changes)
  return {
    async create(session) {
      const { id, provider, subject, sid, account, sealed, version, leaseUntil, createdAt, seenAt, expiresAt } = session
      const facts = [id, provider, subject, sid ?? null, account ?? null, sealed, version, leaseUntil] as const
      insert.run(...facts, createdAt, seenAt, expiresAt)
    },
    async find(id) {
      const row = select.get(id)
      return row === undefined ? undefined : sessionOfRow(row)
    },
    lease: async (id, version, now, until) => count(lease.run(until, id, version, now)) === 1,
    replace: async (id, version, sealed) => count(replace.run(sealed, id, version)) === 1,
    release: async (id, version) => void release.run(id, version),
    touch: async (id, seenAt) => void touch.run(seenAt, id, seenAt),
    end: async (id, version) => count(end.run(id, version ?? null, version ?? null)) === 1,
    async endMatching({ provider, subject = null, sid = null, createdBefore }) {
      return count(endMatching.run(provider, createdBefore, subject, subject, sid, sid))
    },
    endAccount: async (account) => count(endAccount.run(account)),
    list: async (now, account) => list.all(now, account ?? null, account ?? null).map(sessionOfRow),
    once: async (name, now, expiresAt) => count(once.run(name, expiresAt, now)) === 1,
    async purge(now) {
      purgeNames.run(now)
      return count(purgeSessions.run(now))
    },
  }
}

const ACCOUNT_TABLES = `
CREATE TABLE IF NOT EXISTS login_accounts (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  username TEXT NOT NULL,
  username_key TEXT NOT NULL UNIQUE,
  email TEXT,
  email_verified INTEGER NOT NULL,
  name TEXT,
  given_name TEXT,
  family_name TEXT,
  is_active INTEGER NOT NULL DEFAULT 1,
  is_staff INTEGER NOT NULL DEFAULT 0,
  created_at INTEGER NOT NULL,
  last_sign_in_at INTEGER
) STRICT;
CREATE TABLE IF NOT EXISTS login_links (
  provider TEXT NOT NULL,
  subject TEXT NOT NULL,
  account INTEGER NOT NULL REFERENCES login_accounts (id),
  label TEXT,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (provider, subject)
) STRICT;
CREATE INDEX IF NOT EXISTS login_links_account ON login_links (account)`

/**
 * Keeps accounts in a SQLite database; makes its tables if they are not there.
 * @param connection open for writing
 * @example
 * import { DatabaseSync } from 'node:sqlite'
 * import { sqliteAccounts } from '@latchkey/client/stores/sqlite'
 * const accounts = sqliteAccounts(new DatabaseSync(':memory:'))
 */
export function sqliteAccounts(connection: SqliteConnection): AccountStore {
  connection.exec(ACCOUNT_TABLES)
  return { ...reading(connection), ...creating(connection), ...changing(connection), ...linking(connection) }
}

function reading(connection: SqliteConnection): Pick<AccountStore, 'find' | 'findByLink' | 'list'> {
  const prepare = (sql: string): SqliteStatement => connection.prepare(sql)
  const select = prepare('SELECT * FROM login_accounts WHERE id = ?')
  const selectByLink = prepare(
    `SELECT login_accounts.* FROM login_accounts JOIN login_links ON login_links.account = login_accounts.id
     WHERE login_links.provider = ? AND login_links.subject = ?`,
  )
  const list = prepare('SELECT * FROM login_accounts WHERE id > ? ORDER BY id LIMIT 200')
  return {
    async find(id) {
      const row = select.get(id)
      return row === undefined ? undefined : accountOfRow(row)
    },
    async findByLink(provider, subject) {
      const row = selectByLink.get(provider, subject)
      return row === undefined ? undefined : accountOfRow(row)
    },
    list: async (after = 0) => list.all(after).map(accountOfRow),
  }
}

const INSERT_LINK = `INSERT INTO login_links (provider, subject, account, label, created_at) VALUES (?, ?, ?, ?, ?)
  ON CONFLICT (provider, subject) DO NOTHING`

function creating(connection: SqliteConnection): Pick<AccountStore, 'create'> {
  const insert = connection.prepare(
    `INSERT INTO login_accounts (username, username_key, email, email_verified, name, given_name, family_name, created_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (username_key) DO NOTHING RETURNING *`,
  )
  const insertLink = connection.prepare(INSERT_LINK)
  return {
    async create({ username, email, emailVerified = false, name, givenName, familyName }, link, now) {
      // Nothing is awaited in between, so no other request of this connection gets into it. A savepoint is also one where the
      // app has begun a transaction of its own.
      connection.exec('SAVEPOINT login_create')
      let keeps = false
      try {
        const names = [name ?? null, givenName ?? null, familyName ?? null] as const
        const row = insert.get(username, usernameKey(username), email ?? null, emailVerified ? 1 : 0, ...names, now)
        if (row === undefined) return 'username-taken'
        const account = accountOfRow(row)
        const isLinked =
          link === undefined ||
          Number(insertLink.run(link.provider, link.subject, account.id, username, now).changes) === 1
        if (!isLinked) return 'link-taken'
        keeps = true
        return account
      } finally {
        if (!keeps) connection.exec('ROLLBACK TO login_create')
        connection.exec('RELEASE login_create')
      }
    },
  }
}

function changing(connection: SqliteConnection): Pick<AccountStore, 'refreshProfile' | 'change'> {
  const prepare = (sql: string): SqliteStatement => connection.prepare(sql)
  const { find } = reading(connection)
  const refresh = prepare(
    `UPDATE login_accounts
     SET email = ?, email_verified = ?, name = ?, given_name = ?, family_name = ?, last_sign_in_at = ? WHERE id = ?`,
  )
  const relabel = prepare('UPDATE login_links SET label = ? WHERE provider = ? AND subject = ?')
  const update = prepare(
    `UPDATE OR IGNORE login_accounts
     SET username = ?, username_key = ?, email = ?, name = ?, given_name = ?, family_name = ?, is_active = ?, is_staff = ?
     WHERE id = ?`,
  )
  return {
    async refreshProfile(id, { subject, username, email, emailVerified, name, givenName, familyName }, provider, now) {
      const names = [name ?? null, givenName ?? null, familyName ?? null] as const
      refresh.run(email ?? null, emailVerified ? 1 : 0, ...names, now, id)
      relabel.run(username ?? null, provider, subject)
    },
    async change(id, changes) {
      const known = await find(id)
      if (known === undefined) return 'unknown'
      const { username, email, name, givenName, familyName, isActive, isStaff } = { ...known, ...changes }
      const names = [email ?? null, name ?? null, givenName ?? null, familyName ?? null] as const
      const flags = [isActive ? 1 : 0, isStaff ? 1 : 0] as const
      const { changes: count } = update.run(username, usernameKey(username), ...names, ...flags, id)
      return Number(count) === 1 ? ((await find(id)) ?? 'unknown') : 'username-taken'
    },
  }
}

function linking(connection: SqliteConnection): Pick<AccountStore, 'link' | 'links' | 'unlink'> {
  const prepare = (sql: string): SqliteStatement => connection.prepare(sql)
  const insertLink = prepare(INSERT_LINK)
  const unlink = prepare(
    `DELETE FROM login_links WHERE account = ? AND provider = ? AND subject = ?
     AND (SELECT count(*) FROM login_links WHERE account = ?) > 1`,
  )
  const links = prepare('SELECT * FROM login_links WHERE account = ? ORDER BY created_at, provider, subject')
  return {
    async link(id, provider, { subject, username }, now) {
      const { changes } = insertLink.run(provider, subject, id, username ?? null, now)
      return Number(changes) === 1 ? 'linked' : 'link-taken'
    },
    async unlink(id, provider, subject) {
      if (Number(unlink.run(id, provider, subject, id).changes) === 1) return 'unlinked'
      const own = links.all(id).map(linkOfRow)
      return own.some((link) => link.provider === provider && link.subject === subject) ? 'last-link' : 'unknown'
    },
    links: async (id) => links.all(id).map(linkOfRow),
  }
}
