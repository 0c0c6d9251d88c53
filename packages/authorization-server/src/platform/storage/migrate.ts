// Migrations: each runs once, in order of its id, together with the row that records it, so an interruption leaves it
// either done or not begun. The record is written first and its primary key decides between two processes that start at
// once: the loser's list is rolled back, and it reads again.

import type { Clock } from '../time/index.ts'
import { type Columns, columnsFor } from './columns.ts'
import { text } from './decode.ts'
import { type Database, guarded, raw, StorageBusy, StorageFailed, sql, unguarded } from './sql.ts'

export interface Migration {
  /** '0001-users': the order, and what it is about. */
  readonly id: string
  /** One statement each. */
  up(columns: Columns): readonly string[]
}

/**
 * Brings the database up to the code.
 * @returns the ids that this call applied, in order
 * @throws Error when the database knows a migration that the code does not (a newer version wrote it), or one fails
 */
export async function migrate(
  database: Database,
  migrations: readonly Migration[],
  clock: Clock,
): Promise<readonly string[]> {
  const columns = columnsFor(database.engine)
  // Two processes may create it at once; whoever loses finds it there.
  await database.commit([unguarded(raw(migrationsTable(columns)))])

  const applied: string[] = []
  let [next] = await pendingMigrations(database, migrations)
  while (next !== undefined) {
    if (await applyOne(database, next, columns, clock)) applied.push(next.id)
    const [following] = await pendingMigrations(database, migrations)
    if (following === next) throw new Error(`Migration ${next.id} was refused, but nobody else applied it.`)
    next = following
  }
  return applied
}

export function migrationsTable(columns: Columns): string {
  const id = `id ${columns.text} primary key not null`
  return `create table if not exists schema_migrations (${id}, applied_at ${columns.instant} not null) ${columns.strict}`
}

/** Stands among the migrations while a restore or a copy fills the database: no version of the server starts on it. */
export const unfinishedMark = 'unfinished-transfer'

/** A restore or a copy into this database began and did not finish. */
export class UnfinishedTransfer extends Error {
  override readonly name: string = 'UnfinishedTransfer'

  constructor() {
    super('A restore or a copy into this database is under way, or was interrupted.')
  }
}

/** @throws UnfinishedTransfer when the mark is among the migrations that were applied */
export function assertWhole(applied: Iterable<string>): void {
  for (const id of applied) if (id === unfinishedMark) throw new UnfinishedTransfer()
}

/** The migrations that the database lacks, in order of id; reads only. Throws as `migrate` does for a newer database. */
export async function pendingMigrations(
  database: Database,
  migrations: readonly Migration[],
): Promise<readonly Migration[]> {
  const known = inOrder(migrations)
  const applied = await appliedIds(database)
  assertWhole(applied)
  const ids = new Set(known.map((migration) => migration.id))
  const unknown = [...applied].filter((id) => !ids.has(id))
  if (unknown.length > 0) {
    throw new Error(
      `The database was migrated by a newer version (${unknown.join(', ')}). Run that version, or restore a backup.`,
    )
  }
  return known.filter((migration) => !applied.has(migration.id))
}

async function applyOne(database: Database, migration: Migration, columns: Columns, clock: Clock): Promise<boolean> {
  const record = sql`insert into schema_migrations (id, applied_at) values (${migration.id}, ${clock.now()})`
  const steps = migration.up(columns).map((statement) => unguarded(raw(statement)))
  const result = await database.commit([guarded(record), ...steps]).catch((cause: unknown) => {
    if (cause instanceof StorageBusy || cause instanceof StorageFailed) throw cause
    throw new Error(`Migration ${migration.id} failed and left nothing behind.`, { cause })
  })
  if (!result.won && result.at > 0) {
    throw new Error(
      `Migration ${migration.id} breaks a constraint at its statement ${result.at}; it left nothing behind.`,
    )
  }
  return result.won
}

function inOrder(migrations: readonly Migration[]): readonly Migration[] {
  const sorted = migrations.toSorted((a, b) => (a.id < b.id ? -1 : 1))
  const twice = sorted.find((migration, index) => migration.id === sorted[index + 1]?.id)
  if (twice) throw new Error(`Two migrations are called ${twice.id}.`)
  return sorted
}

async function appliedIds(database: Database): Promise<ReadonlySet<string>> {
  const present = await database.all(
    database.engine === 'sqlite'
      ? sql`select name from sqlite_schema where type = 'table' and name = 'schema_migrations'`
      : sql`select table_name from information_schema.tables where table_schema = current_schema() and table_name = 'schema_migrations'`,
  )
  if (present.length === 0) return new Set()
  const rows = await database.all(sql`select id from schema_migrations order by id`)
  return new Set(rows.map((row) => text(row, 'id')))
}
