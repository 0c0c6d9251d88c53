// PostgreSQL as the source and as the target of a transfer, on one connection and in one transaction, so that a pooler in
// transaction mode may stand between. A source is repeatable read: the state of one moment (postgresql.org/docs/current/transaction-iso.html).

import { Client, type QueryArrayResult } from 'pg'
import { bindings } from './bindings.ts'
import { postgresColumns } from './columns.ts'
import { integer, text } from './decode.ts'
import { migrationsTable, unfinishedMark } from './migrate.ts'
import { rowOf, wireValue } from './postgres-values.ts'
import type { Row, Write } from './sql.ts'
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

const rowsPerBatch = 250
const transferLock = 0x6c61_7472
const ownName = 'latchkey-transfer'

async function connect(url: string): Promise<Client> {
  const client = new Client({ connectionString: url, fallback_application_name: ownName, keepAlive: true })
  client.on('error', () => {
    // What broke is told by the query that waits, or by the next one.
  })
  await client.connect()
  return client
}

/** Answers as text: this file knows its columns better than the types of `pg` do. */
async function ask(
  client: Client,
  query: string,
  values: readonly unknown[] = [],
): Promise<QueryArrayResult<(string | null)[]>> {
  const types = { getTypeParser: () => (value: string | Buffer) => value }
  return client.query<(string | null)[]>({ text: query, values: [...values], rowMode: 'array', types })
}

async function all(client: Client, query: string, values: readonly unknown[] = []): Promise<readonly Row[]> {
  const { fields, rows } = await ask(client, query, values)
  return rows.map((row) => rowOf(fields, row))
}

const transactionSettings = `
  set local statement_timeout = 0; set local idle_in_transaction_session_timeout = 0; set local lock_timeout = '5s';
  set local synchronous_commit = on`

/** @throws TransferRefused when it is to be alone and is not */
export async function openPostgresSnapshot(url: string, alone: boolean): Promise<Snapshot> {
  const client = await connect(url)
  try {
    const names = alone ? await assertAlone(client) : []
    await client.query(`begin isolation level repeatable read read only; ${transactionSettings}`)
    // The first statement that reads decides the moment: nothing changes after the lock, and nothing was missed before it.
    if (names.length > 0) await client.query(`lock table ${names.map(quoted).join(', ')} in share mode`)
    const migrations = await migrationsOf(client)
    const tables: TableContents[] = []
    for (const shape of await shapesOf(client)) tables.push(await contentsOf(client, shape))
    return {
      engine: 'postgres',
      contents: { migrations, tables },
      rows: (table) => rowsOf(client, table),
      finish: async () => {},
      all: (query) => all(client, query.text, bindings(query).map(wireValue)),
      close: () => client.end(),
    }
  } catch (error) {
    await client.end()
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === '55P03') throw new TransferRefused('in-use', 'Somebody writes into the database.', { cause: error })
    throw error
  }
}

/** Servers that only wait count as well: what they write after the copy would be lost. */
async function assertAlone(client: Client): Promise<readonly string[]> {
  const [row] = await all(
    client,
    `select count(*) as others from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()
      and application_name = 'latchkey'`,
  )
  if (row !== undefined && integer(row, 'others') > 0) {
    const what = 'A server is connected to the database. A copy is only whole when nobody can write beside it'
    throw new TransferRefused('in-use', `${what}: stop all servers, and try again.`)
  }
  return namesOf(client)
}

async function namesOf(client: Client): Promise<readonly string[]> {
  const rows = await all(
    client,
    `select c.relname as name from pg_class c where c.relnamespace = current_schema()::regnamespace
      and c.relkind in ('r', 'p') order by c.relname collate "C"`,
  )
  return rows.map((row) => text(row, 'name'))
}

async function migrationsOf(client: Client): Promise<readonly AppliedMigration[]> {
  if (!(await namesOf(client)).includes('schema_migrations')) return []
  const rows = await all(client, 'select id, applied_at from schema_migrations order by id')
  return rows.map((row) => ({ id: text(row, 'id'), appliedAt: integer(row, 'applied_at') }))
}

async function shapesOf(client: Client): Promise<readonly TableShape[]> {
  const names = (await namesOf(client)).filter((name) => !engineTables.includes(name))
  const shapes: TableShape[] = []
  for (const name of names) shapes.push(await shapeOf(client, name))
  return inOrderOfReferences(shapes)
}

async function shapeOf(client: Client, name: string): Promise<TableShape> {
  const table = [quoted(name)]
  const columns = await all(
    client,
    `select attname as name, format_type(atttypid, null) as type, attidentity <> '' as counted from pg_attribute
      where attrelid = $1::regclass and attnum > 0 and not attisdropped order by attnum`,
    table,
  )
  const keys = await all(
    client,
    `select a.attname as name from pg_index i cross join unnest(i.indkey) with ordinality as k (attnum, place)
      join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.attnum
      where i.indrelid = $1::regclass and i.indisprimary order by k.place`,
    table,
  )
  const references = await all(
    client,
    `select distinct c.relname as name from pg_constraint f join pg_class c on c.oid = f.confrelid
      where f.conrelid = $1::regclass and f.contype = 'f'`,
    table,
  )
  if (keys.length === 0) throw new Error(`The table ${name} has no primary key.`)
  const counted = columns.find((row) => row['counted'] === true)
  return {
    name,
    columns: columns.map((row) => ({ name: text(row, 'name'), kind: kindOf(name, text(row, 'type')) })),
    key: keys.map((row) => text(row, 'name')),
    references: references.map((row) => text(row, 'name')),
    counted: counted && text(counted, 'name'),
  }
}

function kindOf(table: string, type: string): Column['kind'] {
  switch (type) {
    case 'bigint':
    case 'integer':
    case 'smallint':
      return 'integer'
    case 'text':
      return 'text'
    case 'bytea':
      return 'bytes'
    default:
      throw new Error(`The table ${table} has a column of type ${type}, which cannot be moved.`)
  }
}

async function contentsOf(client: Client, { name, columns, counted }: TableShape): Promise<TableContents> {
  const [count] = await all(client, `select count(*) as rows from ${quoted(name)}`)
  const rows = count === undefined ? 0 : integer(count, 'rows')
  if (counted === undefined) return { name, columns, counted, rows, counter: 0 }
  const [sequence] = await all(
    client,
    `select case when is_called then last_value else last_value - 1 end as last from ${await sequenceOf(client, name, counted)}`,
  )
  return { name, columns, counted, rows, counter: sequence === undefined ? 0 : integer(sequence, 'last') }
}

/** Its name, quoted by the server. */
async function sequenceOf(client: Client, table: string, column: string): Promise<string> {
  const [row] = await all(client, 'select pg_get_serial_sequence($1, $2) as name', [quoted(table), column])
  if (row === undefined) throw new Error(`${table}.${column} is not counted.`)
  return text(row, 'name')
}

async function* rowsOf(client: Client, table: TableContents): AsyncGenerator<readonly Line[]> {
  const { key } = await shapeOf(client, table.name)
  await client.query(`declare transfer_rows no scroll cursor for ${selectText(table, key)}`)
  for (;;) {
    const { rows } = await ask(client, `fetch ${rowsPerBatch} from transfer_rows`)
    if (rows.length > 0) yield rows.map((row) => row.map((value, at) => cellOf(value, table, at)))
    if (rows.length < rowsPerBatch) break
  }
  await client.query('close transfer_rows')
}

function cellOf(value: string | null, { name, columns }: TableContents, at: number): Cell {
  const kind = columns[at]?.kind
  if (value === null || kind === 'text') return value
  if (kind === 'bytes') return Buffer.from(value.slice(2), 'hex')
  const number = Number(value)
  if (!Number.isSafeInteger(number)) throw new TypeError(`A column of ${name} holds a number beyond ±2^53.`)
  return number
}

export async function openPostgresTarget(url: string): Promise<Target> {
  return new PostgresTarget(await connect(url))
}

const arrays = { integer: 'bigint[]', text: 'text[]', bytes: 'bytea[]' } as const

class PostgresTarget implements Target {
  readonly engine = 'postgres'
  readonly #client: Client

  constructor(client: Client) {
    this.#client = client
  }

  async begin(): Promise<void> {
    const client = this.#client
    await this.#enter()
    await client.query(migrationsTable(postgresColumns))
    await client.query('insert into schema_migrations (id, applied_at) values ($1, 0) on conflict do nothing', [
      unfinishedMark,
    ])
    await client.query('commit')
    // Between the two, another process may have begun as well.
    await this.#enter()
  }

  async #enter(): Promise<void> {
    await this.#client.query(`begin; ${transactionSettings}`)
    const [row] = await all(this.#client, 'select pg_try_advisory_xact_lock($1) as alone', [transferLock])
    if (row?.['alone'] !== true) throw new TransferRefused('in-use', 'Another process is filling this database.')
    const names = (await namesOf(this.#client)).filter((name) => !engineTables.includes(name))
    const applied = (await migrationsOf(this.#client)).filter(({ id }) => id !== unfinishedMark)
    if (names.length + applied.length > 0)
      throw new TransferRefused('not-empty', 'The PostgreSQL database is not empty.')
  }

  async define(statement: string): Promise<void> {
    await this.#client.query(statement)
  }

  async recordMigration(id: string, appliedAt: number): Promise<void> {
    await this.#client.query('insert into schema_migrations (id, applied_at) values ($1, $2)', [id, appliedAt])
  }

  tables(): Promise<readonly TableShape[]> {
    return shapesOf(this.#client)
  }

  async insert({ name, columns }: TableContents, lines: readonly Line[]): Promise<void> {
    const names = columns.map((column) => quoted(column.name)).join(', ')
    const places = columns.map(({ kind }, at) => `$${at + 1}::${arrays[kind]}`).join(', ')
    await this.#client.query({
      name: `transfer_${name}`,
      text: `insert into ${quoted(name)} (${names}) select * from unnest(${places})`,
      values: columns.map((_, at) => lines.map((line) => arrayValue(line[at] ?? null))),
    })
  }

  async setCounter({ name, counted }: TableContents, last: number): Promise<void> {
    const sequence = await sequenceOf(this.#client, name, counted ?? '')
    await this.#client.query('select setval($1::regclass, greatest($2::bigint, 1), $2::bigint > 0)', [sequence, last])
  }

  rows(table: TableContents): AsyncIterable<readonly Line[]> {
    return rowsOf(this.#client, table)
  }

  async apply({ statement, rows }: Write): Promise<void> {
    const { rowCount } = await this.#client.query(statement.text, bindings(statement).map(wireValue))
    if (rows !== 'any' && rowCount !== rows) throw new Error(`${rowCount} rows were changed where ${rows} should be.`)
  }

  async finish(): Promise<void> {
    await this.#client.query('delete from schema_migrations where id = $1', [unfinishedMark])
    await this.#client.query('commit')
  }

  close(): Promise<void> {
    return this.#client.end()
  }
}

/** `pg` writes arrays of text, and knows bytes in them only as a Buffer. */
function arrayValue(cell: Cell): string | Buffer | null {
  return wireValue(cell)
}
