import {
  asFlag,
  asJson,
  type Database,
  flag,
  guarded,
  instant,
  integer,
  json,
  maybeInteger,
  type Row,
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

export async function secretsOf(database: Database, clientRow: number): Promise<readonly ClientSecret[]> {
  const rows = await database.all(sql`select * from client_secrets where client_row = ${clientRow} order by id desc`)
  return rows.map((row) => ({
    id: integer(row, 'id'),
    kind: text(row, 'kind') as ClientSecret['kind'],
    verifier: text(row, 'verifier'),
    hint: text(row, 'hint'),
    createdAt: instant(row, 'created_at'),
  }))
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
      updated_at = ${now}
    where id = ${known.row} and updated_at = ${known.updatedAt} and not exists (
      select 1 from clients other where other.client_id = ${client.clientId} and other.id <> ${known.row})`)
}

export function setClientEnabled(clientRow: number, enabled: boolean, now: Instant): Write {
  return guarded(sql`
    update clients set enabled = ${asFlag(enabled)}, epoch = epoch + 1, updated_at = ${now} where id = ${clientRow}`)
}

/** Ends all that the client holds, without disabling it. */
export function raiseClientEpoch(clientRow: number, now: Instant): Write {
  return guarded(sql`update clients set epoch = epoch + 1, updated_at = ${now} where id = ${clientRow}`)
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
