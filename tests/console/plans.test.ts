// Every list that the declarations allow is found through an index, on both engines: each filter with each sort, from each end and
// from the middle, each search. Nothing that may be large is read as a whole, or sorted as a whole. A new noun or filter is in by itself.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Client } from 'pg'
import { consoleDesks } from '../../packages/authorization-server/src/features/console/index.ts'
import {
  countAll,
  countEntries,
  inSteadyOrder,
  listEntries,
  type Noun,
  parseListQuery,
} from '../../packages/authorization-server/src/platform/console/index.ts'
import { Parameters } from '../../packages/authorization-server/src/platform/http/index.ts'
import {
  type Database,
  type Query,
  raw,
  sql,
  unguarded,
} from '../../packages/authorization-server/src/platform/storage/index.ts'
import { postgresPlace } from '../support/postgres.ts'
import { startTestServer, type TestServer } from '../support/server.ts'

const large = ['users', 'clients', 'grants', 'consents', 'sessions', 'events']

/** One of each kind that is told apart. */
const values: Readonly<Record<Noun['filters'][number]['kind'], readonly string[]>> = {
  flag: ['yes', 'no'],
  presence: ['yes', 'no'],
  choice: [],
  reference: ['1'],
  exact: ['192.0.2.1'],
  member: ['1'],
  period: ['2027-01-15', '2027-01-15..', '..2027-01-15'],
}

interface Asked {
  readonly name: string
  readonly query: Readonly<Record<string, string>>
}

function listsOf(noun: Noun): readonly Asked[] {
  const filters = noun.filters.flatMap((filter) => {
    const some = filter.kind === 'choice' ? filter.choices.slice(0, 1).map(({ value }) => value) : values[filter.kind]
    return some.map((value) => ({ [filter.name]: value }))
  })
  const sorts = noun.sorts.flatMap(({ name }) => [{ sort: name }, { sort: `-${name}` }])
  const narrowed: readonly Asked['query'][] = [{}, ...filters]
  const queries = narrowed.flatMap((query) => [
    ...sorts.map((sort) => ({ ...query, ...sort })),
    ...(noun.search.length === 0 ? [] : ['1', 'a', 'a@example.com'].map((q) => ({ ...query, q }))),
  ])
  return queries.map((query) => ({ name: new URLSearchParams(query).toString(), query }))
}

/** The statements of its first page, of a page in the middle from both sides, and of its count, as with so many rows. */
async function statementsOf(database: Database, noun: Noun, { query }: Asked, rows: number): Promise<readonly Query[]> {
  const asked: Query[] = []
  let walked = 0
  const listening: Database = {
    engine: database.engine,
    commit: (writes) => database.commit(writes),
    close: () => database.close(),
    async all(one) {
      asked.push(one)
      if (one.sql.includes('as counted')) return [{ counted: rows, looked_at: 1, last: null }]
      // The place up to which an order is walked, and then its end.
      walked += one.sql.includes('offset') ? 1 : 0
      if (one.sql.includes('offset') && walked % 2 === 1)
        return [{ [noun.key.column]: keyOf(noun), sorted_by: sortedBy }]
      return []
    },
  }
  const { query: parsed, faults } = parseListQuery(noun, new Parameters(Object.entries(query)), noSeal)
  assert.deepEqual(faults, [])
  const sortedBy = parsed.search === undefined ? valueOf(noun, parsed.sort) : 'a'
  const branch = parsed.search === undefined ? 0 : noun.search.findIndex(({ match }) => match === 'prefix')
  const place = branch < 0 ? undefined : { branch, value: sortedBy, key: keyOf(noun) }
  await listEntries(listening, noun, parsed, undefined)
  await listEntries(listening, noun, { ...parsed, after: place }, undefined)
  await listEntries(listening, noun, { ...parsed, before: place }, undefined)
  await countEntries(listening, noun, parsed, undefined)
  if (parsed.search !== undefined) return distinct(asked)
  // As a file.
  const whole = inSteadyOrder(noun, parsed)
  await listEntries(listening, noun, whole, undefined)
  await listEntries(
    listening,
    noun,
    { ...whole, after: { branch: 0, value: valueOf(noun, whole.sort), key: keyOf(noun) } },
    undefined,
  )
  await countAll(listening, noun, parsed, undefined)
  return distinct(asked)
}

function distinct(asked: readonly Query[]): readonly Query[] {
  return [...new Map(asked.map((one) => [one.sql, one])).values()]
}

const noSeal = { tag: () => '', untag: () => undefined }

function keyOf({ key }: Noun): string | number {
  return key.kind === 'number' ? 1 : 'a'
}

function valueOf(noun: Noun, { column, absent }: Noun['sorts'][number]): string | number {
  if (absent !== undefined) return absent
  const isText = column === noun.key.column ? noun.key.kind === 'text' : !/^id$|_at$|^at$|position/.test(column)
  return isText ? 'a' : 1
}

/** A count ends early, what has been gathered is few, and one row is found by its key: these may be read and sorted as they come. */
function isBounded(query: Query): boolean {
  const asked = query.sql
  return asked.includes('as counted') || asked.includes('chosen_rows') || /where (?:id|kid) = \?/.test(asked)
}

/** What an engine does that would take long with many rows. */
type Explain = (query: Query, noun: Noun) => Promise<readonly string[]>

let explained = 0
function onSqlite(database: Database): Explain {
  explained += 1
  // Kept under its text, an explanation would not see that an index is gone.
  const words = `explain /* ${explained} */ query plan`
  return async (query, { table }) => {
    const rows = await database.all({ ...query, sql: `${words} ${query.sql}` })
    // The order of a table is that of its numbers: no more is read of it than is shown.
    const isInKeyOrder = /order by id (?:asc|desc)?\s*limit/.test(query.sql)
    return rows
      .map(({ detail }) => String(detail))
      .filter(
        (step) =>
          step.startsWith('USE TEMP B-TREE FOR') || (!isInKeyOrder && (step === `SCAN ${table}` || step === 'SCAN k')),
      )
  }
}

/**
 * Asked to avoid it: where it still does, there is no index. What it sorts incrementally are rows that
 * are alike in a unique column; and of what contradicts itself it knows that there are no rows.
 */
function onPostgres(client: Client): Explain {
  return async (query) => {
    const { rows } = await client.query<Record<string, unknown>>(`explain ${query.text}`, [...query.values])
    return rows
      .map((row) => String(row['QUERY PLAN']))
      .filter((step) => /(?<!Incremental )Sort {2}\(|Seq Scan/.test(step) && !/ rows=0 /.test(step))
  }
}

async function faultsOf({ context }: TestServer, explain: Explain): Promise<readonly string[]> {
  const nouns = (await consoleDesks(context)).map(({ noun }) => noun).filter(({ name }) => large.includes(name))
  assert.deepEqual(nouns.map(({ name }) => name).toSorted(), large.toSorted())
  const faults = new Set<string>()
  const seen = new Set<string>()
  for (const noun of nouns) {
    for (const list of listsOf(noun)) {
      for (const rows of [60_000, 5_000, 10]) {
        for (const query of await statementsOf(context.database, noun, list, rows)) {
          if (isBounded(query) || seen.has(query.sql)) continue
          seen.add(query.sql)
          for (const step of await explain(query, noun)) faults.add(`${noun.name}?${list.name}: ${step}: ${query.sql}`)
        }
      }
    }
  }
  assert.ok(seen.size > 200, String(seen.size))
  return [...faults]
}

test('on SQLite no list of what may be large is read or sorted as a whole', async () => {
  const server = await startTestServer()
  try {
    const { database } = server.context
    assert.deepEqual(await faultsOf(server, onSqlite(database)), [])
    await database.commit([unguarded(raw('drop index users_by_last_name'))])
    // An explanation alone does not notice.
    await database.all(sql`select 1 as one from users limit 1`)
    const faults = await faultsOf(server, onSqlite(database))
    assert.ok(
      faults.some((fault) => fault.startsWith('users?sort=last_name')),
      'a missing index is found',
    )
  } finally {
    await server.close()
  }
})

test('on PostgreSQL there is an index for each of them as well', async () => {
  const place = await postgresPlace()
  const server = await startTestServer({ settings: { server: { databaseUrl: place.url } } })
  const client = new Client({ connectionString: place.url })
  await client.connect()
  try {
    await client.query('set enable_seqscan = off; set enable_sort = off; set enable_bitmapscan = off')
    assert.deepEqual(await faultsOf(server, onPostgres(client)), [])
  } finally {
    await client.end()
    await server.close()
    await place.remove()
  }
})
