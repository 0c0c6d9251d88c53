// Local users in PostgreSQL, over any driver that can send one statement. Table: local_users. It has no password column.

import type { LocalUserStore } from '../../user-store.ts'
import { userOfRow } from '../user-row.ts'

/**
 * Sends one statement; `pool.query.bind(pool)` of `pg` does.
 * @example
 * import type { PostgresQuery } from '@latchkey/resource-server/stores/postgres'
 * const nothing: PostgresQuery = async () => ({ rows: [] })
 */
export type PostgresQuery = (
  statement: string,
  values: (string | number | boolean | null)[],
) => Promise<{ readonly rows: readonly unknown[] }>

/**
 * The table of the users; run it once, e.g. in a migration.
 * @example
 * import { postgresUsersTable } from '@latchkey/resource-server/stores/postgres'
 * const statement: string = postgresUsersTable
 */
export const postgresUsersTable: string = `CREATE TABLE IF NOT EXISTS local_users (
  id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  issuer TEXT NOT NULL,
  subject TEXT NOT NULL,
  username TEXT,
  email TEXT,
  is_active BOOLEAN NOT NULL DEFAULT TRUE,
  created_at BIGINT NOT NULL,
  UNIQUE (issuer, subject)
)`

/**
 * Keeps local users in PostgreSQL; the table must exist.
 * @param query sends one statement
 * @example
 * import { postgresUsers } from '@latchkey/resource-server/stores/postgres'
 * const users = postgresUsers(async () => ({ rows: [] }))
 */
export function postgresUsers(query: PostgresQuery): LocalUserStore {
  const find: LocalUserStore['find'] = async (issuer, subject) => {
    const { rows } = await query('SELECT * FROM local_users WHERE issuer = $1 AND subject = $2', [issuer, subject])
    return rows[0] === undefined ? undefined : userOfRow(rows[0])
  }
  return {
    find,
    async create({ issuer, subject, username, email }, now) {
      await query(
        `INSERT INTO local_users (issuer, subject, username, email, created_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (issuer, subject) DO NOTHING`,
        [issuer, subject, username ?? null, email ?? null, now],
      )
      const user = await find(issuer, subject)
      if (user === undefined) throw new Error('A user that was just made is not there.')
      return user
    },
    async list() {
      const { rows } = await query('SELECT * FROM local_users ORDER BY id', [])
      return rows.map(userOfRow)
    },
    async setActive(id, isActive) {
      const { rows } = await query('UPDATE local_users SET is_active = $1 WHERE id = $2 RETURNING id', [isActive, id])
      return rows.length === 1
    },
  }
}
