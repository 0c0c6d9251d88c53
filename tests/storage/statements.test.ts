// One SQL text on two engines: every migration and every statement of every store runs on both, and both answer the same.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import {
  type Database,
  guarded,
  join,
  migrate,
  type Removal,
  sql,
  text,
  type Write,
} from '../../packages/authorization-server/src/platform/storage/index.ts'
import { migrations } from '../../packages/authorization-server/src/schema.ts'
import { type PostgresPlace, postgresPlace } from '../support/postgres.ts'
import { type SqlitePlace, sqlitePlace } from './place.ts'
import { now, type StoreFunction, storeFunctions } from './store-functions.ts'

let places: readonly [SqlitePlace, PostgresPlace]
let sqlite: Database
let postgres: Database

before(async () => {
  places = [await sqlitePlace(), await postgresPlace()]
  ;[sqlite, postgres] = await Promise.all([places[0].connect(), places[1].connect()])
})

after(async () => {
  for (const database of [sqlite, postgres]) await database.close()
  for (const place of places) await place.remove()
})

function isWrite(value: unknown): value is Write {
  return typeof value === 'object' && value !== null && 'statement' in value
}

function isRemoval(value: unknown): value is Removal {
  return typeof value === 'object' && value !== null && 'named' in value && 'write' in value
}

async function outcome(database: Database, made: unknown): Promise<unknown> {
  if (isWrite(made)) return database.commit([made])
  if (isRemoval(made)) return [await database.all(made.named), await database.commit([made.write])]
  return made
}

/** What the calls of a function answer, or why they do not. */
async function answers(one: StoreFunction, database: Database): Promise<readonly string[]> {
  const told: string[] = []
  for (const call of one.call(database)) {
    const answer = await outcome(database, await call()).catch((error: unknown) => String(error))
    // A refused insert costs PostgreSQL a number of its sequence, and SQLite none.
    told.push((JSON.stringify(answer) ?? 'undefined').replaceAll(/"(row|clientRow|id)":\d+/g, '"$1":0'))
  }
  return told
}

async function compare(functions: readonly StoreFunction[]): Promise<readonly string[]> {
  const all: string[] = []
  for (const one of functions) {
    const there = await answers(one, sqlite)
    const told = there.map((answer) => `${one.name} ${answer}`)
    assert.deepEqual(
      (await answers(one, postgres)).map((answer) => `${one.name} ${answer}`),
      told,
    )
    for (const answer of told) assert.doesNotMatch(answer, /Error/)
    all.push(...told)
  }
  return all
}

void test('the migrations run on both engines, and make the same tables', async () => {
  const [there, here] = await Promise.all([sqlite, postgres].map((one) => migrate(one, migrations, { now: () => now })))
  assert.deepEqual(here, there)
  const tables = await sqlite.all(sql`
    select m.name as "table", c.name as "column" from sqlite_schema m join pragma_table_info(m.name) c
    where m.type = 'table' and m.name not like 'sqlite%' order by 1, 2`)
  const inPostgres = await postgres.all(sql`
    select table_name as "table", column_name as "column" from information_schema.columns
    where table_schema = current_schema() and table_name <> 'storage_lanes'
    order by table_name collate "C", column_name collate "C"`)
  assert.deepEqual(
    inPostgres.map((row) => [text(row, 'table'), text(row, 'column')]),
    tables.map((row) => [text(row, 'table'), text(row, 'column')]),
  )
})

void test('every statement of every store answers the same on both engines', async () => {
  const functions = await storeFunctions()
  assert.ok(functions.length > 80, `${functions.length} functions were found`)
  // Once for the rows that others rest on, once with them there, once back to front, when much is gone.
  const inserts = functions.filter(
    ({ name, answers: kind }) => kind === 'write' && /\.(create|insert|put|give)/.test(name),
  )
  const first = await compare([...inserts, ...inserts])
  const second = await compare(functions)
  const third = await compare(functions.toReversed())
  // A comparison of nothing with nothing would prove little.
  const won = new Set([...first, ...second, ...third].filter((told) => told.includes('"won":true')))
  assert.ok(won.size > 40, `${won.size} writes were met`)
  const rows = [...second, ...third].filter((told) => told.includes('{') && !told.includes('"won"'))
  assert.ok(rows.length > 25, `${rows.length} reads found rows`)
})

void test('what has run out is found by an index: a sweep every minute reads no table as a whole', async () => {
  let seen = 0
  for (const one of await storeFunctions()) {
    for (const call of one.call(sqlite)) {
      const made = await call()
      if (!isRemoval(made)) continue
      seen += 1
      const plan = await sqlite.all(join([sql`explain query plan`, made.named], ' '))
      const details = plan.map((row) => text(row, 'detail'))
      // What was found before, and a table of a dozen rows.
      const whole = details.filter((detail) => /^SCAN \w+$/.test(detail) && !/ (over|signing_keys)$/.test(detail))
      assert.deepEqual(whole, [], `${one.name}: ${details.join(', ')}`)
    }
  }
  assert.ok(seen >= 9, `${seen} removals were found`)
})

void test('a statement that only one engine understands fails the comparison', async () => {
  const glob: StoreFunction = {
    name: 'sqlite only',
    answers: 'write',
    call: () => [() => guarded(sql`insert or ignore into scope_sets (scopes) values (${'x'})`)],
  }
  await assert.rejects(compare([glob]), assert.AssertionError)
})
