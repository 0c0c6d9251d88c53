import {
  asJson,
  type Database,
  instant,
  integer,
  json,
  maybeInteger,
  sql,
  statement,
  text,
  unguarded,
  type Write,
} from '../../platform/storage/index.ts'
import type { Instant } from '../../platform/time/index.ts'
import type { Event, EventKind } from './event.ts'

export function recordEvent(event: Event): Write {
  const { kind, at, actorId = null, userId = null, clientRow = null, address = '', detail = {} } = event
  return unguarded(newEvent({ kind, at, actorId, userId, clientRow, address, detail: asJson(detail) }))
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
    select * from events where user_id = ${userId} order by id desc limit ${limit}`)
  return rows.map((row) => ({
    id: integer(row, 'id'),
    kind: text(row, 'kind') as EventKind,
    at: instant(row, 'at'),
    actorId: maybeInteger(row, 'actor_id'),
    userId: maybeInteger(row, 'user_id'),
    clientRow: maybeInteger(row, 'client_row'),
    address: text(row, 'address'),
    detail: json(row, 'detail', (value) => value as Record<string, unknown>),
  }))
}
