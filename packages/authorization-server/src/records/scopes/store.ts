import {
  type Database,
  guarded,
  integer,
  maybeInteger,
  type Row,
  sql,
  text,
  unguarded,
  type Write,
} from '../../platform/storage/index.ts'
import type { Instant } from '../../platform/time/index.ts'
import type { Api, NewApi } from './api.ts'

export interface Scope {
  readonly name: string
  /** In words a person understands; shown when consent is asked. */
  readonly description: string
  /** The API that the scope belongs to; none for OpenID's own and for plain scopes such as `read`. */
  readonly apiId: number | undefined
}

function scopeFromRow(row: Row): Scope {
  return { name: text(row, 'name'), description: text(row, 'description'), apiId: maybeInteger(row, 'api_id') }
}

/** All scopes in the operator's order: the order in which a token names them when none was asked for. */
export async function listScopes(database: Database): Promise<readonly Scope[]> {
  return (await database.all(sql`select * from scopes order by position, name`)).map(scopeFromRow)
}

/** All APIs, each with its own scopes and the clients that may ask about its tokens. */
export async function listApis(database: Database): Promise<readonly Api[]> {
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
    }
  })
}

/** Unmet when there is an API of that audience. */
export function insertApi(api: NewApi, now: Instant): Write {
  return guarded(sql`
    insert into apis (audience, name, token_format, signing_algorithm, access_token_lifetime_seconds, created_at)
    values (${api.audience}, ${api.name}, ${api.tokenFormat}, ${api.signingAlgorithm},
      ${api.accessTokenLifetimeSeconds ?? null}, ${now})
    on conflict do nothing`)
}

/** Unmet when the scope is another's already. */
export function insertApiScope(audience: string, name: string, description: string): Write {
  return guarded(sql`
    insert into scopes (name, api_id, description, position)
    select cast(${name} as text), id, cast(${description} as text), (select coalesce(max(position), -1) + 1 from scopes)
    from apis where audience = ${audience}
    on conflict do nothing`)
}

/** Lets a client ask about the tokens of an API; unmet when one of the two is not there. */
export function insertApiClient(audience: string, clientId: string): Write {
  return guarded(sql`
    insert into api_clients (api_id, client_row)
    select a.id, c.id from apis a join clients c on c.client_id = ${clientId} where a.audience = ${audience}`)
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
