// SQLite as the source and as the target of a transfer. A source is one read transaction: in WAL mode it is the state of one
// moment, the writer goes on beside it, and the log is not emptied before it ends (sqlite.org/isolation.html, wal.html §6).

import { closeSync, mkdirSync, openSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { bindings } from './bindings.ts'
import { sqliteColumns } from './columns.ts'
import { migrationsTable, unfinishedMark } from './migrate.ts'
import { type Row, StorageBusy, type Write } from './sql.ts'
import type { SqliteValue } from './sqlite-messages.ts'
import { StatementCache, sqliteFault } from './sqlite-statements.ts'
import type { Snapshot, Target } from './transfer.ts'
import {
  type AppliedMigration,
  type Cell,
  type Column,
  type Line,
  type TableContents,
  type TableShape,
  TransferRefused,
} from './transfer-source.ts'
import { engineTables, inOrderOfReferences, quoted, selectText } from './transfer-tables.ts'

const busyTimeoutMs = 5000
/** A command that only looks is gone by then; a server stays. */
const briefMs = 1500
const rowsPerBatch = 250

const beingRead =
  'The database is open elsewhere. A copy is only whole when nobody can write beside it: stop the server, and try again.'
const beingFilled = 'Another process is writing into this database.'

/** @throws TransferRefused when it is to be alone and is not */
export async function openSqliteSnapshot(file: string, alone: boolean): Promise<Snapshot> {
  const database = new DatabaseSync(resolve(file), { readOnly: !alone, timeout: alone ? briefMs : busyTimeoutMs })
  try {
    // With this lock no other connection, not even an idle one, can have the file open (sqlite.org/pragma.html#pragma_locking_mode).
    if (alone) database.exec('pragma locking_mode = exclusive')
    database.exec('begin')
    const migrations = migrationsOf(database)
    const shapes = shapesOf(database)
    const tables = shapes.map((shape) => contentsOf(database, shape))
    return {
      engine: 'sqlite',
      contents: { migrations, tables },
      rows: (table) => rowsOf(database, table),
      finish: async () => {},
      all: async ({ sql, values }) => allRows(database, sql, values),
      close: async () => database.close(),
    }
  } catch (error) {
    database.close()
    if (sqliteFault(error) === 'busy') throw new TransferRefused('in-use', beingRead, { cause: error })
    throw error
  }
}

function allRows(database: DatabaseSync, text: string, values: readonly unknown[]): readonly Row[] {
  return database.prepare(text).all(...values.map((value) => (typeof value === 'number' ? value : String(value))))
}

function namesOf(database: DatabaseSync): readonly string[] {
  const rows = allRows(database, `select name from sqlite_schema where type = 'table' and name not like 'sqlite_%'`, [])
  return rows.map((row) => String(row['name']))
}

function migrationsOf(database: DatabaseSync): readonly AppliedMigration[] {
  if (!namesOf(database).includes('schema_migrations')) return []
  const rows = allRows(database, 'select id, applied_at from schema_migrations order by id', [])
  return rows.map((row) => ({ id: String(row['id']), appliedAt: Number(row['applied_at']) }))
}

function shapesOf(database: DatabaseSync): readonly TableShape[] {
  const names = namesOf(database).filter((name) => !engineTables.includes(name))
  return inOrderOfReferences(names.map((name) => shapeOf(database, name)))
}

function shapeOf(database: DatabaseSync, name: string): TableShape {
  const columns = allRows(database, 'select name, type, pk from pragma_table_info(?) order by cid', [name])
  const pointed = allRows(database, 'select distinct "table" as name from pragma_foreign_key_list(?)', [name])
  const [schema] = allRows(database, `select sql from sqlite_schema where type = 'table' and name = ?`, [name])
  const key = columns
    .filter((row) => Number(row['pk']) > 0)
    .toSorted((a, b) => Number(a['pk']) - Number(b['pk']))
    .map((row) => String(row['name']))
  if (key.length === 0) throw new Error(`The table ${name} has no primary key.`)
  return {
    name,
    columns: columns.map((row) => ({ name: String(row['name']), kind: kindOf(name, String(row['type'])) })),
    key,
    references: pointed.map((row) => String(row['name'])),
    counted: /\bautoincrement\b/i.test(String(schema?.['sql'])) ? key[0] : undefined,
  }
}

function kindOf(table: string, type: string): Column['kind'] {
  switch (type.toLowerCase()) {
    case 'integer':
      return 'integer'
    case 'text':
      return 'text'
    case 'blob':
      return 'bytes'
    default:
      throw new Error(`The table ${table} has a column of type ${type}, which cannot be moved.`)
  }
}

function contentsOf(database: DatabaseSync, { name, columns, counted }: TableShape): TableContents {
  const [count] = allRows(database, `select count(*) as rows from ${quoted(name)}`, [])
  const [sequence] =
    counted === undefined ? [] : allRows(database, 'select seq from sqlite_sequence where name = ?', [name])
  return { name, columns, counted, rows: Number(count?.['rows']), counter: Number(sequence?.['seq'] ?? 0) }
}

async function* rowsOf(database: DatabaseSync, table: TableContents): AsyncGenerator<readonly Line[]> {
  const statement = database.prepare(selectText(table, shapeOf(database, table.name).key))
  statement.setReturnArrays(true)
  let batch: Line[] = []
  for (const row of statement.iterate()) {
    const cells: unknown = row
    batch.push(Array.isArray(cells) ? cells.map((cell: unknown) => cellOf(cell)) : [])
    if (batch.length === rowsPerBatch) {
      yield batch
      batch = []
    }
  }
  if (batch.length > 0) yield batch
}

function cellOf(cell: unknown): Cell {
  if (cell === null || typeof cell === 'string' || cell instanceof Uint8Array) return cell
  if (typeof cell === 'number' && Number.isSafeInteger(cell)) return cell
  throw new TypeError('A column holds a value that only SQLite stores.')
}

/** Opens or creates the file, for its owner only. */
export async function openSqliteTarget(file: string): Promise<Target> {
  const path = resolve(file)
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  closeSync(openSync(path, 'a', 0o600))
  return new SqliteTarget(new DatabaseSync(path, { timeout: busyTimeoutMs }))
}

class SqliteTarget implements Target {
  readonly engine = 'sqlite'
  readonly #database: DatabaseSync
  readonly #statements: StatementCache

  constructor(database: DatabaseSync) {
    this.#database = database
    this.#statements = new StatementCache(database, 64)
  }

  async begin(): Promise<void> {
    const database = this.#database
    try {
      this.#assertEmpty()
      database.exec('pragma journal_mode = wal; pragma synchronous = full; pragma fullfsync = on; begin immediate')
      this.#assertEmpty()
      database.exec(migrationsTable(sqliteColumns))
      this.#write('insert into schema_migrations (id, applied_at) values (?, 0) on conflict do nothing', [
        unfinishedMark,
      ])
      database.exec('commit; begin immediate')
      // Between the two, another process may have begun as well.
      this.#assertEmpty()
    } catch (error) {
      if (sqliteFault(error) === 'busy') throw new StorageBusy(beingFilled, { cause: error })
      throw error
    }
  }

  #assertEmpty(): void {
    const names = namesOf(this.#database).filter((name) => name !== 'schema_migrations')
    const applied = migrationsOf(this.#database).filter(({ id }) => id !== unfinishedMark)
    if (names.length + applied.length > 0) {
      throw new TransferRefused('not-empty', `${this.#database.location() ?? 'The database'} is not empty.`)
    }
  }

  async define(statement: string): Promise<void> {
    this.#database.exec(statement)
  }

  async recordMigration(id: string, appliedAt: number): Promise<void> {
    this.#write('insert into schema_migrations (id, applied_at) values (?, ?)', [id, BigInt(appliedAt)])
  }

  async tables(): Promise<readonly TableShape[]> {
    return shapesOf(this.#database)
  }

  async insert({ name, columns }: TableContents, lines: readonly Line[]): Promise<void> {
    const names = columns.map((column) => quoted(column.name)).join(', ')
    const text = `insert into ${quoted(name)} (${names}) values (${columns.map(() => '?').join(', ')})`
    const { statement } = this.#statements.prepare(text)
    for (const line of lines) statement.run(...line.map(sqliteValue))
  }

  async setCounter({ name }: TableContents, last: number): Promise<void> {
    this.#write('delete from sqlite_sequence where name = ?', [name])
    this.#write('insert into sqlite_sequence (name, seq) values (?, ?)', [name, BigInt(last)])
  }

  rows(table: TableContents): AsyncIterable<readonly Line[]> {
    return rowsOf(this.#database, table)
  }

  async apply({ statement, rows }: Write): Promise<void> {
    const touched = this.#write(statement.sql, bindings(statement).map(sqliteValue))
    if (rows !== 'any' && touched !== rows) throw new Error(`${touched} rows were changed where ${rows} should be.`)
  }

  async finish(): Promise<void> {
    this.#write('delete from schema_migrations where id = ?', [unfinishedMark])
    this.#database.exec('commit; pragma wal_checkpoint(truncate)')
  }

  async close(): Promise<void> {
    if (this.#database.isTransaction) this.#database.exec('rollback')
    this.#database.close()
  }

  #write(text: string, values: readonly SqliteValue[]): number {
    return Number(this.#statements.prepare(text).statement.run(...values).changes)
  }
}

/** A JavaScript number would be bound as REAL. */
function sqliteValue(cell: Cell): SqliteValue {
  return typeof cell === 'number' ? BigInt(cell) : cell
}
