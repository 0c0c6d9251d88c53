import {
  asFlag,
  asJson,
  type Database,
  empty,
  flag,
  guarded,
  instant,
  integer,
  join,
  json,
  maybeInteger,
  type Row,
  type Sql,
  sql,
  text,
  unguarded,
  type Write,
} from '../../platform/storage/index.ts'
import type { Instant } from '../../platform/time/index.ts'
import type { Client, ClientSecret, ClientSettings } from './client.ts'
import { type ClientMetadata, completeMetadata, responseTypes, sparseMetadata, type SwitchedOn } from './metadata.ts'

/** Our own rows hold only what our own forms let in, so a list is taken at its word. */
function list(row: Row, column: string): readonly string[] {
  return json(row, column, (value) => value as readonly string[])
}

function metadataFrom(value: unknown): ClientMetadata {
  return completeMetadata(value as Partial<ClientMetadata>)
}

function clientFromRow(row: Row): Client {
  return {
    row: integer(row, 'id'),
    clientId: text(row, 'client_id'),
    name: text(row, 'name'),
    ownerId: maybeInteger(row, 'owner_id'),
    isConfidential: flag(row, 'is_confidential'),
    authenticationMethod: text(row, 'authentication_method') as Client['authenticationMethod'],
    grantTypes: list(row, 'grant_types') as Client['grantTypes'],
    redirectUris: list(row, 'redirect_uris'),
    postLogoutRedirectUris: list(row, 'post_logout_redirect_uris'),
    allowedOrigins: list(row, 'allowed_origins'),
    scopes: list(row, 'scopes'),
    pkce: text(row, 'pkce') as Client['pkce'],
    consent: text(row, 'consent') as Client['consent'],
    introspection: text(row, 'introspection') as Client['introspection'],
    idTokenAlgorithm: text(row, 'id_token_algorithm') as Client['idTokenAlgorithm'],
    accessTokenLifetimeSeconds: integer(row, 'access_token_lifetime_seconds'),
    refreshTokenLifetimeSeconds: integer(row, 'refresh_token_lifetime_seconds'),
    refreshGraceSeconds: integer(row, 'refresh_grace_seconds'),
    refreshEndsAccessTokens: flag(row, 'refresh_ends_access_tokens'),
    refreshNarrowsGrant: flag(row, 'refresh_narrows_grant'),
    metadata: json(row, 'metadata', metadataFrom),
    enabled: flag(row, 'enabled'),
    epoch: integer(row, 'epoch'),
    createdAt: instant(row, 'created_at'),
    updatedAt: instant(row, 'updated_at'),
  }
}

export async function findClient(database: Database, clientId: string): Promise<Client | undefined> {
  const [row] = await database.all(sql`select * from clients where client_id = ${clientId}`)
  return row && clientFromRow(row)
}

export async function findClientByRow(database: Database, clientRow: number): Promise<Client | undefined> {
  const [row] = await database.all(sql`select * from clients where id = ${clientRow}`)
  return row && clientFromRow(row)
}

/** The clients that a person registered; all of them for `undefined`. */
export async function listClients(database: Database, ownerId: number | undefined): Promise<readonly Client[]> {
  const rows = await database.all(
    ownerId === undefined
      ? sql`select * from clients order by name, id`
      : sql`select * from clients where owner_id = ${ownerId} order by name, id`,
  )
  return rows.map(clientFromRow)
}

/** Those of them that are there. */
export async function clientsAt(database: Database, clientRows: readonly number[]): Promise<readonly Client[]> {
  if (clientRows.length === 0) return []
  return (await database.all(sql`select * from clients where id in (${join([...clientRows])})`)).map(clientFromRow)
}

export async function secretsOf(database: Database, clientRow: number): Promise<readonly ClientSecret[]> {
  return (await secretsOfClients(database, [clientRow])).get(clientRow) ?? []
}

/** By client, the newest first. */
export async function secretsOfClients(
  database: Database,
  clientRows: readonly number[],
): Promise<ReadonlyMap<number, readonly ClientSecret[]>> {
  if (clientRows.length === 0) return new Map()
  const rows = await database.all(sql`
    select * from client_secrets where client_row in (${join([...clientRows])}) order by id desc`)
  const owned = rows.map((row) => ({ clientRow: integer(row, 'client_row'), secret: secretFromRow(row) }))
  return new Map(
    clientRows.map((one) => [one, owned.flatMap(({ clientRow, secret }) => (clientRow === one ? [secret] : []))]),
  )
}

function secretFromRow(row: Row): ClientSecret {
  return {
    id: integer(row, 'id'),
    kind: text(row, 'kind') as ClientSecret['kind'],
    verifier: text(row, 'verifier'),
    hint: text(row, 'hint'),
    createdAt: instant(row, 'created_at'),
  }
}

/** Every origin that some enabled client registered: what a preflight may be told. */
export async function registeredOrigins(database: Database): Promise<readonly string[]> {
  const rows = await database.all(sql`select distinct allowed_origins from clients where enabled = 1`)
  return [...new Set(rows.flatMap((row) => list(row, 'allowed_origins')))]
}

/** What some enabled client registered of what is off otherwise; most clients' metadata is `{}` and is passed over by text. */
export async function switchedOnSomewhere(database: Database): Promise<SwitchedOn> {
  const rows = await database.all(sql`
    select distinct metadata from clients where enabled = 1 and (metadata like '%"responseTypes":%'
      or metadata like '%"requestObjectSigningAlgorithm":%')`)
  const known = rows.map((row) => json(row, 'metadata', metadataFrom))
  const signed = known.filter(({ requestObjectSigningAlgorithm }) => requestObjectSigningAlgorithm !== undefined)
  return {
    responseTypes: responseTypes.filter((type) => known.some((metadata) => metadata.responseTypes.includes(type))),
    requestObjects: signed.length > 0,
    requestUris: signed.some(({ requestUris }) => requestUris.length > 0),
  }
}

/** Unmet when the client id is taken. */
export function insertClient(client: ClientSettings, now: Instant): Write {
  return guarded(sql`
    insert into clients (client_id, name, owner_id, is_confidential, authentication_method, grant_types, redirect_uris,
      post_logout_redirect_uris, allowed_origins, scopes, pkce, consent, introspection, id_token_algorithm,
      access_token_lifetime_seconds, refresh_token_lifetime_seconds, refresh_grace_seconds, refresh_ends_access_tokens,
      refresh_narrows_grant, metadata, enabled, epoch, created_at, updated_at)
    values (${client.clientId}, ${client.name}, ${client.ownerId ?? null}, ${asFlag(client.isConfidential)},
      ${client.authenticationMethod}, ${asJson(client.grantTypes)}, ${asJson(client.redirectUris)},
      ${asJson(client.postLogoutRedirectUris)}, ${asJson(client.allowedOrigins)}, ${asJson(client.scopes)},
      ${client.pkce}, ${client.consent}, ${client.introspection}, ${client.idTokenAlgorithm},
      ${client.accessTokenLifetimeSeconds}, ${client.refreshTokenLifetimeSeconds}, ${client.refreshGraceSeconds},
      ${asFlag(client.refreshEndsAccessTokens)}, ${asFlag(client.refreshNarrowsGrant)}, ${asJson(sparseMetadata(client.metadata))},
      1, 1, ${now}, ${now})
    on conflict do nothing`)
}

/** The version of the row: two changes of one millisecond are two. */
function later(now: Instant): Sql {
  return sql`case when updated_at >= ${now} then updated_at + 1 else ${now} end`
}

/** Unmet when the client changed since it was read, or its new id is taken. */
export function updateClient(known: Client, client: ClientSettings, now: Instant): Write {
  return guarded(sql`
    update clients set client_id = ${client.clientId}, name = ${client.name},
      is_confidential = ${asFlag(client.isConfidential)}, authentication_method = ${client.authenticationMethod},
      grant_types = ${asJson(client.grantTypes)}, redirect_uris = ${asJson(client.redirectUris)},
      post_logout_redirect_uris = ${asJson(client.postLogoutRedirectUris)},
      allowed_origins = ${asJson(client.allowedOrigins)}, scopes = ${asJson(client.scopes)},
      pkce = ${client.pkce}, consent = ${client.consent}, introspection = ${client.introspection},
      id_token_algorithm = ${client.idTokenAlgorithm},
      access_token_lifetime_seconds = ${client.accessTokenLifetimeSeconds},
      refresh_token_lifetime_seconds = ${client.refreshTokenLifetimeSeconds},
      refresh_grace_seconds = ${client.refreshGraceSeconds},
      refresh_ends_access_tokens = ${asFlag(client.refreshEndsAccessTokens)},
      refresh_narrows_grant = ${asFlag(client.refreshNarrowsGrant)}, metadata = ${asJson(sparseMetadata(client.metadata))},
      updated_at = ${later(now)}
    where id = ${known.row} and updated_at = ${known.updatedAt} and not exists (
      select 1 from clients other where other.client_id = ${client.clientId} and other.id <> ${known.row})`)
}

export function setClientEnabled(clientRow: number, enabled: boolean, now: Instant): Write {
  return guarded(sql`
    update clients set enabled = ${asFlag(enabled)}, epoch = epoch + 1, updated_at = ${later(now)} where id = ${clientRow}`)
}

/** Ends all that the client holds, without disabling it. */
export function raiseClientEpoch(clientRow: number, now: Instant): Write {
  return guarded(sql`update clients set epoch = epoch + 1, updated_at = ${later(now)} where id = ${clientRow}`)
}

/** In the JSON list that we wrote a scope stands in quotation marks, of which its own name has none: so, it is there exactly once. */
function hasScope(scope: string): Sql {
  return sql`replace(scopes, ${`"${scope}"`}, '') <> scopes`
}

export async function countClientsWithScope(database: Database, scope: string): Promise<number> {
  const [row] = await database.all(sql`select count(*) as counted from clients where ${hasScope(scope)}`)
  return row === undefined ? 0 : integer(row, 'counted')
}

/** From every client that has it. */
export function takeScopeFromClients(scope: string, now: Instant): Write {
  const quoted = `"${scope}"`
  return unguarded(sql`
    update clients set scopes = replace(replace(replace(scopes, ${`${quoted},`}, ''), ${`,${quoted}`}, ''), ${quoted}, ''),
      updated_at = ${later(now)}
    where ${hasScope(scope)}`)
}

/** For a client that the same list inserts. */
export function disableNewClient(clientId: string): Write {
  return guarded(sql`update clients set enabled = 0 where client_id = ${clientId}`)
}

/** Unmet when there is no such person any more; nobody at all is always there. */
export function setClientOwner(clientRow: number, ownerId: number | undefined): Write {
  if (ownerId === undefined) return guarded(sql`update clients set owner_id = null where id = ${clientRow}`)
  return guarded(sql`
    update clients set owner_id = ${ownerId}
    where id = ${clientRow} and exists (select 1 from users u where u.id = ${ownerId})`)
}

/** Their owner goes; they stay, for those who administer the server. */
export function disownClients(ownerId: number): Write {
  return unguarded(sql`update clients set owner_id = null where owner_id = ${ownerId}`)
}

export function deleteClient(clientRow: number): Write {
  return guarded(sql`delete from clients where id = ${clientRow}`)
}

export type NewClientSecret = Pick<ClientSecret, 'kind' | 'verifier' | 'hint'>

/** For a client that the same list inserts, or one that is known: both have their id on the wire. */
export function insertSecret(clientId: string, secret: NewClientSecret, now: Instant): Write {
  return guarded(sql`
    insert into client_secrets (client_row, kind, verifier, hint, created_at)
    select id, cast(${secret.kind} as text), cast(${secret.verifier} as text), cast(${secret.hint} as text),
      cast(${now} as bigint)
    from clients where client_id = ${clientId}`)
}

/** Leaves the newest `keep` secrets. */
export function dropOldSecrets(clientRow: number, keep: number): Write {
  return unguarded(sql`
    delete from client_secrets where client_row = ${clientRow} and id not in (
      select id from client_secrets where client_row = ${clientRow} order by id desc limit ${keep})`)
}

/** Unmet when it is not the client's, or its last one. */
export function deleteSecret(clientRow: number, secretId: number): Write {
  return guarded(sql`
    delete from client_secrets where id = ${secretId} and client_row = ${clientRow}
      and exists (select 1 from client_secrets other where other.client_row = ${clientRow} and other.id <> ${secretId})`)
}

/** A client, as far as a list of what needs care names it. */
export interface NamedClient {
  readonly row: number
  readonly name: string
}

export interface OldSecret extends NamedClient {
  readonly createdAt: Instant
}

/** Enabled clients with a secret from before then, the oldest secret first. */
export async function clientsWithOldSecrets(
  database: Database,
  before: Instant,
  ownerId: number | undefined,
  limit: number,
): Promise<readonly OldSecret[]> {
  const rows = await database.all(sql`
    select c.id, c.name, c.client_id, min(s.created_at) as created_at
    from (select client_row, created_at from client_secrets where created_at < ${before}
      order by created_at limit ${mostLooked}) s
    join clients c on c.id = s.client_row
    where c.enabled = 1 ${ownedBy(ownerId)}
    group by c.id, c.name, c.client_id order by min(s.created_at), c.id limit ${limit}`)
  return rows.map((row) => ({ ...namedFromRow(row), createdAt: instant(row, 'created_at') }))
}

/**
 * Enabled clients that have on what OAuth 2.1 dropped: the password grant, tokens in addresses, codes without PKCE. The newest
 * are looked at, up to a bound.
 */
export async function clientsWithLegacySwitches(
  database: Database,
  ownerId: number | undefined,
  limit: number,
): Promise<readonly NamedClient[]> {
  const rows = await database.all(sql`
    select id, name, client_id from (
      select * from clients c where enabled = 1 ${ownedBy(ownerId)} order by id desc limit ${mostLooked}) newest
    where grant_types like '%"password"%' or (metadata like '%"responseTypes":[%' and metadata like '%token"%')
      or (pkce = 'optional' and grant_types like '%"authorization_code"%')
    order by id limit ${limit}`)
  return rows.map(namedFromRow)
}

/** What each of these is called; those that are gone have no name. */
export async function namesOfClients(
  database: Database,
  clientRows: readonly number[],
): Promise<readonly (NamedClient & { readonly ownerId: number | undefined })[]> {
  if (clientRows.length === 0) return []
  const rows = await database.all(sql`
    select id, name, client_id, owner_id from clients where id in (${join([...clientRows])})`)
  return rows.map((row) => ({ ...namedFromRow(row), ownerId: maybeInteger(row, 'owner_id') }))
}

/** Rows of a table that one look for something goes through at most. */
const mostLooked = 1_000

function ownedBy(ownerId: number | undefined): Sql {
  return ownerId === undefined ? empty : sql`and c.owner_id = ${ownerId}`
}

function namedFromRow(row: Row): NamedClient {
  return { row: integer(row, 'id'), name: text(row, 'name') || text(row, 'client_id') }
}
