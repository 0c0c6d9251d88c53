import {
  asJson,
  type Database,
  guarded,
  instant,
  integer,
  json,
  maybeInstant,
  type Removal,
  type Row,
  sql,
  lookup,
  text,
  unguarded,
  type Write,
} from '../../platform/storage/index.ts'
import type { Instant } from '../../platform/time/index.ts'
import { type User, userFromRow } from '../users/index.ts'
import type { Session, SessionStanding } from './session.ts'

export interface SessionView {
  readonly session: Session
  readonly user: User
  readonly standing: SessionStanding
}

function sessionFromRow(row: Row): Session {
  return {
    id: text(row, 'session_id'),
    userId: integer(row, 'user_id'),
    userEpoch: integer(row, 'user_epoch'),
    installationEpoch: integer(row, 'installation_epoch'),
    methods: json(row, 'methods', (value) => value as readonly string[]),
    userAgent: text(row, 'user_agent'),
    address: text(row, 'address'),
    createdAt: instant(row, 'session_created_at'),
    authenticatedAt: instant(row, 'authenticated_at'),
    lastSeenAt: instant(row, 'last_seen_at'),
    expiresAt: instant(row, 'expires_at'),
    endedAt: maybeInstant(row, 'ended_at'),
  }
}

const sessionColumns = sql`
  s.id as session_id, s.user_id, s.user_epoch, s.installation_epoch, s.methods, s.user_agent, s.address,
  s.created_at as session_created_at, s.authenticated_at, s.last_seen_at, s.expires_at, s.ended_at`

/** A session with its user and what its authority rests on: read at every request, never cached. */
export async function findSession(database: Database, id: string): Promise<SessionView | undefined> {
  const [row] = await database.all(sessionById({ id }))
  if (row === undefined) return undefined
  const user = userFromRow(row)
  return {
    session: sessionFromRow(row),
    user,
    standing: {
      userIsActive: user.isActive,
      userEpoch: user.epoch,
      installationEpoch: integer(row, 'current_installation_epoch'),
    },
  }
}

const sessionById = lookup<{ id: string }>(
  (at) => sql`
    select ${sessionColumns}, u.*, (select epoch from installation where id = 1) as current_installation_epoch
    from sessions s join users u on u.id = s.user_id where s.id = ${at.id}`,
)

/** The user's sessions that were not ended, newest first; the caller leaves out those that ran out. */
export async function sessionsOf(database: Database, userId: number): Promise<readonly Session[]> {
  const rows = await database.all(sql`
    select ${sessionColumns} from sessions s join users u on u.id = s.user_id
    where s.user_id = ${userId} and s.ended_at is null and s.user_epoch = u.epoch
    order by s.last_seen_at desc`)
  return rows.map(sessionFromRow)
}

export type NewSession = Omit<Session, 'endedAt'>

/** Unmet when the user was disabled, or their epoch rose, since the password was checked. */
export function insertSession(session: NewSession): Write {
  return guarded(sql`
    insert into sessions (id, user_id, user_epoch, installation_epoch, methods, user_agent, address,
      created_at, authenticated_at, last_seen_at, expires_at)
    select cast(${session.id} as text), u.id, u.epoch, i.epoch, cast(${asJson(session.methods)} as text),
      cast(${session.userAgent} as text), cast(${session.address} as text), cast(${session.createdAt} as bigint),
      cast(${session.authenticatedAt} as bigint), cast(${session.lastSeenAt} as bigint), cast(${session.expiresAt} as bigint)
    from users u join installation i on i.id = 1
    where u.id = ${session.userId} and u.is_active = 1 and u.epoch = ${session.userEpoch}
      and i.epoch = ${session.installationEpoch}`)
}

/**
 * For what is given in a session: unmet when it is over. Changing the row makes an end of the session at the same moment wait,
 * on an engine that would not otherwise see the two meet.
 */
export function keepSession(id: string, now: Instant): Write {
  return guarded(sql`update sessions set last_seen_at = ${now} where id = ${id} and ended_at is null`)
}

export function touchSession(id: string, now: Instant): Write {
  return unguarded(sql`update sessions set last_seen_at = ${now} where id = ${id} and ended_at is null`)
}

/** Ends one of the user's sessions; unmet when it is not theirs or already over. Only records/logouts asks for an end. */
export function endSession(id: string, userId: number, now: Instant): Write {
  return guarded(sql`
    update sessions set ended_at = ${now} where id = ${id} and user_id = ${userId} and ended_at is null`)
}

export function endOtherSessions(keepId: string, userId: number, now: Instant): Write {
  return unguarded(sql`
    update sessions set ended_at = ${now} where user_id = ${userId} and id <> ${keepId} and ended_at is null`)
}

export function endAllSessions(userId: number, now: Instant): Write {
  return unguarded(sql`update sessions set ended_at = ${now} where user_id = ${userId} and ended_at is null`)
}

/** Lets the session that changed the password live on under the user's new epoch. */
export function restampSession(id: string, userId: number): Write {
  return unguarded(sql`
    update sessions set user_epoch = (select epoch from users where id = ${userId})
    where id = ${id} and user_id = ${userId} and ended_at is null`)
}

export function expiredSessions(before: Instant, limit: number): Removal {
  const named = sql`
    select id from (
      select id from sessions where expires_at < ${before}
      union all
      select id from sessions where ended_at is not null and ended_at < ${before} and expires_at >= ${before}) over
    limit ${limit}`
  return { named, write: unguarded(sql`delete from sessions where id in (${named})`) }
}
