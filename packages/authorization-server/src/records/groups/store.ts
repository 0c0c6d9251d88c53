import {
  asJson,
  type Database,
  guarded,
  integer,
  join,
  json,
  type Row,
  sql,
  text,
  unguarded,
  type Write,
} from '../../platform/storage/index.ts'
import type { Instant } from '../../platform/time/index.ts'

export interface Group {
  readonly id: number
  readonly name: string
  /** What members may do, as `noun.verb`: users.view, clients.change. */
  readonly permissions: readonly string[]
}

function groupFromRow(row: Row): Group {
  return { id: integer(row, 'id'), name: text(row, 'name'), permissions: json(row, 'permissions', asTexts) }
}

function asTexts(value: unknown): readonly string[] {
  if (!Array.isArray(value) || !value.every((item) => typeof item === 'string')) throw new TypeError('a list of texts')
  return value
}

/** The user's groups by name, in the order in which the seeds print them. */
export async function groupsOf(database: Database, userId: number): Promise<readonly Group[]> {
  const rows = await database.all(sql`
    select g.* from memberships m join groups g on g.id = m.group_id where m.user_id = ${userId} order by g.name`)
  return rows.map(groupFromRow)
}

export async function findGroup(database: Database, name: string): Promise<Group | undefined> {
  const [row] = await database.all(sql`select * from groups where name = ${name}`)
  return row && groupFromRow(row)
}

export async function listGroups(database: Database): Promise<readonly Group[]> {
  return (await database.all(sql`select * from groups order by name`)).map(groupFromRow)
}

/** Unmet when a group of that name exists. */
export function insertGroup(name: string, permissions: readonly string[], now: Instant): Write {
  return guarded(sql`
    insert into groups (name, permissions, created_at) values (${name}, ${asJson(permissions)}, ${now})
    on conflict do nothing`)
}

export function addMember(groupId: number, userId: number): Write {
  return unguarded(sql`
    insert into memberships (user_id, group_id, user_created_at)
    select id, ${groupId}, created_at from users where id = ${userId} on conflict do nothing`)
}

export async function findGroupById(database: Database, id: number): Promise<Group | undefined> {
  const [row] = await database.all(sql`select * from groups where id = ${id}`)
  return row && groupFromRow(row)
}

/** The groups of each of these users, by user. */
export async function membershipsOf(
  database: Database,
  userIds: readonly number[],
): Promise<ReadonlyMap<number, readonly number[]>> {
  if (userIds.length === 0) return new Map()
  const rows = await database.all(sql`
    select user_id, group_id from memberships where user_id in (${join(userIds)}) order by user_id, group_id`)
  const byUser = Map.groupBy(rows, (row) => integer(row, 'user_id'))
  return new Map([...byUser].map(([user, own]) => [user, own.map((row) => integer(row, 'group_id'))]))
}

/** How many members each of these groups has, up to a bound, by group. */
export async function countMembers(
  database: Database,
  groupIds: readonly number[],
  most: number,
): Promise<ReadonlyMap<number, number>> {
  const counted = await Promise.all(
    groupIds.map(async (id) => {
      const [row] = await database.all(sql`
        select count(*) as members from (
          select 1 as one from memberships where group_id = ${id} limit ${most}) some_members`)
      return [id, row ? integer(row, 'members') : 0] as const
    }),
  )
  return new Map(counted)
}

/** Unmet when the group was changed since it was read, or the new name is taken. */
export function updateGroup(known: Group, name: string, permissions: readonly string[]): Write {
  return guarded(sql`
    update groups set name = ${name}, permissions = ${asJson(permissions)}
    where id = ${known.id} and name = ${known.name} and permissions = ${asJson(known.permissions)} and not exists (
      select 1 from groups other where other.name = ${name} and other.id <> ${known.id})`)
}

/** Unmet when the group gives something else than was read: what somebody may hand out was decided by it. */
export function requireGroup(known: Group): Write {
  return guarded(sql`
    update groups set name = name where id = ${known.id} and permissions = ${asJson(known.permissions)}`)
}

/** Its memberships go along; the members stay. */
export function deleteGroup(known: Group): Write {
  return guarded(sql`delete from groups where id = ${known.id} and permissions = ${asJson(known.permissions)}`)
}

export function removeMember(groupId: number, userId: number): Write {
  return unguarded(sql`delete from memberships where group_id = ${groupId} and user_id = ${userId}`)
}
