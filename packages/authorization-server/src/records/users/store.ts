import {
  asFlag,
  asJson,
  type Database,
  flag,
  guarded,
  instant,
  integer,
  json,
  maybeInstant,
  maybeText,
  type Row,
  type Sql,
  sql,
  text,
  unguarded,
  type Write,
} from '../../platform/storage/index.ts'
import type { Instant } from '../../platform/time/index.ts'
import { noPersonalClaims, type PersonalClaims } from './personal-claims.ts'
import { identifierKey, type NewUser, type User } from './user.ts'

export function userFromRow(row: Row): User {
  return {
    id: integer(row, 'id'),
    subject: text(row, 'subject'),
    email: maybeText(row, 'email'),
    emailVerified: flag(row, 'email_verified'),
    username: maybeText(row, 'username'),
    firstName: text(row, 'first_name'),
    lastName: text(row, 'last_name'),
    isActive: flag(row, 'is_active'),
    isStaff: flag(row, 'is_staff'),
    isSuperuser: flag(row, 'is_superuser'),
    attributes: json(row, 'attributes', asAttributes),
    claims: personalClaims(row),
    epoch: integer(row, 'epoch'),
    createdAt: instant(row, 'created_at'),
    updatedAt: instant(row, 'updated_at'),
    lastSignInAt: maybeInstant(row, 'last_sign_in_at'),
  }
}

/** Most people have none, and their rows are read at every request. */
function personalClaims(row: Row): PersonalClaims {
  if (text(row, 'claims') === '{}') return noPersonalClaims
  return json(row, 'claims', (value) => value as PersonalClaims)
}

function asAttributes(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new TypeError('attributes are an object')
  return value as Record<string, unknown>
}

async function one(database: Database, query: Sql): Promise<User | undefined> {
  const [row] = await database.all(query)
  return row && userFromRow(row)
}

export async function findUser(database: Database, id: number): Promise<User | undefined> {
  return one(database, sql`select * from users where id = ${id}`)
}

export async function findUserBySubject(database: Database, subject: string): Promise<User | undefined> {
  return one(database, sql`select * from users where subject = ${subject}`)
}

/** Finds by e-mail or username, whatever the case; an e-mail wins over a username that looks like one. */
export async function findUserByIdentifier(database: Database, identifier: string): Promise<User | undefined> {
  const key = identifierKey(identifier)
  return one(
    database,
    sql`select * from users where email_key = ${key} or username_key = ${key}
        order by case when email_key = ${key} then 0 else 1 end limit 1`,
  )
}

/** Pages through all users by id. */
export async function listUsers(database: Database, afterId: number, limit: number): Promise<readonly User[]> {
  const rows = await database.all(sql`select * from users where id > ${afterId} order by id limit ${limit}`)
  return rows.map(userFromRow)
}

export async function countUsers(database: Database): Promise<number> {
  const [row] = await database.all(sql`select count(*) as users from users`)
  return row ? integer(row, 'users') : 0
}

/** Whether anybody may administer this server, or could if they were enabled again. */
export async function hasSuperuser(database: Database): Promise<boolean> {
  return (await database.all(sql`select id from users where is_superuser = 1 limit 1`)).length > 0
}

/** Who can administer this server, up to so many. */
export async function activeSuperusers(database: Database, limit: number): Promise<readonly User[]> {
  const rows = await database.all(sql`
    select * from users where is_superuser = 1 and is_active = 1 order by id limit ${limit}`)
  return rows.map(userFromRow)
}

/** Unmet when the e-mail or the username is taken: the unique index decides the race. */
export function insertUser(user: NewUser, now: Instant): Write {
  return guarded(sql`
    insert into users (subject, email, email_key, username, username_key, first_name, last_name,
      is_active, is_staff, is_superuser, attributes, epoch, created_at, updated_at)
    values (${user.subject}, ${user.email ?? null}, ${keyOf(user.email)}, ${user.username ?? null}, ${keyOf(user.username)},
      ${user.firstName ?? ''}, ${user.lastName ?? ''}, 1, ${asFlag(user.isStaff ?? false)},
      ${asFlag(user.isSuperuser ?? false)}, ${asJson(user.attributes ?? {})}, 1, ${now}, ${now})
    on conflict do nothing`)
}

function keyOf(identifier: string | undefined): string | null {
  return identifier === undefined ? null : identifierKey(identifier)
}

export interface ProfileChange {
  readonly email: string | undefined
  readonly username: string | undefined
  readonly firstName: string
  readonly lastName: string
}

/**
 * Unmet when another user holds the e-mail or the username, or when the user was disabled or changed their password since
 * they were loaded. A new e-mail is not verified.
 */
export function updateProfile(user: Pick<User, 'id' | 'epoch'>, change: ProfileChange, now: Instant): Write {
  const emailKey = keyOf(change.email)
  const usernameKey = keyOf(change.username)
  return guarded(sql`
    update users set
      email = ${change.email ?? null}, email_key = ${emailKey},
      username = ${change.username ?? null}, username_key = ${usernameKey},
      first_name = ${change.firstName}, last_name = ${change.lastName}, updated_at = ${now},
      email_verified = case when email_key = ${emailKey} then email_verified else 0 end
    where id = ${user.id} and epoch = ${user.epoch} and is_active = 1 and not exists (
      select 1 from users other where other.id <> ${user.id}
        and (other.email_key = ${emailKey} or other.username_key = ${usernameKey}))`)
}

export interface StaffChange extends ProfileChange {
  readonly emailVerified: boolean
  readonly claims: PersonalClaims
  readonly isStaff: boolean
  readonly isSuperuser: boolean
}

/**
 * What a person in charge sets of somebody else. Unmet when another user holds the e-mail or the username, or when the user
 * changed in any way since they were loaded.
 */
export function updateUserByStaff(
  user: Pick<User, 'id' | 'epoch' | 'updatedAt'>,
  change: StaffChange,
  now: Instant,
): Write {
  const emailKey = keyOf(change.email)
  const usernameKey = keyOf(change.username)
  return guarded(sql`
    update users set
      email = ${change.email ?? null}, email_key = ${emailKey},
      username = ${change.username ?? null}, username_key = ${usernameKey},
      first_name = ${change.firstName}, last_name = ${change.lastName},
      is_staff = ${asFlag(change.isStaff)}, is_superuser = ${asFlag(change.isSuperuser)},
      updated_at = case when updated_at < ${now} then ${now} else updated_at + 1 end,
      email_verified = ${asFlag(change.emailVerified)}, claims = ${asJson(change.claims)}
    where id = ${user.id} and epoch = ${user.epoch} and updated_at = ${user.updatedAt} and not exists (
      select 1 from users other where other.id <> ${user.id}
        and (other.email_key = ${emailKey} or other.username_key = ${usernameKey}))`)
}

/**
 * Unmet when nobody else could administer this server. Of two changes at once that would each leave the other one, only the first
 * holds when both hold the installation first.
 */
export function requireOtherSuperuser(userId: number): Write {
  return guarded(sql`
    update users set epoch = epoch where id = ${userId} and exists (
      select 1 from users other where other.is_superuser = 1 and other.is_active = 1 and other.id <> ${userId})`)
}

/** What the user holds goes along by the tables. Unmet when they changed their password or were disabled since they were loaded. */
export function deleteUser(user: Pick<User, 'id' | 'epoch'>): Write {
  return guarded(sql`delete from users where id = ${user.id} and epoch = ${user.epoch}`)
}

/** Unmet when the user was disabled or changed their password since they were loaded. */
export function updatePersonalClaims(user: Pick<User, 'id' | 'epoch'>, claims: PersonalClaims, now: Instant): Write {
  return guarded(sql`
    update users set claims = ${asJson(claims)}, updated_at = ${now}
    where id = ${user.id} and epoch = ${user.epoch} and is_active = 1`)
}

/** Voids every session, grant and code of the user; a change of password restamps the one that made it. */
export function raiseUserEpoch(user: Pick<User, 'id' | 'epoch'>, now: Instant): Write {
  return guarded(sql`
    update users set epoch = epoch + 1, updated_at = ${now} where id = ${user.id} and epoch = ${user.epoch}`)
}

export function setUserActive(userId: number, active: boolean, now: Instant): Write {
  return guarded(sql`
    update users set is_active = ${asFlag(active)}, epoch = epoch + 1, updated_at = ${now} where id = ${userId}`)
}

export function recordSignIn(userId: number, now: Instant): Write {
  return unguarded(sql`update users set last_sign_in_at = ${now} where id = ${userId}`)
}
