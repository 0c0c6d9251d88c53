import {
  type Database,
  guarded,
  integer,
  maybeInteger,
  type Row,
  type Sql,
  sql,
  text,
  unguarded,
  type Write,
} from '../../platform/storage/index.ts'
import type { Instant } from '../../platform/time/index.ts'
import type { Api, KnownApi, NewApi } from './api.ts'
import { nothingRetired, type Retired } from './retired.ts'
import { standardScopes } from './standard.ts'

export interface Scope {
  readonly name: string
  /** In words a person understands; shown when consent is asked. */
  readonly description: string
  /** The API that the scope belongs to; none for OpenID's own and for plain scopes such as `read`. */
  readonly apiId: number | undefined
}

export interface KnownScope extends Scope {
  readonly position: number
  /** Another one after each change of the row. */
  readonly version: number
}

function scopeFromRow(row: Row): KnownScope {
  return {
    name: text(row, 'name'),
    description: text(row, 'description'),
    apiId: maybeInteger(row, 'api_id'),
    position: integer(row, 'position'),
    version: integer(row, 'updated_at'),
  }
}

/** All scopes in the operator's order: the order in which a token names them when none was asked for. */
export async function listScopes(database: Database): Promise<readonly KnownScope[]> {
  return (await database.all(sql`select * from scopes order by position, name`)).map(scopeFromRow)
}

/** All APIs, each with its own scopes and the clients that may ask about its tokens. */
export async function listApis(database: Database): Promise<readonly KnownApi[]> {
  const [apis, scopes, clients] = await Promise.all([
    database.all(sql`select * from apis order by name, id`),
    database.all(sql`select name, api_id from scopes where api_id is not null order by position, name`),
    database.all(sql`select api_id, client_row from api_clients order by client_row`),
  ])
  const of = (rows: readonly Row[], id: number): readonly Row[] => rows.filter((row) => integer(row, 'api_id') === id)
  return apis.map((row) => {
    const id = integer(row, 'id')
    return {
      id,
      audience: text(row, 'audience'),
      name: text(row, 'name'),
      tokenFormat: text(row, 'token_format') as Api['tokenFormat'],
      signingAlgorithm: text(row, 'signing_algorithm') as Api['signingAlgorithm'],
      accessTokenLifetimeSeconds: maybeInteger(row, 'access_token_lifetime_seconds'),
      scopes: of(scopes, id).map((scope) => text(scope, 'name')),
      clientRows: of(clients, id).map((client) => integer(client, 'client_row')),
      version: integer(row, 'updated_at'),
    }
  })
}

/** Unmet when there is an API of that audience, or was one. */
export function insertApi(api: NewApi, now: Instant): Write {
  return guarded(sql`
    insert into apis (audience, name, token_format, signing_algorithm, access_token_lifetime_seconds, created_at, updated_at)
    select cast(${api.audience} as text), cast(${api.name} as text), cast(${api.tokenFormat} as text),
      cast(${api.signingAlgorithm} as text), cast(${api.accessTokenLifetimeSeconds ?? null} as bigint),
      cast(${now} as bigint), cast(${now} as bigint)
    where ${notRetired('audience', api.audience)}
    on conflict do nothing`)
}

/** Unmet when the scope is another's already, or was deleted. */
export function insertApiScope(audience: string, name: string, description: string): Write {
  return guarded(sql`
    insert into scopes (name, api_id, description, position)
    select cast(${name} as text), id, cast(${description} as text), (select coalesce(max(position), -1) + 1 from scopes)
    from apis where audience = ${audience} and ${notRetired('scope', name)}
    on conflict do nothing`)
}

/** Lets a client ask about the tokens of an API; unmet when one of the two is not there. */
export function insertApiClient(audience: string, clientId: string): Write {
  return guarded(sql`
    insert into api_clients (api_id, client_row)
    select a.id, c.id from apis a join clients c on c.client_id = ${clientId} where a.audience = ${audience}`)
}

/** Unmet when the API was changed since that version of it was read. */
export function updateApi(id: number, version: number, api: Omit<NewApi, 'audience'>, now: Instant): Write {
  return guarded(sql`
    update apis set name = ${api.name}, token_format = ${api.tokenFormat}, signing_algorithm = ${api.signingAlgorithm},
      access_token_lifetime_seconds = ${api.accessTokenLifetimeSeconds ?? null}, updated_at = ${later(version, now)}
    where id = ${id} and updated_at = ${version}`)
}

/** With each scope that is added to it, so that nobody deletes the API in the belief that it has fewer. */
export function touchApi(id: number, now: Instant): Write {
  return guarded(sql`
    update apis set updated_at = case when updated_at >= ${now} then updated_at + 1 else ${now} end where id = ${id}`)
}

export function removeApiClients(id: number): Write {
  return unguarded(sql`delete from api_clients where api_id = ${id}`)
}

/** Its scopes go along: retire them, and its audience, in the same list. Unmet when it was changed since. */
export function deleteApi(id: number, version: number): Write {
  return guarded(sql`delete from apis where id = ${id} and updated_at = ${version}`)
}

export interface NewScope extends Scope {
  /** Undefined for the end of the list. */
  readonly position: number | undefined
}

/** Unmet when there is such a scope, or was one. */
export function insertScope({ name, description, apiId, position }: NewScope, now: Instant): Write {
  return guarded(sql`
    insert into scopes (name, api_id, description, position, updated_at)
    select cast(${name} as text), cast(${apiId ?? null} as bigint), cast(${description} as text),
      coalesce(cast(${position ?? null} as bigint), (select coalesce(max(position), -1) + 1 from scopes)), cast(${now} as bigint)
    where ${notRetired('scope', name)}
    on conflict do nothing`)
}

/** Unmet when it was changed since that version of it was read. */
export function updateScope(
  { name, description, position }: Pick<Scope, 'name' | 'description'> & { readonly position: number },
  version: number,
  now: Instant,
): Write {
  return guarded(sql`
    update scopes set description = ${description}, position = ${position}, updated_at = ${later(version, now)}
    where name = ${name} and updated_at = ${version}`)
}

/** Retire its name in the same list. Unmet when it was changed since. */
export function deleteScope(name: string, version: number): Write {
  return guarded(sql`delete from scopes where name = ${name} and updated_at = ${version}`)
}

/** Two changes within a millisecond are two versions. */
function later(version: number, now: Instant): number {
  return Math.max(now, version + 1)
}

/** What a new database knows. What is there stays as it is; and what may be deleted comes only before all the others. */
export function insertStandardScopes(): readonly Write[] {
  const all = standardScopes.map((scope, position) => ({ ...scope, position }))
  const first = sql`not exists (select 1 from scopes s where s.name = 'openid')`
  return [...all.filter(({ isKept }) => !isKept), ...all.filter(({ isKept }) => isKept)].map((scope) =>
    unguarded(sql`
      insert into scopes (name, description, position)
      select cast(${scope.name} as text), cast(${scope.description} as text), cast(${scope.position} as bigint)
      where ${scope.isKept ? sql`1 = 1` : first}
      on conflict do nothing`),
  )
}

type RetiredKind = 'scope' | 'audience'

function notRetired(kind: RetiredKind, name: string): Sql {
  return sql`not exists (select 1 from retired_names r where r.kind = ${kind} and r.name = ${name})`
}

export function retireName(kind: RetiredKind, name: string, now: Instant): Write {
  return unguarded(sql`
    insert into retired_names (kind, name, retired_at) values (${kind}, ${name}, ${now}) on conflict do nothing`)
}

export async function listRetired(database: Database): Promise<Retired> {
  const rows = await database.all(sql`select kind, name from retired_names`)
  const of = (kind: RetiredKind): ReadonlySet<string> =>
    new Set(rows.filter((row) => row['kind'] === kind).map((row) => text(row, 'name')))
  return rows.length === 0 ? nothingRetired : { scopes: of('scope'), audiences: of('audience') }
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

export async function findAudienceSetId(database: Database, audiences: string): Promise<number | undefined> {
  const [row] = await database.all(sql`select id from audience_sets where audiences = ${audiences}`)
  return row && integer(row, 'id')
}

export async function findAudienceSet(database: Database, id: number): Promise<string | undefined> {
  const [row] = await database.all(sql`select audiences from audience_sets where id = ${id}`)
  return row && text(row, 'audiences')
}

export function insertAudienceSet(audiences: string): Write {
  return unguarded(sql`insert into audience_sets (audiences) values (${audiences}) on conflict do nothing`)
}
