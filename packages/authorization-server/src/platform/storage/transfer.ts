// Moves everything from one place to another: a database or a backup file in, an empty database out, on either engine.
// The target is marked before anything else, and filled in one transaction that also removes the mark. Whatever interrupts
// it leaves an empty database with a mark, on which no server starts and which the next attempt takes over.

import type { Clock } from '../time/index.ts'
import { columnsFor } from './columns.ts'
import { assertWhole, type Migration } from './migrate.ts'
import type { Row, Sql, Write } from './sql.ts'
import {
  type Contents,
  type Line,
  type Place,
  type Progress,
  type RowSource,
  type TableContents,
  type TableShape,
  TransferRefused,
} from './transfer-source.ts'
import { assertAlike, TableDigest } from './transfer-tables.ts'

export { type Backup, openBackup } from './backup-reader.ts'
export { type BackupHead, backupVersion } from './backup-head.ts'
export { type BackupOptions, type BackupReport, writeBackup } from './backup-writer.ts'
export { assertWhole } from './migrate.ts'
export { TableDigest } from './transfer-tables.ts'
export {
  type Contents,
  type Place,
  type Progress,
  type RowSource,
  type TableContents,
  TransferRefused,
  type TransferReason,
} from './transfer-source.ts'

/** A database as it was in one moment, while others go on writing. */
export interface Snapshot extends RowSource {
  readonly engine: Place['engine']
  all(query: Sql): Promise<readonly Row[]>
  close(): Promise<void>
}

/** An empty database that is being filled, in one transaction. */
export interface Target {
  readonly engine: Place['engine']
  /** Marks the database and begins. @throws TransferRefused when it is not empty or somebody else fills it */
  begin(): Promise<void>
  define(statement: string): Promise<void>
  recordMigration(id: string, appliedAt: number): Promise<void>
  tables(): Promise<readonly TableShape[]>
  insert(table: TableContents, lines: readonly Line[]): Promise<void>
  /** @param last the highest number that may have been given */
  setCounter(table: TableContents, last: number): Promise<void>
  rows(table: TableContents): AsyncIterable<readonly Line[]>
  apply(write: Write): Promise<void>
  /** Removes the mark and commits. */
  finish(): Promise<void>
  /** Undoes what was not finished. */
  close(): Promise<void>
}

/** @param alone nobody else may have the database open, or write to it, until it is closed */
export async function openSnapshot(place: Place, alone = false): Promise<Snapshot> {
  if (place.engine === 'sqlite') return (await import('./transfer-sqlite.ts')).openSqliteSnapshot(place.file, alone)
  return (await import('./transfer-postgres.ts')).openPostgresSnapshot(place.url, alone)
}

export async function openTarget(place: Place): Promise<Target> {
  if (place.engine === 'sqlite') return (await import('./transfer-sqlite.ts')).openSqliteTarget(place.file)
  return (await import('./transfer-postgres.ts')).openPostgresTarget(place.url)
}

export interface TransferOptions {
  readonly migrations: readonly Migration[]
  readonly clock: Clock
  readonly progress: Progress
  /** How far the counters run ahead, where numbers may have been given that the source does not know of. */
  readonly leap?: number
  /** Last of all, in the same transaction. */
  readonly finally?: readonly Write[]
}

export interface TableReport {
  readonly table: string
  readonly rows: number
  /** SHA-256 of its rows, read back from the target. */
  readonly digest: string
}

/**
 * Fills an empty database, reads it back, compares, and only then commits.
 * @throws TransferRefused when the target is not empty, or the source is newer than this program or cannot be trusted
 */
export async function transfer(
  source: RowSource,
  target: Target,
  options: TransferOptions,
): Promise<readonly TableReport[]> {
  const { contents } = source
  assertKnown(contents, options.migrations)
  await target.begin()
  await createTables(target, contents, options)
  const reports: TableReport[] = []
  for (const table of contents.tables) reports.push(await fill(source, target, table, options))
  await source.finish()
  for (const report of reports) await compare(target, contents, report)
  await bringUp(target, contents, options)
  for (const write of options.finally ?? []) await target.apply(write)
  await target.finish()
  return reports
}

/** @throws TransferRefused when a newer program wrote it, UnfinishedTransfer when it is not whole itself */
export function assertKnown({ migrations }: Pick<Contents, 'migrations'>, known: readonly Migration[]): void {
  assertWhole(migrations.map(({ id }) => id))
  const ids = new Set(known.map(({ id }) => id))
  const unknown = migrations.filter(({ id }) => !ids.has(id)).map(({ id }) => id)
  if (unknown.length > 0) {
    throw new TransferRefused('newer', `A newer version wrote it; this one does not know ${unknown.join(', ')}.`)
  }
}

/** The tables as the source has them: what is older than this program is brought up to date afterwards, with its rows. */
async function createTables(target: Target, contents: Contents, { migrations }: TransferOptions): Promise<void> {
  const columns = columnsFor(target.engine)
  for (const { id, appliedAt } of contents.migrations) {
    for (const statement of migrations.find((migration) => migration.id === id)?.up(columns) ?? []) {
      await target.define(statement)
    }
    await target.recordMigration(id, appliedAt)
  }
  const made = await target.tables()
  assertAlike(contents.tables, made)
  // Rows that a migration makes come from the source as well.
  for (const { name } of made.toReversed()) await target.define(`delete from "${name}"`)
}

async function fill(
  source: RowSource,
  target: Target,
  table: TableContents,
  { progress, leap = 0 }: TransferOptions,
): Promise<TableReport> {
  const digest = new TableDigest(table)
  for await (const lines of source.rows(table)) {
    await target.insert(table, lines)
    digest.add(lines)
    progress(table.name, digest.rows, table.rows)
  }
  if (table.counted !== undefined) await target.setCounter(table, Math.max(table.counter, digest.highest) + leap)
  return { table: table.name, rows: digest.rows, digest: digest.digest() }
}

async function compare(target: Target, { tables }: Contents, report: TableReport): Promise<void> {
  const table = tables.find(({ name }) => name === report.table)
  if (table === undefined) return
  const found = new TableDigest(table)
  for await (const lines of target.rows(table)) found.add(lines)
  if (found.rows !== table.rows || found.rows !== report.rows || found.digest() !== report.digest) {
    throw new TransferRefused('damaged', `${table.name} did not arrive as it left; nothing was kept.`)
  }
}

async function bringUp(target: Target, contents: Contents, { migrations, clock }: TransferOptions): Promise<void> {
  const applied = new Set(contents.migrations.map(({ id }) => id))
  const later = migrations.filter(({ id }) => !applied.has(id)).toSorted((a, b) => (a.id < b.id ? -1 : 1))
  for (const migration of later) {
    for (const statement of migration.up(columnsFor(target.engine))) await target.define(statement)
    await target.recordMigration(migration.id, clock.now())
  }
}
