import {
  asFlag,
  asJson,
  guarded,
  type Removal,
  type Sql,
  sql,
  statement,
  unguarded,
  type Write,
} from '../../platform/storage/index.ts'
import type { Instant } from '../../platform/time/index.ts'
import type { EndReason, Grant } from './grant.ts'

export interface NewGrant
  extends Omit<Grant, 'originSessionId' | 'generation' | 'accessNotBeforeGeneration' | 'rotatedAt' | 'endedAt'> {}

/** Unmet when anything that the stamps name has changed. */
export function insertGrant(grant: NewGrant): Write {
  return guarded(newGrant(rowOf(grant)))
}

/**
 * As {@link insertGrant}, for what is given in a session; unmet also when the code was redeemed before (its grant has that id), or the session is over.
 * On PostgreSQL the session's row is locked, so that an end of it at the same moment waits, and then ends this grant too.
 */
export function insertGrantInSession(grant: NewGrant): Write {
  return guarded(newGrantInSession(rowOf(grant)), `code ${grant.id}`)
}

function rowOf(grant: NewGrant): NewGrantRow {
  const { sessionId = null, authenticatedAt = null } = grant
  const isOffline = asFlag(grant.isOffline)
  return { ...grant, sessionId, authenticatedAt, isOffline, methods: asJson(grant.methods) }
}

type NewGrantRow = {
  readonly [Name in keyof NewGrant]: Name extends 'sessionId'
    ? string | null
    : Name extends 'authenticatedAt'
      ? Instant | null
      : Name extends 'isOffline'
        ? 0 | 1
        : Name extends 'methods'
          ? string
          : NewGrant[Name]
}

const newGrant = statement<NewGrantRow>(
  (at) => sql`${newGrantFrom(at)} where ${standingHolds(at)} on conflict do nothing`,
)

const newGrantInSession = statement<NewGrantRow>(
  (at) => sql`${newGrantFrom(at)} join sessions s on s.id = ${at.sessionId} and s.ended_at is null
    where ${standingHolds(at)} /*postgres: for share of s*/ on conflict do nothing`,
)

function newGrantFrom(at: NewGrantRow): Sql {
  return sql`
    insert into grants (id, user_id, client_row, session_id, scopes, is_offline, user_epoch, client_epoch,
      consent_epoch, installation_epoch, generation, access_not_before_generation, authenticated_at, methods,
      created_at, expires_at, expires_on, audiences, claims)
    select cast(${at.id} as text), u.id, c.id, cast(${at.sessionId} as text),
      cast(${at.scopes} as text),
      cast(${at.isOffline} as bigint), u.epoch, c.epoch, coalesce(k.epoch, 0), i.epoch, 0, 0,
      cast(${at.authenticatedAt} as bigint), cast(${at.methods} as text),
      cast(${at.createdAt} as bigint), cast(${at.expiresAt} as bigint), ${dayOf(at.expiresAt)},
      cast(${at.audiences} as text), cast(${at.claims} as text)
    from users u
      join clients c on c.id = ${at.clientRow}
      join installation i on i.id = 1
      left join consents k on k.user_id = u.id and k.client_row = c.id`
}

function standingHolds(at: NewGrantRow): Sql {
  return sql`u.id = ${at.userId} and u.is_active = 1 and c.enabled = 1
    and u.epoch = ${at.userEpoch} and c.epoch = ${at.clientEpoch}
    and coalesce(k.epoch, 0) = ${at.consentEpoch} and i.epoch = ${at.installationEpoch}`
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
  const endsAccessTokens = asFlag(rotation.endsAccessTokens)
  return guarded(rotated({ ...rotation, endsAccessTokens }), `grant ${rotation.grantId}`)
}

const rotated = statement<Omit<Rotation, 'endsAccessTokens'> & { readonly endsAccessTokens: 0 | 1 }>(
  (at) => sql`
    update grants set generation = generation + 1, rotated_at = ${at.now},
      expires_at = ${at.expiresAt}, expires_on = ${dayOf(at.expiresAt)}, scopes = ${at.scopes},
      access_not_before_generation =
        case when ${at.endsAccessTokens} = 1 then generation + 1 else access_not_before_generation end
    where id = ${at.grantId} and generation = ${at.from} and ended_at is null and expires_at > ${at.now}
      and exists (
        select 1 from users u
          join clients c on c.id = grants.client_row
          join installation i on i.id = 1
          left join consents k on k.user_id = u.id and k.client_row = c.id
        where u.id = grants.user_id and u.is_active = 1 and c.enabled = 1
          and u.epoch = grants.user_epoch and c.epoch = grants.client_epoch
          and coalesce(k.epoch, 0) = grants.consent_epoch and i.epoch = grants.installation_epoch)`,
)

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
export function endGrantsOfSession(sessionId: string, userId: number, now: Instant): Write {
  return unguarded(sql`
    update grants set ended_at = ${now}, end_reason = 'session-ended'
    where user_id = ${userId} and session_id = ${sessionId} and is_offline = 0 and ended_at is null`)
}

/** The same person signed in again in the same browser: what was given stays with them, and clients keep the `sid` they know. */
export function moveGrantsToSession(fromSessionId: string, toSessionId: string, userId: number): Write {
  return unguarded(sql`
    update grants set session_id = ${toSessionId}, origin_session_id = coalesce(origin_session_id, session_id)
    where user_id = ${userId} and session_id = ${fromSessionId}`)
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

/** The day of an instant, counted from the epoch. */
function dayOf(instant: Instant): Sql {
  return sql`cast(${instant} as bigint) / 86400000`
}

/** That a code was spent is forgotten with its grant, long after the code itself has expired. */
export function expiredGrants(before: Instant, limit: number): Removal {
  const named = sql`
    select id from (
      select id from grants where expires_on <= ${dayOf(before)} and expires_at < ${before}
      union all
      select id from grants where ended_at is not null and ended_at < ${before} and expires_at >= ${before}) over
    limit ${limit}`
  return { named, write: unguarded(sql`delete from grants where id in (${named})`) }
}

/** A client's own token is known by its id until it would have expired anyway. */
export function revokeClientToken(tokenId: string, expiresAt: Instant): Write {
  return unguarded(sql`
    insert into revoked_tokens (token_id, expires_at) values (${tokenId}, ${expiresAt}) on conflict do nothing`)
}

export function expiredRevokedTokens(before: Instant, limit: number): Removal {
  const named = sql`select token_id from revoked_tokens where expires_at < ${before} limit ${limit}`
  return { named, write: unguarded(sql`delete from revoked_tokens where token_id in (${named})`) }
}
