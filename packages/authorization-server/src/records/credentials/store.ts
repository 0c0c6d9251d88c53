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
import { type User, userFromRow } from '../users/index.ts'

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

/** The one link of a person: one that was made before ends. Unmet when they changed, or were disabled, since they were loaded. */
export function putPasswordLink(user: Pick<User, 'id' | 'epoch'>, digest: string, expiresAt: Instant): Write {
  return guarded(sql`
    insert into password_links (user_id, digest, user_epoch, installation_epoch, is_staff, is_superuser, expires_at)
    select u.id, cast(${digest} as text), u.epoch, i.epoch, u.is_staff, u.is_superuser, cast(${expiresAt} as bigint)
    from users u join installation i on i.id = 1
    where u.id = ${user.id} and u.epoch = ${user.epoch} and u.is_active = 1
    on conflict (user_id) do update set digest = excluded.digest, user_epoch = excluded.user_epoch,
      installation_epoch = excluded.installation_epoch, is_staff = excluded.is_staff,
      is_superuser = excluded.is_superuser, expires_at = excluded.expires_at`)
}

/**
 * Whoever may do less than the person made the link for who they were then: with a higher standing of theirs it ends. A backup
 * that is restored brings none back that was used since.
 */
const linkStands = sql`l.user_epoch = u.epoch and u.is_active = 1 and l.is_staff = u.is_staff
  and l.is_superuser = u.is_superuser and l.installation_epoch = (select epoch from installation where id = 1)`

export async function userOfPasswordLink(database: Database, digest: string, now: Instant): Promise<User | undefined> {
  const [row] = await database.all(sql`
    select u.* from password_links l join users u on u.id = l.user_id
    where l.digest = ${digest} and l.expires_at > ${now} and ${linkStands}`)
  return row && userFromRow(row)
}

/** Unmet when the link was used, ran out or ended: of many at once, one is met. */
export function spendPasswordLink(digest: string, userId: number, now: Instant): Write {
  return guarded(sql`
    delete from password_links where digest = ${digest} and user_id = ${userId} and expires_at > ${now} and exists (
      select 1 from password_links l join users u on u.id = l.user_id where l.digest = ${digest} and ${linkStands})`)
}

/** Before somebody may do more than they could when it was made. */
export function endPasswordLink(userId: number): Write {
  return unguarded(sql`delete from password_links where user_id = ${userId}`)
}

/** Before the members of a group may do more than they could. */
export function endPasswordLinksOfGroup(groupId: number): Write {
  return unguarded(sql`
    delete from password_links where user_id in (select user_id from memberships where group_id = ${groupId})`)
}

export function expiredPasswordLinks(before: Instant, limit: number): Removal {
  const named = sql`select user_id from password_links where expires_at < ${before} limit ${limit}`
  return { named, write: unguarded(sql`delete from password_links where user_id in (${named})`) }
}
