// Sessions and accounts in PostgreSQL, over any driver that can send one statement. Tables: login_sessions, login_once,
// login_accounts, login_links. No table has a place for a password, and none holds a usable token.

import type { AccountStore } from '../../account-store.ts'
import { usernameKey } from '../../accounts.ts'
import { isJsonObject } from '../../json.ts'
import type { SessionStore } from '../../session-store.ts'
import { accountOfRow, linkOfRow, sessionOfRow } from '../rows.ts'

/**
 * Sends one statement; `(text, values) => pool.query(text, values)` of `pg` does.
 * @example
 * import type { PostgresQuery } from '@latchkey/client/stores/postgres'
 * const nothing: PostgresQuery = async () => ({ rows: [] })
 */
export type PostgresQuery = (
  statement: string,
  values: (string | number | boolean | null)[],
) => Promise<{ readonly rows: readonly unknown[] }>

/**
 * The tables; run it once, e.g. in a migration.
 * @example
 * import { postgresLoginTables } from '@latchkey/client/stores/postgres'
 * const statements: string = postgresLoginTables
 */
export const postgresLoginTables: string = `
CREATE TABLE IF NOT EXISTS login_sessions (
  id TEXT PRIMARY KEY,
  provider TEXT NOT NULL,
  subject TEXT NOT NULL,
  sid TEXT,
  account BIGINT,
  sealed TEXT NOT NULL,
  version BIGINT NOT NULL,
  lease_until BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  seen_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
);
CREATE INDEX IF NOT EXISTS login_sessions_subject ON login_sessions (provider, subject);
CREATE INDEX IF NOT EXISTS login_sessions_sid ON login_sessions (provider, sid);
CREATE INDEX IF NOT EXISTS login_sessions_expires ON login_sessions (expires_at);
CREATE TABLE IF NOT EXISTS login_once (name TEXT PRIMARY KEY, expires_at BIGINT NOT NULL);
CREATE TABLE IF NOT EXISTS login_accounts (
  id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  username TEXT NOT NULL,
  username_key TEXT NOT NULL UNIQUE,
  email TEXT,
  email_verified BOOLEAN NOT NULL,
  name TEXT,
  given_name TEXT,
  family_name TEXT,
  is_active BOOLEAN NOT NULL DEFAULT TRUE,
  is_staff BOOLEAN NOT NULL DEFAULT FALSE,
  created_at BIGINT NOT NULL,
  last_sign_in_at BIGINT
);
CREATE TABLE IF NOT EXISTS login_links (
  provider TEXT NOT NULL,
  subject TEXT NOT NULL,
  account BIGINT NOT NULL REFERENCES login_accounts (id),
  label TEXT,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (provider, subject)
);
CREATE INDEX IF NOT EXISTS login_links_account ON login_links (account);
-- A function, because each of its statements sees what was committed before it: under the lock two requests cannot take
-- the last two links at once.
CREATE OR REPLACE FUNCTION login_unlink(owner BIGINT, of_provider TEXT, of_subject TEXT) RETURNS TEXT AS $$
BEGIN
  PERFORM 1 FROM login_accounts WHERE id = owner FOR UPDATE;
  IF NOT EXISTS (
    SELECT 1 FROM login_links WHERE account = owner AND provider = of_provider AND subject = of_subject
  ) THEN RETURN 'unknown'; END IF;
  IF (SELECT count(*) FROM login_links WHERE account = owner) = 1 THEN RETURN 'last-link'; END IF;
  DELETE FROM login_links WHERE account = owner AND provider = of_provider AND subject = of_subject;
  RETURN 'unlinked';
END $$ LANGUAGE plpgsql`

/**
 * Keeps sessions in PostgreSQL; the tables must exist.
 * @param query sends one statement
 * @example
 * import { postgresSessions } from '@latchkey/client/stores/postgres'
 * const sessions = postgresSessions(async () => ({ rows: [] }))
 */
export function postgresSessions(query: PostgresQuery): SessionStore {
  const count = async (statement: string, values: Parameters<PostgresQuery>[1]): Promise<number> =>
    (await query(`${statement} RETURNING 1`, values)).rows.length
  return {
    async create(session) {
      const { id, provider, subject, sid, account, sealed, version, leaseUntil, createdAt, seenAt, expiresAt } = session
      const facts = [id, provider, subject, sid ?? null, account ?? null, sealed, version, leaseUntil]
      await query('INSERT INTO login_sessions VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)', [
        ...facts,
        createdAt,
        seenAt,
        expiresAt,
      ])
    },
    async find(id) {
      const { rows } = await query('SELECT * FROM login_sessions WHERE id = $1', [id])
      return rows[0] === undefined ? undefined : sessionOfRow(rows[0])
    },
    async lease(id, version, now, until) {
      const taken = 'UPDATE login_sessions SET lease_until = $1 WHERE id = $2 AND version = $3 AND lease_until <= $4'
      return (await count(taken, [until, id, version, now])) === 1
    },
    async replace(id, version, sealed) {
      const replaced = `UPDATE login_sessions SET sealed = $1, version = version + 1, lease_until = 0
        WHERE id = $2 AND version = $3`
      return (await count(replaced, [sealed, id, version])) === 1
    },
    async release(id, version) {
      await query('UPDATE login_sessions SET lease_until = 0 WHERE id = $1 AND version = $2', [id, version])
    },
    async touch(id, seenAt) {
      await query('UPDATE login_sessions SET seen_at = $1 WHERE id = $2 AND seen_at < $1', [seenAt, id])
    },
    async end(id, version) {
      const ended = 'DELETE FROM login_sessions WHERE id = $1 AND ($2::BIGINT IS NULL OR version = $2)'
      return (await count(ended, [id, version ?? null])) === 1
    },
    endMatching: ({ provider, subject, sid, createdBefore }) =>
      count(
        `DELETE FROM login_sessions WHERE provider = $1 AND created_at <= $2
         AND ($3::TEXT IS NULL OR subject = $3) AND ($4::TEXT IS NULL OR sid = $4)`,
        [provider, createdBefore, subject ?? null, sid ?? null],
      ),
    endAccount: (account) => count('DELETE FROM login_sessions WHERE account = $1', [account]),
    async list(now, account) {
      const statement = `SELECT * FROM login_sessions WHERE expires_at > $1 AND ($2::BIGINT IS NULL OR account = $2)
        ORDER BY created_at DESC, id`
      return (await query(statement, [now, account ?? null])).rows.map(sessionOfRow)
    },
    async once(name, now, expiresAt) {
      const statement = `INSERT INTO login_once (name, expires_at) VALUES ($1, $2)
        ON CONFLICT (name) DO UPDATE SET expires_at = excluded.expires_at WHERE login_once.expires_at <= $3`
      return (await count(statement, [name, expiresAt, now])) === 1
    },
    async purge(now) {
      await query('DELETE FROM login_once WHERE expires_at <= $1', [now])
      return count('DELETE FROM login_sessions WHERE expires_at <= $1', [now])
    },
  }
}

const UNIQUE_VIOLATION = '23505'

/** Which unique rule a statement broke; undefined for any other failure. */
function brokenRule(error: unknown): string | undefined {
  if (!isJsonObject(error) || error['code'] !== UNIQUE_VIOLATION) return undefined
  return typeof error['constraint'] === 'string' ? error['constraint'] : ''
}

/**
 * Keeps accounts in PostgreSQL; the tables must exist.
 * @param query sends one statement
 * @example
 * import { postgresAccounts } from '@latchkey/client/stores/postgres'
 * const accounts = postgresAccounts(async () => ({ rows: [] }))
 */
export function postgresAccounts(query: PostgresQuery): AccountStore {
  return { ...reading(query), ...creating(query), ...changing(query), ...linking(query) }
}

function reading(query: PostgresQuery): Pick<AccountStore, 'find' | 'findByLink' | 'list'> {
  return {
    async find(id) {
      const { rows } = await query('SELECT * FROM login_accounts WHERE id = $1', [id])
      return rows[0] === undefined ? undefined : accountOfRow(rows[0])
    },
    async findByLink(provider, subject) {
      const { rows } = await query(
        `SELECT login_accounts.* FROM login_accounts JOIN login_links ON login_links.account = login_accounts.id
         WHERE login_links.provider = $1 AND login_links.subject = $2`,
        [provider, subject],
      )
      return rows[0] === undefined ? undefined : accountOfRow(rows[0])
    },
    async list(after = 0) {
      const { rows } = await query('SELECT * FROM login_accounts WHERE id > $1 ORDER BY id LIMIT 200', [after])
      return rows.map(accountOfRow)
    },
  }
}

function creating(query: PostgresQuery): Pick<AccountStore, 'create'> {
  return {
    async create({ username, email, emailVerified = false, name, givenName, familyName }, link, now) {
      const names = [name ?? null, givenName ?? null, familyName ?? null]
      const pair = [link?.provider ?? null, link?.subject ?? null]
      try {
        // One statement, so account and link are both there or neither.
        const { rows } = await query(
          `WITH made AS (
             INSERT INTO login_accounts
               (username, username_key, email, email_verified, name, given_name, family_name, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING *
           ), linked AS (
             INSERT INTO login_links (provider, subject, account, label, created_at)
             SELECT $9::TEXT, $10::TEXT, made.id, $1, $8 FROM made WHERE $9::TEXT IS NOT NULL RETURNING 1
           ) SELECT made.* FROM made`,
          [username, usernameKey(username), email ?? null, emailVerified, ...names, now, ...pair],
        )
        return accountOfRow(rows[0])
      } catch (error) {
        const rule = brokenRule(error)
        if (rule === undefined) throw error
        return rule.startsWith('login_links') ? 'link-taken' : 'username-taken'
      }
    },
  }
}

function changing(query: PostgresQuery): Pick<AccountStore, 'refreshProfile' | 'change'> {
  const { find } = reading(query)
  return {
    async refreshProfile(id, { subject, username, email, emailVerified, name, givenName, familyName }, provider, now) {
      await query(
        `UPDATE login_accounts SET email = $1, email_verified = $2, name = $3, given_name = $4, family_name = $5,
         last_sign_in_at = $6 WHERE id = $7`,
        [email ?? null, emailVerified, name ?? null, givenName ?? null, familyName ?? null, now, id],
      )
      const relabel = 'UPDATE login_links SET label = $1 WHERE provider = $2 AND subject = $3'
      await query(relabel, [username ?? null, provider, subject])
    },
    async change(id, changes) {
      const known = await find(id)
      if (known === undefined) return 'unknown'
      const { username, email, name, givenName, familyName, isActive, isStaff } = { ...known, ...changes }
      const names = [email ?? null, name ?? null, givenName ?? null, familyName ?? null]
      try {
        const { rows } = await query(
          `UPDATE login_accounts SET username = $1, username_key = $2, email = $3, name = $4, given_name = $5,
           family_name = $6, is_active = $7, is_staff = $8 WHERE id = $9 RETURNING *`,
          [username, usernameKey(username), ...names, isActive, isStaff, id],
        )
        return rows[0] === undefined ? 'unknown' : accountOfRow(rows[0])
      } catch (error) {
        if (brokenRule(error) === undefined) throw error
        return 'username-taken'
      }
    },
  }
}

function linking(query: PostgresQuery): Pick<AccountStore, 'link' | 'links' | 'unlink'> {
  return {
    async links(id) {
      const statement = 'SELECT * FROM login_links WHERE account = $1 ORDER BY created_at, provider, subject'
      return (await query(statement, [id])).rows.map(linkOfRow)
    },
    async link(id, provider, { subject, username }, now) {
      const { rows } = await query(
        `INSERT INTO login_links (provider, subject, account, label, created_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (provider, subject) DO NOTHING RETURNING 1`,
        [provider, subject, id, username ?? null, now],
      )
      return rows.length === 1 ? 'linked' : 'link-taken'
    },
    async unlink(id, provider, subject) {
      const { rows } = await query('SELECT login_unlink($1, $2, $3) AS outcome', [id, provider, subject])
      const outcome = isJsonObject(rows[0]) ? rows[0]['outcome'] : undefined
      return outcome === 'unlinked' || outcome === 'last-link' ? outcome : 'unknown'
    },
  }
}
