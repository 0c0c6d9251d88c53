// The storage room: one SQL text, two engines, writes as data.
// Owns: the SQL tag, commits as lists of writes, row decoders, engine words for columns, migrations, the engines SQLite
// and PostgreSQL. Tables: schema_migrations, storage_lanes (PostgreSQL only). Settings: the database's file or address,
// timeouts and queue bounds (passed in by the caller).
// The conformance suite (`conformance.ts`) is not behind this door, so that no server loads the test runner.

import type * as Transfer from './transfer.ts'

export { asFlag, asJson } from './bindings.ts'
export { type Columns, columnsFor, postgresColumns, sqliteColumns } from './columns.ts'
export {
  bytes,
  flag,
  instant,
  integer,
  json,
  maybeBytes,
  maybeInstant,
  maybeInteger,
  maybeText,
  text,
} from './decode.ts'
export { type Fault, type FaultyDatabase, faulty, type StatementCounts } from './faulty.ts'
export { type Migration, migrate, pendingMigrations } from './migrate.ts'
export { openPostgres, type PostgresDatabase, type PostgresOptions } from './postgres.ts'
export { type Line, openSharedWriter, openWriterOwner, type SharedDatabase, type WriterOwner } from './shared-writer.ts'
export {
  type CommitResult,
  type Database,
  empty,
  guarded,
  join,
  type Query,
  type Removal,
  type Row,
  raw,
  type Sql,
  StorageBusy,
  StorageFailed,
  StorageUnusable,
  sql,
  unguarded,
  type Write,
} from './sql.ts'
export { lookup, statement } from './statement.ts'
export { type CommitStatistics, openSqlite, type SqliteDatabase, type SqliteOptions } from './sqlite.ts'
export type { Place } from './transfer-source.ts'
export type { Snapshot, Target } from './transfer.ts'

/** What moves whole databases; loaded by the commands that do, never by a server. */
export function transferTools(): Promise<typeof Transfer> {
  return import('./transfer.ts')
}
