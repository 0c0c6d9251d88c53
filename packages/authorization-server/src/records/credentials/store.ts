import {
  type Database,
  guarded,
  integer,
  instant,
  type Removal,
  sql,
  text,
  unguarded,
  type Write,
} from '../../platform/storage/index.ts'
import type { Instant } from '../../platform/time/index.ts'

/** The stored hash of a user's password; absent when no password was ever set. */
export async function findPasswordHash(database: Database, userId: number): Promise<string | undefined> {
  const [row] = await database.all(sql`select hash from passwords where user_id = ${userId}`)
  return row && text(row, 'hash')
}

/** When the user's password was set; absent when none ever was. */
export async function findPasswordChange(database: Database, userId: number): Promise<Instant | undefined> {
  const [row] = await database.all(sql`select changed_at from passwords where user_id = ${userId}`)
  return row && instant(row, 'changed_at')
}

export function setPasswordHash(userId: number, hash: string, now: Instant): Write {
  return unguarded(sql`
    insert into passwords (user_id, hash, changed_at) values (${userId}, ${hash}, ${now})
    on conflict (user_id) do update set hash = excluded.hash, changed_at = excluded.changed_at`)
}

/** For a user who is inserted by the same list, and whose number is therefore not known yet. */
export function setPasswordHashOfSubject(subject: string, hash: string, now: Instant): Write {
  return guarded(sql`
    insert into passwords (user_id, hash, changed_at)
    select id, cast(${hash} as text), cast(${now} as bigint) from users where subject = ${subject}`)
}

/** Unmet when the password was changed meanwhile: an upgraded hash must never bring an old password back. */
export function replacePasswordHash(userId: number, from: string, to: string): Write {
  return guarded(sql`update passwords set hash = ${to} where user_id = ${userId} and hash = ${from}`)
}

export interface AttemptLimit {
  readonly key: string
  readonly most: number
  readonly windowMs: number
}

/** Counts one attempt before the hash is computed; unmet when the window is full. One statement decides for all nodes. */
export function countAttempt(limit: AttemptLimit, now: Instant): Write {
  const since = now - limit.windowMs
  return guarded(sql`
    insert into sign_in_attempts (attempt_key, window_started_at, attempts) values (${limit.key}, ${now}, 1)
    on conflict (attempt_key) do update set
      attempts = case when sign_in_attempts.window_started_at <= ${since} then 1 else sign_in_attempts.attempts + 1 end,
      window_started_at = case when sign_in_attempts.window_started_at <= ${since} then ${now}
        else sign_in_attempts.window_started_at end
    where sign_in_attempts.attempts < ${limit.most} or sign_in_attempts.window_started_at <= ${since}`)
}

/** A success forgives the account's earlier failures. */
export function forgetAttempts(key: string): Write {
  return unguarded(sql`delete from sign_in_attempts where attempt_key = ${key}`)
}

/** Takes back one count: the attempt was a success. */
export function returnAttempt(key: string): Write {
  return unguarded(sql`update sign_in_attempts set attempts = attempts - 1 where attempt_key = ${key} and attempts > 0`)
}

/** When the window of a key that is full opens again. */
export async function attemptsUntil(database: Database, limit: AttemptLimit): Promise<Instant | undefined> {
  const [row] = await database.all(sql`
    select window_started_at, attempts from sign_in_attempts where attempt_key = ${limit.key}`)
  if (row === undefined || integer(row, 'attempts') < limit.most) return undefined
  return instant(row, 'window_started_at') + limit.windowMs
}

export function expiredAttempts(before: Instant, limit: number): Removal {
  const named = sql`select attempt_key from sign_in_attempts where window_started_at < ${before} limit ${limit}`
  return { named, write: unguarded(sql`delete from sign_in_attempts where attempt_key in (${named})`) }
}
