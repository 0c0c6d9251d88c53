import {
  asFlag,
  asJson,
  type Database,
  guarded,
  instant,
  integer,
  json,
  maybeInteger,
  maybeText,
  type Row,
  type Sql,
  sql,
  statement,
  text,
  unguarded,
  type Write,
} from '../../platform/storage/index.ts'
import type { Instant } from '../../platform/time/index.ts'
import type { Change, Event, EventKind, OperatorChange } from './event.ts'

export function recordEvent(event: Event): Write {
  const { kind, at, actorId = null, userId = null, clientRow = null, address = '', detail = {} } = event
  return unguarded(newEvent({ kind, at, actorId, userId, clientRow, address, detail: asJson(detail) }), '')
}

interface EventRow {
  readonly kind: string
  readonly at: Instant
  readonly actorId: number | null
  readonly userId: number | null
  readonly clientRow: number | null
  readonly address: string
  readonly detail: string
}

const newEvent = statement<EventRow>(
  (at) => sql`
    insert into events (kind, at, actor_id, user_id, client_row, address, detail)
    values (${at.kind}, ${at.at}, ${at.actorId}, ${at.userId}, ${at.clientRow}, ${at.address}, ${at.detail})`,
)

export interface RecordedEvent extends Event {
  readonly id: number
}

/** What happened last to a user, newest first. */
export async function eventsOfUser(
  database: Database,
  userId: number,
  limit: number,
): Promise<readonly RecordedEvent[]> {
  const rows = await database.all(sql`
    select * from events where user_id = ${userId} order by at desc, id desc limit ${limit}`)
  return rows.map(eventFromRow)
}

function eventFromRow(row: Row): RecordedEvent {
  return {
    id: integer(row, 'id'),
    kind: text(row, 'kind') as EventKind,
    at: instant(row, 'at'),
    actorId: maybeInteger(row, 'actor_id'),
    userId: maybeInteger(row, 'user_id'),
    clientRow: maybeInteger(row, 'client_row'),
    address: text(row, 'address'),
    detail: json(row, 'detail', (value) => value as Record<string, unknown>),
  }
}

/**
 * The trail of a change, unmet when the actor lost what they acted by since it was decided: a new password, disabling, another role.
 * It goes first in its list, so that whoever changes themselves is still who they were.
 */
export function recordChange(change: Change): Write {
  const { actor, userId = null, changes = {}, note, reason } = change
  // JSON leaves out what is undefined.
  const detail = { changes, note, reason }
  return guarded(sql`
    insert into events (kind, at, actor_id, user_id, client_row, address, detail, noun, target)
    select cast(${change.kind} as text), cast(${change.at} as bigint), a.id, cast(${userId} as bigint),
      ${clientOf(change)}, cast(${change.address} as text), cast(${asJson(detail)} as text),
      cast(${change.noun} as text), ${targetOf(change)}
    from users a where a.id = ${actor.id} and a.epoch = ${actor.epoch} and a.is_active = 1
      and a.is_staff = ${asFlag(actor.isStaff)} and a.is_superuser = ${asFlag(actor.isSuperuser)}`)
}

/** The trail of a change without an actor; after the write that makes its target, where the same list does. */
export function recordOperatorChange(change: OperatorChange): Write {
  const { userId = null, changes = {}, note } = change
  return guarded(sql`
    insert into events (kind, at, actor_id, user_id, client_row, address, detail, noun, target)
    values (${change.kind}, ${change.at}, null, ${userId}, ${clientOf(change)}, '', ${asJson({ changes, note })}, ${change.noun},
      ${targetOf(change)})`)
}

/** Of a client that the same list inserts, the row that it got. */
function clientOf({ clientRow, target }: Pick<Change, 'clientRow' | 'target'>): Sql {
  return clientRow === undefined && typeof target === 'object' && 'clientId' in target
    ? sql`(select c.id from clients c where c.client_id = ${target.clientId})`
    : sql`cast(${clientRow ?? null} as bigint)`
}

function targetOf({ target }: Pick<Change, 'target'>): Sql {
  if (typeof target === 'string') return sql`cast(${target} as text)`
  if ('subject' in target) return sql`(select cast(u.id as text) from users u where u.subject = ${target.subject})`
  if ('group' in target) return sql`(select cast(g.id as text) from groups g where g.name = ${target.group})`
  if ('clientId' in target)
    return sql`(select cast(c.id as text) from clients c where c.client_id = ${target.clientId})`
  return sql`(select cast(a.id as text) from apis a where a.audience = ${target.audience})`
}

/** What was changed of one row, newest first. */
export async function changesOfTarget(
  database: Database,
  noun: string,
  target: string,
  limit: number,
): Promise<readonly RecordedChange[]> {
  const rows = await database.all(sql`
    select * from events where noun is not null and noun = ${noun} and target = ${target} order by id desc limit ${limit}`)
  return rows.map(changeFromRow)
}

/** What somebody changed last, newest first. */
export async function changesByActor(
  database: Database,
  actorId: number,
  limit: number,
): Promise<readonly RecordedChange[]> {
  const rows = await database.all(sql`
    select * from events where noun is not null and actor_id = ${actorId} order by id desc limit ${limit}`)
  return rows.map(changeFromRow)
}

export interface RecordedChange extends RecordedEvent {
  readonly noun: string | undefined
  readonly target: string | undefined
}

function changeFromRow(row: Row): RecordedChange {
  return { ...eventFromRow(row), noun: maybeText(row, 'noun'), target: maybeText(row, 'target') }
}
