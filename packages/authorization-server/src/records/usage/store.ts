import {
  type Database,
  empty,
  instant,
  integer,
  type Removal,
  type Row,
  sql,
  statement,
  text,
  unguarded,
  type Write,
} from '../../platform/storage/index.ts'
import type { Instant } from '../../platform/time/index.ts'
import { type Counted, otherClients, type UsageKind } from './usage.ts'

/** Adds to what other nodes counted in the hour. */
export function addUsage({ kind, reason, clientRow, count }: Counted, hour: Instant): Write {
  return unguarded(addition({ kind, hour, reason, clientRow, count }))
}

const addition = statement<{ kind: string; hour: Instant; reason: string; clientRow: number; count: number }>(
  (at) => sql`
    insert into usage_hours (kind, hour, reason, client_row, counted)
    values (${at.kind}, ${at.hour}, ${at.reason}, ${at.clientRow}, ${at.count})
    on conflict (kind, hour, reason, client_row) do update set counted = usage_hours.counted + excluded.counted`,
)

export interface HourCount {
  readonly hour: Instant
  readonly reason: string
  readonly count: number
}

/** By hour and reason, over all clients, from one hour up to and without another. */
export async function usageByHour(
  database: Database,
  kind: UsageKind,
  from: Instant,
  to: Instant,
): Promise<readonly HourCount[]> {
  const rows = await database.all(sql`
    select hour, reason, sum(counted) as counted from usage_hours
    where kind = ${kind} and hour >= ${from} and hour < ${to} group by hour, reason order by hour, reason`)
  return rows.map((row) => ({ hour: instant(row, 'hour'), reason: text(row, 'reason'), count: summed(row) }))
}

export interface ClientCount {
  readonly clientRow: number
  readonly reason: string
  readonly count: number
}

/** By client and reason, those with the most first. */
export async function usageByClient(
  database: Database,
  kind: UsageKind,
  from: Instant,
  to: Instant,
): Promise<readonly ClientCount[]> {
  const rows = await database.all(sql`
    select client_row, reason, sum(counted) as counted from usage_hours
    where kind = ${kind} and hour >= ${from} and hour < ${to} group by client_row, reason
    order by sum(counted) desc, client_row, reason`)
  return rows.map((row) => ({ clientRow: integer(row, 'client_row'), reason: text(row, 'reason'), count: summed(row) }))
}

/** A sum is wider than its summands, and PostgreSQL gives it as text. */
function summed(row: Row): number {
  return Number(row['counted'])
}

/** Since when something was counted at all; undefined when nothing was. */
export async function firstUsage(database: Database): Promise<Instant | undefined> {
  const [row] = await database.all(sql`select hour from usage_hours order by hour limit 1`)
  return row && instant(row, 'hour')
}

export function expiredUsage(before: Instant, limit: number): Removal {
  const named = sql`select kind, hour, reason, client_row from usage_hours where hour < ${before} limit ${limit}`
  return {
    named,
    write: unguarded(sql`delete from usage_hours where (kind, hour, reason, client_row) in (${named})`),
  }
}

export interface UnusedClient {
  readonly row: number
  readonly name: string
  readonly createdAt: Instant
}

/**
 * Enabled clients from before then that neither got a token nor asked about one since. Nothing is known, and so nothing is said,
 * where the figures do not reach back so far, or where clients were counted together. The oldest are looked at, up to a bound.
 */
export async function unusedClients(
  database: Database,
  before: Instant,
  ownerId: number | undefined,
  limit: number,
): Promise<readonly UnusedClient[]> {
  const since = await firstUsage(database)
  if (since === undefined || since > before || (await wereCountedTogether(database, before))) return []
  const owned = ownerId === undefined ? empty : sql`and owner_id = ${ownerId}`
  const rows = await database.all(sql`
    select c.id, c.name, c.client_id, c.created_at from (
      select * from clients where enabled = 1 and created_at < ${before} ${owned} order by id limit ${mostLooked}) c
    where not exists (select 1 from usage_hours u where u.client_row = c.id and u.hour >= ${before})
    order by c.id limit ${limit}`)
  return rows.map((row) => ({
    row: integer(row, 'id'),
    name: text(row, 'name') || text(row, 'client_id'),
    createdAt: instant(row, 'created_at'),
  }))
}

const mostLooked = 1_000

async function wereCountedTogether(database: Database, since: Instant): Promise<boolean> {
  const rows = await database.all(sql`
    select 1 as one from usage_hours
    where kind in ('token', 'introspection') and client_row = ${otherClients} and hour >= ${since} limit 1`)
  return rows.length > 0
}
