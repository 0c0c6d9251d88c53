import {
  type Database,
  guarded,
  instant,
  integer,
  join,
  maybeInteger,
  maybeText,
  type Row,
  sql,
  statement,
  text,
  type Write,
} from '../../../platform/storage/index.ts'
import type { Instant } from '../../../platform/time/index.ts'
import type { ReadLink } from './fault.ts'
import type { Link, StoredEvent } from './link.ts'

export type Head = Pick<Link, 'position' | 'digest'>

export async function headOfChain(database: Database): Promise<Head | undefined> {
  const [row] = await database.all(sql`select position, digest from event_chain order by position desc limit 1`)
  return row && { position: integer(row, 'position'), digest: text(row, 'digest') }
}

export async function digestAt(database: Database, position: number): Promise<string | undefined> {
  const [row] = await database.all(sql`select digest from event_chain where position = ${position}`)
  return row && text(row, 'digest')
}

/** Unmet when another node was first: one link at a position, and one for an event. */
export function insertLink(link: Link): Write {
  return guarded(newLink(link))
}

const newLink = statement<Link>(
  (at) => sql`
    insert into event_chain (position, event_id, digest, key_id)
    values (${at.position}, ${at.eventId}, ${at.digest}, ${at.keyId})`,
)

/** So many numbers back from the last that was chained, events may still become visible: PostgreSQL gives a number before the commit. */
const lateNumbers = 1_000
/** A statement looks at no more numbers ahead: a backlog of millions is taken piece by piece. */
const numbersAhead = 5_000

/** Events that wait for their link, after or a little before the last that has one. */
export async function waitingEvents(database: Database, limit: number): Promise<readonly StoredEvent[]> {
  const [top] = await database.all(sql`select coalesce(max(event_id), 0) as chained from event_chain`)
  const chained = top === undefined ? 0 : integer(top, 'chained')
  const [next] = await database.all(sql`select id from events where id > ${chained} order by id limit 1`)
  // Numbers may leap: those of a restored installation go on a million later.
  const following = next === undefined ? chained : integer(next, 'id')
  return waitingBetween(database, chained - lateNumbers, following + numbersAhead, limit)
}

/** Events that wait among those with these numbers. Both tables are bounded, so that no plan reads all of one. */
export async function waitingBetween(
  database: Database,
  from: number,
  to: number,
  limit: number,
): Promise<readonly StoredEvent[]> {
  const rows = await database.all(sql`
    select e.* from events e
    where e.id >= ${from} and e.id <= ${to} and not exists (
      select 1 from event_chain c where c.event_id = e.id and c.event_id >= ${from} and c.event_id <= ${to})
    order by e.id limit ${limit}`)
  return rows.map(storedEvent)
}

export async function lastEventId(database: Database): Promise<number> {
  const [row] = await database.all(sql`select coalesce(max(id), 0) as last from events`)
  return row === undefined ? 0 : integer(row, 'last')
}

/** The links after a position, each with its event. */
export async function readLinks(database: Database, after: number, limit: number): Promise<readonly ReadLink[]> {
  const rows = await database.all(sql`
    select c.position, c.event_id, c.digest, c.key_id, e.*
    from event_chain c left join events e on e.id = c.event_id
    where c.position > ${after} order by c.position limit ${limit}`)
  return rows.map((row) => ({
    position: integer(row, 'position'),
    eventId: integer(row, 'event_id'),
    digest: text(row, 'digest'),
    keyId: integer(row, 'key_id'),
    event: row['id'] === null ? undefined : storedEvent(row),
  }))
}

export interface WaitingCount {
  /** How many events were looked at. */
  readonly seen: number
  /** The number of the last of them. */
  readonly last: number
  readonly waiting: number
  /** The oldest that waits. */
  readonly since: Instant | undefined
}

/** A slice of all events: how many of them have no link. */
export async function countWaiting(database: Database, after: number, limit: number): Promise<WaitingCount> {
  const [row] = await database.all(sql`
    select count(*) as seen, max(e.id) as last, count(*) - count(c.event_id) as waiting,
      min(case when c.event_id is null then e.at end) as since
    from (select id, at from events where id > ${after} order by id limit ${limit}) e
    left join event_chain c on c.event_id = e.id`)
  if (row === undefined) return { seen: 0, last: after, waiting: 0, since: undefined }
  return {
    seen: integer(row, 'seen'),
    last: maybeInteger(row, 'last') ?? after,
    waiting: integer(row, 'waiting'),
    since: maybeInteger(row, 'since'),
  }
}

/** Where these events stand in the chain, by their number; those that wait are not among them. */
export async function positionsOf(
  database: Database,
  eventIds: readonly number[],
): Promise<ReadonlyMap<number, number>> {
  if (eventIds.length === 0) return new Map()
  const rows = await database.all(sql`
    select event_id, position from event_chain where event_id in (${join([...eventIds])})`)
  return new Map(rows.map((row) => [integer(row, 'event_id'), integer(row, 'position')]))
}

function storedEvent(row: Row): StoredEvent {
  return {
    id: integer(row, 'id'),
    kind: text(row, 'kind'),
    at: instant(row, 'at'),
    actorId: maybeInteger(row, 'actor_id'),
    userId: maybeInteger(row, 'user_id'),
    clientRow: maybeInteger(row, 'client_row'),
    address: text(row, 'address'),
    detail: text(row, 'detail'),
    noun: maybeText(row, 'noun'),
    target: maybeText(row, 'target'),
  }
}
