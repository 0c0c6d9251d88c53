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
  type Removal,
  type Row,
  type Sql,
  sql,
  text,
  unguarded,
  type Write,
} from '../../platform/storage/index.ts'
import type { Instant } from '../../platform/time/index.ts'
import { type User, userFromRow } from '../users/index.ts'
import type { Standing } from './gate.ts'
import type { EndReason, Grant, Stamp } from './grant.ts'

function grantFromRow(row: Row): Grant {
  return {
    id: text(row, 'grant_id'),
    userId: integer(row, 'user_id'),
    clientRow: integer(row, 'client_row'),
    sessionId: maybeText(row, 'session_id'),
    scopes: text(row, 'scopes'),
    isOffline: flag(row, 'is_offline'),
    userEpoch: integer(row, 'user_epoch'),
    clientEpoch: integer(row, 'client_epoch'),
    consentEpoch: integer(row, 'consent_epoch'),
    installationEpoch: integer(row, 'installation_epoch'),
    generation: integer(row, 'generation'),
    accessNotBeforeGeneration: integer(row, 'access_not_before_generation'),
    rotatedAt: maybeInstant(row, 'rotated_at'),
    authenticatedAt: maybeInstant(row, 'authenticated_at'),
    methods: json(row, 'methods', (value) => value as readonly string[]),
    createdAt: instant(row, 'grant_created_at'),
    expiresAt: instant(row, 'expires_at'),
    endedAt: maybeInstant(row, 'ended_at'),
  }
}

const grantColumns = sql`
  g.id as grant_id, g.user_id, g.client_row, g.session_id, g.scopes, g.is_offline, g.user_epoch, g.client_epoch,
  g.consent_epoch, g.installation_epoch, g.generation, g.access_not_before_generation, g.rotated_at,
  g.authenticated_at, g.methods, g.created_at as grant_created_at, g.expires_at, g.ended_at`

const standingColumns = sql`
  u.is_active as standing_user_active, u.epoch as standing_user_epoch, c.enabled as standing_client_enabled,
  c.epoch as standing_client_epoch, coalesce(k.epoch, 0) as standing_consent_epoch, i.epoch as standing_installation_epoch`

function standingFromRow(row: Row): Standing {
  return {
    userIsActive: flag(row, 'standing_user_active'),
    userEpoch: integer(row, 'standing_user_epoch'),
    clientIsEnabled: flag(row, 'standing_client_enabled'),
    clientEpoch: integer(row, 'standing_client_epoch'),
    consentEpoch: integer(row, 'standing_consent_epoch'),
    installationEpoch: integer(row, 'standing_installation_epoch'),
  }
}

/** A grant with all that the gate must know, and the person it speaks of: one read. */
export interface GrantView {
  readonly grant: Grant
  readonly standing: Standing
  readonly user: User
  /** The client's id on the wire. */
  readonly clientId: string
}

async function grantViewWhere(database: Database, condition: Sql): Promise<GrantView | undefined> {
  const [row] = await database.all(sql`
    select u.*, ${grantColumns}, ${standingColumns}, c.client_id as wire_client_id
    from grants g
      join users u on u.id = g.user_id
      join clients c on c.id = g.client_row
      join installation i on i.id = 1
      left join consents k on k.user_id = g.user_id and k.client_row = g.client_row
    where ${condition}`)
  return (
    row && {
      grant: grantFromRow(row),
      standing: standingFromRow(row),
      user: userFromRow(row),
      clientId: text(row, 'wire_client_id'),
    }
  )
}

export async function findGrant(database: Database, id: string): Promise<GrantView | undefined> {
  return grantViewWhere(database, sql`g.id = ${id}`)
}

export async function findGrantOfCode(database: Database, codeDigest: string): Promise<GrantView | undefined> {
  return grantViewWhere(database, sql`g.code_digest = ${codeDigest}`)
}

/** What authority would rest on if this person and this client got a grant now. */
export async function findStanding(
  database: Database,
  userId: number,
  clientRow: number,
): Promise<Standing | undefined> {
  const [row] = await database.all(sql`
    select ${standingColumns}
    from users u
      join clients c on c.id = ${clientRow}
      join installation i on i.id = 1
      left join consents k on k.user_id = u.id and k.client_row = c.id
    where u.id = ${userId}`)
  return row && standingFromRow(row)
}

export interface NewGrant extends Omit<Grant, 'generation' | 'accessNotBeforeGeneration' | 'rotatedAt' | 'endedAt'> {
  /** The redeemed code's digest, unique for ever: of many redemptions at once, one inserts. */
  readonly codeDigest: string | undefined
}

/** Unmet when the code was redeemed before, or anything that the stamps name has changed. */
export function insertGrant(grant: NewGrant): Write {
  return guarded(sql`
    insert into grants (id, user_id, client_row, session_id, code_digest, scopes, is_offline, user_epoch, client_epoch,
      consent_epoch, installation_epoch, generation, access_not_before_generation, authenticated_at, methods,
      created_at, expires_at)
    select cast(${grant.id} as text), u.id, c.id, cast(${grant.sessionId ?? null} as text),
      cast(${grant.codeDigest ?? null} as text), cast(${grant.scopes} as text),
      cast(${asFlag(grant.isOffline)} as bigint), u.epoch, c.epoch, coalesce(k.epoch, 0), i.epoch, 0, 0,
      cast(${grant.authenticatedAt ?? null} as bigint), cast(${asJson(grant.methods)} as text),
      cast(${grant.createdAt} as bigint), cast(${grant.expiresAt} as bigint)
    from users u
      join clients c on c.id = ${grant.clientRow}
      join installation i on i.id = 1
      left join consents k on k.user_id = u.id and k.client_row = c.id
    where u.id = ${grant.userId} and u.is_active = 1 and c.enabled = 1 and ${stampHolds(grant)}
    on conflict do nothing`)
}

function stampHolds(stamp: Stamp): Sql {
  return sql`u.epoch = ${stamp.userEpoch} and c.epoch = ${stamp.clientEpoch}
    and coalesce(k.epoch, 0) = ${stamp.consentEpoch} and i.epoch = ${stamp.installationEpoch}`
}

export interface Rotation {
  readonly grantId: string
  readonly from: number
  readonly endsAccessTokens: boolean
  /** What the grant holds from now on: all that it held, or what the request kept. */
  readonly scopes: string
  readonly expiresAt: Instant
  readonly now: Instant
}

/** Spends a refresh token: of many at once one is met. What the grant rests on must stand at that moment. */
export function rotateGrant(rotation: Rotation): Write {
  return guarded(sql`
    update grants set generation = generation + 1, rotated_at = ${rotation.now}, expires_at = ${rotation.expiresAt},
      scopes = ${rotation.scopes},
      access_not_before_generation =
        case when ${asFlag(rotation.endsAccessTokens)} = 1 then generation + 1 else access_not_before_generation end
    where id = ${rotation.grantId} and generation = ${rotation.from} and ended_at is null and expires_at > ${rotation.now}
      and exists (
        select 1 from users u
          join clients c on c.id = grants.client_row
          join installation i on i.id = 1
          left join consents k on k.user_id = u.id and k.client_row = c.id
        where u.id = grants.user_id and u.is_active = 1 and c.enabled = 1
          and u.epoch = grants.user_epoch and c.epoch = grants.client_epoch
          and coalesce(k.epoch, 0) = grants.consent_epoch and i.epoch = grants.installation_epoch)`)
}

export function endGrant(id: string, reason: EndReason, now: Instant): Write {
  return unguarded(sql`
    update grants set ended_at = ${now}, end_reason = ${reason} where id = ${id} and ended_at is null`)
}

/** Unmet when the grant is not this user's, or over. */
export function endOwnGrant(id: string, userId: number, now: Instant): Write {
  return guarded(sql`
    update grants set ended_at = ${now}, end_reason = 'revoked-by-user'
    where id = ${id} and user_id = ${userId} and ended_at is null`)
}

export function endGrantsOfClientForUser(userId: number, clientRow: number, now: Instant): Write {
  return unguarded(sql`
    update grants set ended_at = ${now}, end_reason = 'consent-withdrawn'
    where user_id = ${userId} and client_row = ${clientRow} and ended_at is null`)
}

/** A session takes the grants along that were given in it, except those meant to outlive it. */
export function endGrantsOfSession(sessionId: string, now: Instant): Write {
  return unguarded(sql`
    update grants set ended_at = ${now}, end_reason = 'session-ended'
    where session_id = ${sessionId} and is_offline = 0 and ended_at is null`)
}

/** The same person signed in again in the same browser: what was given stays with them. */
export function moveGrantsToSession(fromSessionId: string, toSessionId: string): Write {
  return unguarded(sql`update grants set session_id = ${toSessionId} where session_id = ${fromSessionId}`)
}

export function endGrantsOfOtherSessions(keepSessionId: string, userId: number, now: Instant): Write {
  return unguarded(sql`
    update grants set ended_at = ${now}, end_reason = 'session-ended'
    where user_id = ${userId} and session_id is not null and session_id <> ${keepSessionId}
      and is_offline = 0 and ended_at is null`)
}

/** Lets the one grant that changed the password live on under the user's new epoch. */
export function restampGrant(id: string, userId: number): Write {
  return unguarded(sql`
    update grants set user_epoch = (select epoch from users where id = ${userId})
    where id = ${id} and user_id = ${userId} and ended_at is null`)
}

/** The user's grants that still stand, newest first. */
export async function liveGrantsOf(database: Database, userId: number, now: Instant): Promise<readonly GrantInList[]> {
  const rows = await database.all(sql`
    select ${grantColumns}, c.name as client_name, c.client_id as wire_client_id
    from grants g
      join users u on u.id = g.user_id
      join clients c on c.id = g.client_row
      join installation i on i.id = 1
      left join consents k on k.user_id = g.user_id and k.client_row = g.client_row
    where g.user_id = ${userId} and g.ended_at is null and g.expires_at > ${now}
      and u.epoch = g.user_epoch and c.epoch = g.client_epoch and c.enabled = 1
      and coalesce(k.epoch, 0) = g.consent_epoch and i.epoch = g.installation_epoch
    order by g.created_at desc, g.id`)
  return rows.map((row) => ({
    ...grantFromRow(row),
    clientName: text(row, 'client_name'),
    clientId: text(row, 'wire_client_id'),
  }))
}

/** How many people a client serves now, and by how many grants. */
export async function countLiveGrantsOfClient(
  database: Database,
  clientRow: number,
  now: Instant,
): Promise<{ readonly people: number; readonly grants: number }> {
  const [row] = await database.all(sql`
    select count(*) as grants, count(distinct g.user_id) as people
    from grants g
      join users u on u.id = g.user_id
      join clients c on c.id = g.client_row
    where g.client_row = ${clientRow} and g.ended_at is null and g.expires_at > ${now}
      and u.epoch = g.user_epoch and c.epoch = g.client_epoch`)
  return { people: row ? integer(row, 'people') : 0, grants: row ? integer(row, 'grants') : 0 }
}

export interface GrantInList extends Grant {
  readonly clientName: string
  readonly clientId: string
}

/** A spent code's digest goes with its grant, long after the code itself has expired. */
export function expiredGrants(before: Instant, limit: number): Removal {
  const named = sql`select id from grants where expires_at < ${before} or ended_at < ${before} limit ${limit}`
  return { named, write: unguarded(sql`delete from grants where id in (${named})`) }
}

/** A client's own token is known by its id until it would have expired anyway. */
export function revokeClientToken(tokenId: string, expiresAt: Instant): Write {
  return unguarded(sql`
    insert into revoked_tokens (token_id, expires_at) values (${tokenId}, ${expiresAt}) on conflict do nothing`)
}

/** What a client's own token rests on: the client as it is now, the installation, and whether the token was revoked. */
export interface ClientTokenStanding {
  readonly clientId: string
  readonly clientIsEnabled: boolean
  readonly clientEpoch: number
  readonly installationEpoch: number
  readonly isRevoked: boolean
}

export async function findClientTokenStanding(
  database: Database,
  clientRow: number,
  tokenId: string,
): Promise<ClientTokenStanding | undefined> {
  const [row] = await database.all(sql`
    select c.client_id, c.enabled, c.epoch as client_epoch, i.epoch as installation_epoch,
      (select count(*) from revoked_tokens r where r.token_id = ${tokenId}) as revocations
    from clients c join installation i on i.id = 1 where c.id = ${clientRow}`)
  return (
    row && {
      clientId: text(row, 'client_id'),
      clientIsEnabled: flag(row, 'enabled'),
      clientEpoch: integer(row, 'client_epoch'),
      installationEpoch: integer(row, 'installation_epoch'),
      isRevoked: integer(row, 'revocations') > 0,
    }
  )
}

export function expiredRevokedTokens(before: Instant, limit: number): Removal {
  const named = sql`select token_id from revoked_tokens where expires_at < ${before} limit ${limit}`
  return { named, write: unguarded(sql`delete from revoked_tokens where token_id in (${named})`) }
}
