// Local users in SQLite: `node:sqlite` or any driver of the same shape. Table: local_users. It has no password column.

import type { LocalUserStore } from '../../user-store.ts'
import { userOfRow } from '../user-row.ts'

/**
 * The part of a SQLite connection that is used; `DatabaseSync` of `node:sqlite` has it.
 * @example
 * import { DatabaseSync } from 'node:sqlite'
 * import type { SqliteConnection } from '@latchkey/resource-server/stores/sqlite'
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
 * import type { SqliteStatement } from '@latchkey/resource-server/stores/sqlite'
 * const statement: SqliteStatement = new DatabaseSync(':memory:').prepare('SELECT 1')
 */
export interface SqliteStatement {
  all(...values: (string | number | null)[]): unknown[]
  get(...values: (string | number | null)[]): unknown
  run(...values: (string | number | null)[]): { readonly changes: number | bigint }
}

const TABLE = `CREATE TABLE IF NOT EXISTS local_users (
  id INTEGER PRIMARY KEY,
  issuer TEXT NOT NULL,
  subject TEXT NOT NULL,
  username TEXT,
  email TEXT,
  is_active INTEGER NOT NULL DEFAULT 1,
  created_at INTEGER NOT NULL,
  UNIQUE (issuer, subject)
) STRICT`

/**
 * Keeps local users in a SQLite database; makes the table `local_users` if it is not there.
 * @param connection open for writing
 * @example
 * import { DatabaseSync } from 'node:sqlite'
 * import { sqliteUsers } from '@latchkey/resource-server/stores/sqlite'
 * const users = sqliteUsers(new DatabaseSync(':memory:'))
 */
export function sqliteUsers(connection: SqliteConnection): LocalUserStore {
  connection.exec(TABLE)
  const select = connection.prepare('SELECT * FROM local_users WHERE issuer = ? AND subject = ?')
  const insert = connection.prepare(
    `INSERT INTO local_users (issuer, subject, username, email, created_at) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (issuer, subject) DO NOTHING`,
  )
  const everyone = connection.prepare('SELECT * FROM local_users ORDER BY id')
  const update = connection.prepare('UPDATE local_users SET is_active = ? WHERE id = ?')
  return {
    find(issuer, subject) {
      const row = select.get(issuer, subject)
      return row === undefined ? undefined : userOfRow(row)
    },
    create({ issuer, subject, username, email }, now) {
      insert.run(issuer, subject, username ?? null, email ?? null, now)
      return userOfRow(select.get(issuer, subject))
    },
    list: () => everyone.all().map(userOfRow),
    setActive: (id, isActive) => Number(update.run(isActive ? 1 : 0, id).changes) === 1,
  }
}
