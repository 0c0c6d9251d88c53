import { type Database, guarded, integer, type Row, sql, text, type Write } from '../../platform/storage/index.ts'
import type { Instant } from '../../platform/time/index.ts'

/** How many a person may keep. */
export const mostViews = 50

export interface NewView {
  readonly ownerId: number
  /** The noun whose list it is. */
  readonly list: string
  readonly name: string
  /** As an address has it, without its question mark. */
  readonly query: string
}

export interface SavedView extends NewView {
  readonly id: number
}

function viewFromRow(row: Row): SavedView {
  return {
    id: integer(row, 'id'),
    ownerId: integer(row, 'owner_id'),
    list: text(row, 'list'),
    name: text(row, 'name'),
    query: text(row, 'query'),
  }
}

/** A person's views of one list, by name. */
export async function viewsOf(database: Database, ownerId: number, list: string): Promise<readonly SavedView[]> {
  const rows = await database.all(sql`
    select * from console_views where owner_id = ${ownerId} and list = ${list} order by name`)
  return rows.map(viewFromRow)
}

export async function findView(
  database: Database,
  { ownerId, list, name }: Pick<NewView, 'ownerId' | 'list' | 'name'>,
): Promise<SavedView | undefined> {
  const [row] = await database.all(sql`
    select * from console_views where owner_id = ${ownerId} and list = ${list} and name = ${name}`)
  return row && viewFromRow(row)
}

/** Unmet when the person keeps as many as they may, or has one of that name for the list. */
export function insertView({ ownerId, list, name, query }: NewView, now: Instant): Write {
  return guarded(sql`
    insert into console_views (owner_id, list, name, query, created_at)
    select u.id, cast(${list} as text), cast(${name} as text), cast(${query} as text), cast(${now} as bigint)
    from users u where u.id = ${ownerId} and u.is_active = 1
      and (select count(*) from console_views v where v.owner_id = u.id) < ${mostViews}
    on conflict do nothing`)
}

/** Unmet when it is gone, or another of the list has the name. */
export function renameView(id: number, ownerId: number, name: string): Write {
  return guarded(sql`
    update console_views set name = ${name} where id = ${id} and owner_id = ${ownerId} and not exists (
      select 1 from console_views other where other.owner_id = ${ownerId} and other.list = console_views.list
        and other.name = ${name} and other.id <> ${id})`)
}

export function deleteView(id: number, ownerId: number): Write {
  return guarded(sql`delete from console_views where id = ${id} and owner_id = ${ownerId}`)
}
