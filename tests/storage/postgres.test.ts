import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { Client } from 'pg'
import { storageConformance } from '../../packages/authorization-server/src/platform/storage/conformance.ts'
import {
  type Database,
  guarded,
  integer,
  lookup,
  openPostgres,
  raw,
  StorageBusy,
  sql,
  unguarded,
  type Write,
} from '../../packages/authorization-server/src/platform/storage/index.ts'
import { type Cut, cuttingProxy } from '../support/cutting-proxy.ts'
import { type PostgresPlace, postgresPlace, startPostgres } from '../support/postgres.ts'

storageConformance('PostgreSQL', postgresPlace)

const createNumbers = unguarded(raw('create table numbers (n bigint primary key, m bigint not null default 0)'))

function add(n: number): Write {
  return guarded(sql`insert into numbers (n) values (${n})`)
}

function raise(n: number): Write {
  return guarded(sql`update numbers set m = m + 1 where n = ${n}`)
}

async function numbers(database: Database): Promise<readonly number[]> {
  return (await database.all(sql`select n from numbers order by n`)).map((row) => integer(row, 'n'))
}

async function inPlace(use: (place: PostgresPlace) => Promise<void>): Promise<void> {
  const place = await postgresPlace()
  try {
    await use(place)
  } finally {
    await place.remove()
  }
}

/** Holds a row's lock as another node's transaction would. */
async function lock(place: PostgresPlace, n: number): Promise<() => Promise<void>> {
  const other = new Client({ connectionString: place.url })
  await other.connect()
  await other.query('begin')
  await other.query('select n from numbers where n = $1 for update', [n])
  return async () => {
    await other.query('rollback')
    await other.end()
  }
}

/** Writes nothing, slowly. */
const pause = unguarded(sql`insert into numbers (n) select 3 where pg_sleep(0.5) is null`)

void test('lists that deadlock are sent again, and all are written', () =>
  inPlace(async (place) => {
    const database = await place.connect()
    await database.commit([createNumbers, add(1), add(2)])
    const lists = [
      [raise(1), pause, raise(2)],
      [raise(2), pause, raise(1)],
    ]
    const results = await Promise.all(lists.map((list) => database.commit(list)))
    assert.deepEqual(results, [{ won: true }, { won: true }])
    const rows = await database.all(sql`select m from numbers`)
    assert.deepEqual(
      rows.map((row) => integer(row, 'm')),
      [2, 2],
    )
    await database.close()
    await delay(100)
    const [seen] = await place.administer(
      'select pg_stat_force_next_flush(), deadlocks from pg_stat_database where datname = current_database()',
    )
    assert.equal(seen?.['deadlocks'], '1')
  }))

void test('beyond the bound of the queue a commit is busy at once, and nothing of it is written', () =>
  inPlace(async (place) => {
    const database = await place.connect({ maxWaiting: 3 })
    await database.commit([createNumbers])
    const answers = await Promise.allSettled([1, 2, 3, 4, 5].map((n) => database.commit([add(n)])))
    assert.deepEqual(
      answers.map((answer) => answer.status),
      ['fulfilled', 'fulfilled', 'fulfilled', 'rejected', 'rejected'],
    )
    for (const answer of answers) assert.ok(answer.status === 'fulfilled' || answer.reason instanceof StorageBusy)
    assert.deepEqual(await numbers(database), [1, 2, 3])
    await database.close()
  }))

void test('a row that another transaction keeps makes the list busy, and so whoever waits too long behind it', () =>
  inPlace(async (place) => {
    const database = await place.connect({ writers: 1, statementTimeoutMs: 400, maxWaitMs: 150 })
    await database.commit([createNumbers, add(1)])
    const unlock = await lock(place, 1)
    const stuck = assert.rejects(database.commit([raise(1)]), StorageBusy)
    await delay(20)
    await assert.rejects(database.commit([add(2)]), StorageBusy)
    await stuck
    await unlock()
    assert.deepEqual(await database.commit([add(3), raise(1)]), { won: true })
    assert.deepEqual(await numbers(database), [1, 3])
    await database.close()
  }))

void test('connections that the server ended are replaced, and neither reads nor commits notice', () =>
  inPlace(async (place) => {
    const database = await place.connect()
    await database.commit([createNumbers])
    const all = "from pg_stat_activity where datname = current_database() and application_name = 'latchkey'"
    for (let n = 1; n <= 5; n += 1) {
      const running = [n * 10, n * 10 + 1].map((m) => database.commit([add(m)]))
      const reads = [numbers(database), numbers(database)]
      const ended = await place.administer(`select pg_terminate_backend(pid) ${all}`)
      assert.ok(ended.length > 0)
      for (const result of await Promise.all(running)) assert.deepEqual(result, { won: true })
      await Promise.all(reads)
      assert.deepEqual(await database.commit([add(n)]), { won: true })
    }
    assert.equal((await numbers(database)).length, 15)
    await database.close()
  }))

async function throughProxy(how: Cut, saying: string, use: (database: Database) => Promise<void>): Promise<void> {
  await inPlace(async (place) => {
    const { hostname, port } = new URL(place.url)
    const proxy = await cuttingProxy({ host: hostname, port: Number(port) })
    const url = new URL(place.url)
    url.hostname = '127.0.0.1'
    url.port = String(proxy.port)
    const database = await openPostgres({ url: url.href, writers: 2 })
    try {
      await database.commit([createNumbers, add(1)])
      proxy.cut(how, saying)
      await use(database)
      assert.equal(proxy.cuts(), 1)
      await delay(600)
      const [row] = await database.all(sql`select m from numbers where n = 1`)
      assert.equal(integer(row ?? {}, 'm'), 1)
    } finally {
      await database.close()
      await proxy.close()
    }
  })
}

for (const [how, what] of [
  ['replies', 'was written, and its answer lost'],
  ['requests', 'never arrived'],
  ['late', 'arrives after its connection was given up'],
] as const) {
  void test(`a list that ${what} is written once, and told as written`, () =>
    throughProxy(how, 'update numbers', async (database) => {
      assert.deepEqual(await database.commit([raise(1)]), { won: true })
    }))
}

/** A list that may share its transaction. */
function raiseTogether(n: number): Write[] {
  return [guarded(sql`update numbers set m = m + 1 where n = ${n}`, `number ${n}`)]
}

void test('lists that lock one row each share a transaction; one that loses leaves the others alone', () =>
  inPlace(async (place) => {
    const database = await place.connect({ bundlers: 1 })
    const all = [1, 2, 3, 4, 5]
    await database.commit([createNumbers, ...all.map(add)])
    const transactions = 'select distinct xmin from numbers where m = '
    assert.ok((await Promise.all(all.map((n) => database.commit(raiseTogether(n))))).every(({ won }) => won))
    assert.equal((await place.administer(`${transactions} 1`)).length, 1)
    const lists = [
      raiseTogether(1),
      raiseTogether(99),
      raiseTogether(2),
      raiseTogether(2),
      [raiseTogether(3), add(4)].flat(),
    ]
    assert.deepEqual(await Promise.all(lists.map((list) => database.commit(list))), [
      { won: true },
      { won: false, at: 0 },
      { won: true },
      { won: true },
      { won: false, at: 1 },
    ])
    const rows = await database.all(sql`select m from numbers order by n`)
    assert.deepEqual(
      rows.map((row) => integer(row, 'm')),
      [2, 3, 1, 1, 1],
    )
    await database.close()
  }))

void test('lists that share transactions in several processes never wait for each other in a circle', () =>
  inPlace(async (place) => {
    const databases = await Promise.all([1, 2, 3].map(() => place.connect()))
    const [first] = databases
    const all = Array.from({ length: 40 }, (_, at) => at)
    await first?.commit([createNumbers, ...all.map(add)])
    for (let round = 0; round < 20; round += 1) {
      const shuffled = databases.map((database) => ({ database, order: all.toSorted(() => Math.random() - 0.5) }))
      const commits = shuffled.flatMap(({ database, order }) => order.map((n) => database.commit(raiseTogether(n))))
      assert.ok((await Promise.all(commits)).every(({ won }) => won))
    }
    const rows = (await first?.all(sql`select m from numbers`)) ?? []
    assert.deepEqual(new Set(rows.map((row) => integer(row, 'm'))), new Set([60]))
    await Promise.all(databases.map((database) => database.close()))
    const [seen] = await place.administer(
      'select pg_stat_force_next_flush(), deadlocks from pg_stat_database where datname = current_database()',
    )
    assert.equal(seen?.['deadlocks'], '0')
  }))

for (const how of ['replies', 'requests', 'late'] as const) {
  void test(`lists that share a transaction are written once when the connection is cut (${how})`, () =>
    throughProxy(how, 'update numbers', async (database) => {
      await database.commit([add(2), add(3)])
      const won = await Promise.all([1, 2, 3].map((n) => database.commit(raiseTogether(n))))
      assert.deepEqual(won, [{ won: true }, { won: true }, { won: true }])
      const rows = await database.all(sql`select m from numbers`)
      assert.deepEqual(
        rows.map((row) => integer(row, 'm')),
        [1, 1, 1],
      )
    }))
}

void test('a list that lost, and whose answer was lost, is told as lost', () =>
  throughProxy('replies', 'insert into numbers (n, m)', async (database) => {
    const taken = guarded(sql`insert into numbers (n, m) values (${1}, ${0})`)
    assert.deepEqual(await database.commit([raise(1), add(2), taken]), { won: false, at: 2 })
    assert.deepEqual(await database.commit([raise(1)]), { won: true })
  }))

void test('a read whose answer was lost is asked again', () =>
  throughProxy('replies', 'select n from', async (database) => {
    assert.deepEqual(await numbers(database), [1])
    await database.commit([raise(1)])
  }))

void test('an old connection whose lane somebody removed takes a new one', () =>
  inPlace(async (place) => {
    const database = await place.connect({ writers: 1 })
    await database.commit([createNumbers])
    await place.administer('delete from storage_lanes')
    assert.deepEqual(await database.commit([add(1)]), { won: true })
    assert.deepEqual(await numbers(database), [1])
    await database.close()
    assert.deepEqual(await place.administer('select lane from storage_lanes'), [])
  }))

void test('whole numbers beyond 2^53 are refused when read, not rounded', () =>
  inPlace(async (place) => {
    const database = await place.connect()
    await database.commit([createNumbers, add(1)])
    await place.administer('insert into numbers (n) values (9007199254740993)')
    const [first, rest] = await Promise.allSettled([
      numbers(database),
      database.all(sql`select n from numbers where n = 1`),
    ])
    assert.match(first.status === 'rejected' ? String(first.reason) : '', /"n".*2\^53/)
    assert.equal(rest.status, 'fulfilled')
    await database.close()
  }))

void test('lookups that are asked as one fail one by one, and the others are answered', () =>
  inPlace(async (place) => {
    const database = await place.connect({ readers: 1 })
    await database.commit([createNumbers, add(1), add(2), add(4)])
    await place.administer('update numbers set m = 9007199254740993 where n = 2')
    const find = lookup<{ n: number }>(
      (at) => sql`select n, m, 12 / (${at.n} - 4) as share from numbers where n = ${at.n}`,
    )
    const answers = await Promise.allSettled([1, 2, 3, 4].map((n) => database.all(find({ n }))))
    assert.deepEqual(
      answers.map((answer) =>
        answer.status === 'fulfilled' ? answer.value : String(answer.reason).replace(/".*": /, ''),
      ),
      [
        [{ n: 1, m: 0, share: -4 }],
        'TypeError: Column "m" holds a number beyond ±2^53.',
        [],
        'Error: PostgreSQL 22012',
      ],
    )
    await database.close()
  }))

void test('lookups that wait together travel as one statement, and are asked again when its answer was lost', () =>
  throughProxy('replies', 'as asked (key_1, lookup_place)', async (database) => {
    await database.commit([raise(1), add(2), add(3)])
    const find = lookup<{ n: number }>((at) => sql`select n from numbers where n = ${at.n}`)
    const found = await Promise.all([3, 1, 4, 2].map((n) => database.all(find({ n }))))
    assert.deepEqual(
      found.map(([row]) => row?.['n']),
      [3, 1, undefined, 2],
    )
  }))

void test('a server that would lose what it acknowledged is refused, and so is one that nobody answers for', () =>
  inPlace(async (place) => {
    const name = new URL(place.url).pathname.slice(1)
    await place.administer(`alter database ${name} set synchronous_commit = off`)
    await assert.rejects(place.connect(), /synchronous_commit is off/)
    const wrong = new URL(place.url)
    wrong.password = 'correct-horse'
    wrong.port = '1'
    await assert.rejects(openPostgres({ url: wrong.href }), (error: Error) => {
      assert.match(error.message, /cannot be reached/)
      assert.doesNotMatch(error.message, /horse/)
      return true
    })
  }))

void test('what was acknowledged survives kill -9 of the server; what was not written was not told as written', async () => {
  const server = await startPostgres()
  const database = await openPostgres({ url: `${server.url}/postgres`, maxWaitMs: 10_000, resolveMs: 10_000 })
  let isOver = false
  try {
    await database.commit([createNumbers])
    const told = { won: new Set<number>(), busy: new Set<number>() }
    const surprises: string[] = []
    let next = 1
    const writer = async (): Promise<void> => {
      while (!isOver) {
        const n = next
        next += 1
        try {
          const { won } = await database.commit([add(n)])
          if (won) told.won.add(n)
          else surprises.push(`commit ${n} was told as lost`)
        } catch (error) {
          if (error instanceof StorageBusy) told.busy.add(n)
          else surprises.push(`commit ${n}: ${String(error)}`)
        }
      }
    }
    const writers = Array.from({ length: 8 }, writer)
    for (let round = 0; round < 2; round += 1) {
      await delay(300)
      const before = told.won.size
      await server.kill()
      await server.start()
      while (told.won.size === before) await delay(20)
    }
    isOver = true
    await Promise.all(writers)
    const kept = new Set(await numbers(database))
    assert.deepEqual(
      [...told.won].filter((n) => !kept.has(n)),
      [],
    )
    assert.deepEqual(
      [...told.busy].filter((n) => kept.has(n)),
      [],
    )
    assert.ok(told.won.size > 100, `${told.won.size} were acknowledged`)
    assert.deepEqual(surprises, [])
  } finally {
    isOver = true
    await database.close()
    await server.stop()
  }
})
