import {
  type Database,
  integer,
  maybeInteger,
  type Row,
  sql,
  text,
  unguarded,
  type Write,
} from '../../platform/storage/index.ts'
import type { Instant } from '../../platform/time/index.ts'

export interface Scope {
  readonly name: string
  /** In words a person understands; shown when consent is asked. */
  readonly description: string
  /** The API that the scope belongs to; none for OpenID's own and for plain scopes such as `read`. */
  readonly apiId: number | undefined
}

export interface Api {
  readonly id: number
  /** The audience of its tokens: the API's identifier, usually its address. */
  readonly audience: string
  readonly name: string
}

function scopeFromRow(row: Row): Scope {
  return { name: text(row, 'name'), description: text(row, 'description'), apiId: maybeInteger(row, 'api_id') }
}

/** All scopes in the operator's order: the order in which a token names them when none was asked for. */
export async function listScopes(database: Database): Promise<readonly Scope[]> {
  return (await database.all(sql`select * from scopes order by position, name`)).map(scopeFromRow)
}

export async function listApis(database: Database): Promise<readonly Api[]> {
  const rows = await database.all(sql`select * from apis order by name`)
  return rows.map((row) => ({ id: integer(row, 'id'), audience: text(row, 'audience'), name: text(row, 'name') }))
}

export function insertApi(audience: string, name: string, now: Instant): Write {
  return unguarded(sql`
    insert into apis (audience, name, created_at) values (${audience}, ${name}, ${now}) on conflict do nothing`)
}

export function putScope(name: string, description: string, position: number): Write {
  return unguarded(sql`
    insert into scopes (name, description, position) values (${name}, ${description}, ${position})
    on conflict (name) do update set description = excluded.description, position = excluded.position`)
}

export async function findScopeSetId(database: Database, scopes: string): Promise<number | undefined> {
  const [row] = await database.all(sql`select id from scope_sets where scopes = ${scopes}`)
  return row && integer(row, 'id')
}

export async function findScopeSet(database: Database, id: number): Promise<string | undefined> {
  const [row] = await database.all(sql`select scopes from scope_sets where id = ${id}`)
  return row && text(row, 'scopes')
}

export function insertScopeSet(scopes: string): Write {
  return unguarded(sql`insert into scope_sets (scopes) values (${scopes}) on conflict do nothing`)
}
