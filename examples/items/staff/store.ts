// Who is staff, the passwords of local accounts, and who is signed in. Tables: staff, sessions.
import type { DatabaseSync } from 'node:sqlite'

const TABLES = `
CREATE TABLE IF NOT EXISTS staff (
  user_id INTEGER PRIMARY KEY REFERENCES local_users (id) ON DELETE CASCADE,
  password_hash TEXT,
  member_until INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE IF NOT EXISTS sessions (
  digest TEXT PRIMARY KEY,
  user_id INTEGER NOT NULL REFERENCES local_users (id) ON DELETE CASCADE,
  expires_at INTEGER NOT NULL
) STRICT`

export interface StaffStore {
  /** Whether the user has a local account, or the authorization server said so not long ago. */
  isStaff(userId: number, now: number): boolean
  list(now: number): ReadonlySet<number>
  /** Remembers what the authorization server says, for a while. */
  setMember(userId: number, until: number): void
  memberUntil(userId: number): number
  setPassword(userId: number, passwordHash: string): void
  passwordHash(userId: number): string | undefined
  beginSession(digest: string, userId: number, now: number, expiresAt: number): void
  /** Who the session is of, by the issuer's name for them. */
  sessionOwner(digest: string, now: number): { readonly issuer: string; readonly subject: string } | undefined
  endSession(digest: string): void
}

/** Keeps staff in a SQLite database that has the table of local users already. */
export function createStaffStore(database: DatabaseSync): StaffStore {
  database.exec(TABLES)
  const one = database.prepare('SELECT password_hash, member_until FROM staff WHERE user_id = ?')
  const all = database.prepare('SELECT user_id FROM staff WHERE password_hash IS NOT NULL OR member_until > ?')
  const member = database.prepare(
    'INSERT INTO staff (user_id, member_until) VALUES (?, ?) ON CONFLICT DO UPDATE SET member_until = excluded.member_until',
  )
  const password = database.prepare(
    'INSERT INTO staff (user_id, password_hash) VALUES (?, ?) ON CONFLICT DO UPDATE SET password_hash = excluded.password_hash',
  )
  const begin = database.prepare('INSERT INTO sessions (digest, user_id, expires_at) VALUES (?, ?, ?)')
  const sweep = database.prepare('DELETE FROM sessions WHERE expires_at <= ?')
  const owner = database.prepare(
    `SELECT issuer, subject FROM sessions JOIN local_users ON local_users.id = sessions.user_id
     WHERE digest = ? AND expires_at > ?`,
  )
  const end = database.prepare('DELETE FROM sessions WHERE digest = ?')
  return {
    isStaff(userId, now) {
      const row = one.get(userId)
      return row !== undefined && (row['password_hash'] !== null || Number(row['member_until']) > now)
    },
    list: (now) => new Set(all.all(now).map((row) => Number(row['user_id']))),
    setMember: (userId, until) => void member.run(userId, until),
    memberUntil: (userId) => Number(one.get(userId)?.['member_until'] ?? 0),
    setPassword: (userId, passwordHash) => void password.run(userId, passwordHash),
    passwordHash(userId) {
      const hash = one.get(userId)?.['password_hash']
      return typeof hash === 'string' ? hash : undefined
    },
    beginSession(digest, userId, now, expiresAt) {
      sweep.run(now)
      begin.run(digest, userId, expiresAt)
    },
    sessionOwner(digest, now) {
      const row = owner.get(digest, now)
      return row === undefined ? undefined : { issuer: String(row['issuer']), subject: String(row['subject']) }
    },
    endSession: (digest) => void end.run(digest),
  }
}
