import {
  asJson,
  type Database,
  guarded,
  integer,
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
    insert into memberships (user_id, group_id) values (${userId}, ${groupId}) on conflict do nothing`)
}
