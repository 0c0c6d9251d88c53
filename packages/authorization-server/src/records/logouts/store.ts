import {
  type Database,
  empty,
  guarded,
  instant,
  integer,
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
import type { DeliveryState, LogoutDelivery } from './delivery.ts'

/** A client that somebody signed in to during a session, and wants to learn of its end. */
export interface SessionClient {
  /** The session in which it was: the client's `sid` is made from it. */
  readonly sessionId: string
  readonly clientRow: number
}

/** Unmet never: a client that signs a person in twice is remembered once. */
export function rememberSessionClient(sessionId: string, clientRow: number, userId: number): Write {
  return unguarded(sql`
    insert into session_clients (session_id, client_row, user_id, current_session_id)
    values (${sessionId}, ${clientRow}, ${userId}, ${sessionId}) on conflict do nothing`)
}

/** The same person signed in again in the same browser: the clients go along, each under the `sid` that it knows. */
export function moveSessionClients(fromSessionId: string, toSessionId: string): Write {
  return unguarded(sql`
    update session_clients set current_session_id = ${toSessionId} where current_session_id = ${fromSessionId}`)
}

export async function sessionClientsOf(database: Database, sessionId: string): Promise<readonly SessionClient[]> {
  const rows = await database.all(sql`
    select session_id, client_row from session_clients where current_session_id = ${sessionId}
    order by client_row, session_id`)
  return rows.map((row) => ({ sessionId: text(row, 'session_id'), clientRow: integer(row, 'client_row') }))
}

/** Every client of the session that registered an address for it. Whoever asks twice queues once. */
export function queueLogoutsOfSession(sessionId: string, now: Instant): Write {
  return queueWhere(sql`p.current_session_id = ${sessionId}`, now)
}

/** As {@link queueLogoutsOfSession}, for all sessions of a person that stand, but one that is kept. */
export function queueLogoutsOfUser(userId: number, keptSessionId: string | undefined, now: Instant): Write {
  const others = sql`p.user_id = ${userId} and p.current_session_id <> ${keptSessionId ?? ''} and exists (
    select 1 from sessions s where s.id = p.current_session_id and s.ended_at is null)`
  return queueWhere(others, now)
}

function queueWhere(condition: Sql, now: Instant): Write {
  // The metadata is JSON that we wrote: a key stands in it exactly so, and inside a value its quotes would be escaped.
  return unguarded(sql`
    insert into logout_deliveries (session_id, client_row, user_id, subject, state, attempts, created_at, due_at)
    select p.session_id, p.client_row, p.user_id, u.subject, 'waiting', 0, cast(${now} as bigint), cast(${now} as bigint)
    from session_clients p join clients c on c.id = p.client_row join users u on u.id = p.user_id
    where c.metadata like '%"backchannelLogoutUri":%' and ${condition}
    on conflict do nothing`)
}

function deliveryFromRow(row: Row): LogoutDelivery {
  return {
    id: integer(row, 'id'),
    sessionId: text(row, 'session_id'),
    clientRow: integer(row, 'client_row'),
    userId: integer(row, 'user_id'),
    subject: text(row, 'subject'),
    state: text(row, 'state') as DeliveryState,
    attempts: integer(row, 'attempts'),
    outcome: maybeText(row, 'outcome'),
    createdAt: instant(row, 'created_at'),
    dueAt: maybeInstant(row, 'due_at'),
    attemptedAt: maybeInstant(row, 'attempted_at'),
  }
}

export async function hasDueDeliveries(database: Database, now: Instant): Promise<boolean> {
  return (await database.all(sql`select id from logout_deliveries where due_at <= ${now} limit 1`)).length > 0
}

/** What is due, the oldest of each client first: one with many waiting does not keep the others back. */
export async function dueDeliveries(
  database: Database,
  now: Instant,
  mostPerClient: number,
  limit: number,
): Promise<readonly LogoutDelivery[]> {
  const rows = await database.all(sql`
    select * from (
      select d.*, row_number() over (partition by client_row order by due_at, id) as place
      from logout_deliveries d where due_at <= ${now}) ranked
    where place <= ${mostPerClient} order by place, id limit ${limit}`)
  return rows.map(deliveryFromRow)
}

/** Takes an attempt before it is made: unmet when another node took it. Should this one die, the next attempt comes by time. */
export function claimDelivery({ id, attempts }: LogoutDelivery, nextDueAt: Instant, now: Instant): Write {
  return guarded(sql`
    update logout_deliveries set attempts = attempts + 1, attempted_at = ${now}, due_at = ${nextDueAt}
    where id = ${id} and attempts = ${attempts} and due_at <= ${now}`)
}

/** Leaves the next attempt to the time that the claim set. */
export function noteDelivery(id: number, outcome: string): Write {
  return unguarded(sql`update logout_deliveries set outcome = ${outcome} where id = ${id}`)
}

export function settleDelivery(id: number, state: DeliveryState, outcome: string | undefined, now: Instant): Write {
  return unguarded(sql`
    update logout_deliveries set state = ${state}, outcome = coalesce(${outcome ?? null}, outcome), due_at = null,
      settled_at = ${now}
    where id = ${id}`)
}

/** Nobody is there: what else is due for the client waits as long, and has not been tried. */
export function putOffDeliveries(clientRow: number, until: Instant, now: Instant): Write {
  return unguarded(sql`
    update logout_deliveries set due_at = ${until} where client_row = ${clientRow} and due_at <= ${now}`)
}

/** The newest of a client, for its owner to see. */
export async function deliveriesOfClient(
  database: Database,
  clientRow: number,
  limit: number,
): Promise<readonly LogoutDelivery[]> {
  const rows = await database.all(sql`
    select * from logout_deliveries where client_row = ${clientRow} order by created_at desc, id desc limit ${limit}`)
  return rows.map(deliveryFromRow)
}

/** The log of a delivery goes a while after it was settled. */
export function settledDeliveries(before: Instant, limit: number): Removal {
  const named = sql`select id from logout_deliveries where settled_at < ${before} limit ${limit}`
  return { named, write: unguarded(sql`delete from logout_deliveries where id in (${named})`) }
}

export interface FailedDeliveries {
  readonly clientRow: number
  readonly count: number
}

/** Which clients could not be told since then, those with the most first; only so many deliveries are looked at. */
export async function failedDeliveries(
  database: Database,
  since: Instant,
  ownerId: number | undefined,
  limit: number,
): Promise<readonly FailedDeliveries[]> {
  const owned =
    ownerId === undefined ? empty : sql`where client_row in (select id from clients where owner_id = ${ownerId})`
  const rows = await database.all(sql`
    select client_row, count(*) as failed from (
      select client_row from logout_deliveries where state in ('refused', 'given-up') and settled_at >= ${since}
      limit ${mostLooked}) latest
    ${owned} group by client_row order by count(*) desc, client_row limit ${limit}`)
  return rows.map((row) => ({ clientRow: integer(row, 'client_row'), count: Number(row['failed']) }))
}

const mostLooked = 10_000
