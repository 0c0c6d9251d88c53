import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { open, stat } from 'node:fs/promises'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { storageConformance } from '../../packages/authorization-server/src/platform/storage/conformance.ts'
import {
  type Database,
  guarded,
  integer,
  raw,
  StorageBusy,
  StorageFailed,
  sql,
  unguarded,
  type Write,
} from '../../packages/authorization-server/src/platform/storage/index.ts'
import { type SqlitePlace, sqlitePlace } from './place.ts'

storageConformance('SQLite', sqlitePlace)

const createNumbers = unguarded(raw('create table numbers (n integer primary key, t text) strict'))

function add(n: number): Write {
  return guarded(sql`insert into numbers (n) values (${n})`)
}

async function numbers(database: Database): Promise<readonly number[]> {
  return (await database.all(sql`select n from numbers order by rowid`)).map((row) => integer(row, 'n'))
}

async function inPlace(use: (place: SqlitePlace) => Promise<void>): Promise<void> {
  const place = await sqlitePlace()
  try {
    await use(place)
  } finally {
    await place.remove()
  }
}

/** Holds the write lock as another process would. */
function lock(file: string): () => void {
  const other = new DatabaseSync(file)
  other.exec('begin immediate')
  return () => {
    other.exec('rollback')
    other.close()
  }
}

void test('500 commits at once need far fewer syncs, and keep their order', () =>
  inPlace(async (place) => {
    const database = await place.connect()
    await database.commit([unguarded(raw('create table log (at integer primary key autoincrement, n integer) strict'))])
    const before = database.statistics()
    const order = Array.from({ length: 500 }, (_, index) => index)
    await Promise.all(order.map((n) => database.commit([guarded(sql`insert into log (n) values (${n})`)])))
    const after = database.statistics()
    assert.equal(after.lists - before.lists, 500)
    assert.ok(after.batches - before.batches <= 5, `${after.batches - before.batches} batches`)
    const rows = await database.all(sql`select n from log order by at`)
    assert.deepEqual(
      rows.map((row) => integer(row, 'n')),
      order,
    )
    await database.close()
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
    assert.deepEqual(await database.commit([add(6)]), { won: true })
    await database.close()
  }))

void test('while the disk stalls, whoever waited too long is busy, and so is whoever comes then', () =>
  inPlace(async (place) => {
    const database = await place.connect({ busyTimeoutMs: 5000, maxWaitMs: 100 })
    await database.commit([createNumbers])
    const unlock = lock(place.file)
    const stuck = database.commit([add(1)])
    await delay(20)
    const waiting = assert.rejects(database.commit([add(2)]), StorageBusy)
    await waiting
    await assert.rejects(database.commit([add(3)]), StorageBusy)
    unlock()
    assert.deepEqual(await stuck, { won: true })
    assert.deepEqual(await database.commit([add(4)]), { won: true })
    assert.deepEqual(await numbers(database), [1, 4])
    await database.close()
  }))

void test('a lock that another process keeps makes the whole batch busy, and the next one is written', () =>
  inPlace(async (place) => {
    const database = await place.connect({ busyTimeoutMs: 50 })
    await database.commit([createNumbers])
    const unlock = lock(place.file)
    const answers = await Promise.allSettled([database.commit([add(1)]), database.commit([add(2)])])
    for (const answer of answers) assert.ok(answer.status === 'rejected' && answer.reason instanceof StorageBusy)
    assert.deepEqual(await numbers(database), [])
    unlock()
    assert.deepEqual(await database.commit([add(3)]), { won: true })
    await database.close()
  }))

void test('a damaged file fails the whole batch, calls onFatal once, and refuses further writes', () =>
  inPlace(async (place) => {
    const first = await place.connect()
    await first.commit([createNumbers, unguarded(raw('create table sound (n integer primary key) strict'))])
    const filler = 'x'.repeat(1000)
    await first.commit(
      Array.from({ length: 400 }, (_, n) => guarded(sql`insert into numbers (n, t) values (${n}, ${filler})`)),
    )
    await first.close()
    const file = await open(place.file, 'r+')
    await file.write(new Uint8Array(4096 * 60).fill(0xa5), 0, 4096 * 60, 4096 * 10)
    await file.close()

    const fatal: Error[] = []
    const database = await place.connect({ onFatal: (error) => fatal.push(error) })
    const answers = await Promise.allSettled([
      database.commit([guarded(sql`insert into sound (n) values (1)`)]),
      database.commit([unguarded(sql`update numbers set t = ''`)]),
    ])
    for (const answer of answers) assert.ok(answer.status === 'rejected' && answer.reason instanceof StorageFailed)
    await assert.rejects(database.commit([guarded(sql`insert into sound (n) values (2)`)]), StorageFailed)
    assert.equal(fatal.length, 1)
    assert.match(fatal[0]?.message ?? '', /malformed/)
    assert.deepEqual(await database.all(sql`select n from sound`), [])
    await database.close()
  }))

void test('reads of one moment agree, and the next moment sees every write that was acknowledged before it', () =>
  inPlace(async (place) => {
    const database = await place.connect()
    await database.commit([createNumbers, add(1)])
    const { moment } = database
    assert.ok(moment)
    moment.begin()
    assert.deepEqual(await numbers(database), [1])
    await database.commit([add(2)])
    assert.deepEqual(await numbers(database), [1])
    moment.end()
    assert.deepEqual(await numbers(database), [1, 2])
    moment.begin()
    await database.commit([add(3)])
    assert.deepEqual(await numbers(database), [1, 2, 3], 'a moment is that of its first read')
    moment.end()
    moment.end()
    moment.begin()
    await assert.rejects(database.all(sql`select n from nothing`))
    moment.end()
    await database.commit([add(4)])
    assert.deepEqual(await numbers(database), [1, 2, 3, 4], 'a read that fails holds nobody in the past')
  }))

void test('a file that is no database is refused with its name', () =>
  inPlace(async (place) => {
    const file = await open(place.file, 'w')
    await file.write('this is a letter, not a database, and long enough to be read as one. '.repeat(20))
    await file.close()
    await assert.rejects(place.connect(), (error: Error) => error.message.includes(place.file))
  }))

void test('only the owner can read the file, and the log is emptied into it at the end', () =>
  inPlace(async (place) => {
    const database = await place.connect()
    await database.commit([createNumbers])
    for (const name of [place.file, `${place.file}-wal`]) assert.equal((await stat(name)).mode & 0o777, 0o600)
    await database.close()
    await assert.rejects(stat(`${place.file}-wal`), { code: 'ENOENT' })
  }))

void test('the write-ahead log stays bounded under load', () =>
  inPlace(async (place) => {
    const database = await place.connect()
    await database.commit([createNumbers])
    const filler = 'x'.repeat(4000)
    for (let round = 0; round < 40; round += 1) {
      const list = Array.from({ length: 100 }, (_, index) => {
        const n = round * 100 + index
        return guarded(sql`insert into numbers (n, t) values (${n}, ${filler})`)
      })
      assert.deepEqual(await database.commit(list), { won: true })
    }
    const log = await stat(`${place.file}-wal`)
    assert.ok(log.size < 10_000_000, `${log.size} bytes after 16 MB of rows`)
    await database.close()
  }))

void test('what was acknowledged survives kill -9, and no list is torn', async () =>
  inPlace(async (place) => {
    const database = await place.connect()
    await database.commit([
      unguarded(raw('create table ledger (entry integer primary key) strict')),
      unguarded(raw('create table balance (total integer not null) strict')),
      guarded(sql`insert into balance (total) values (0)`),
    ])
    await database.close()
    const acknowledged: number[] = []
    for (let round = 0; round < 5; round += 1) {
      acknowledged.push(...(await killedLedger(place.file, round * 1_000_000 + 1, 40 + round * 37)))
      const reopened = await place.connect()
      const entries = (await reopened.all(sql`select entry from ledger`)).map((row) => integer(row, 'entry'))
      const [balance] = await reopened.all(sql`select total from balance`)
      const kept = new Set(entries)
      assert.deepEqual(
        acknowledged.filter((entry) => !kept.has(entry)),
        [],
      )
      assert.equal(
        integer(balance ?? {}, 'total'),
        entries.reduce((sum, entry) => sum + entry, 0),
      )
      await reopened.close()
    }
  }))

/** Runs the ledger until it acknowledged so many entries, kills it, and returns all that it printed. */
async function killedLedger(file: string, from: number, entries: number): Promise<readonly number[]> {
  const script = new URL('./ledger.ts', import.meta.url).pathname
  const child = spawn(process.execPath, [script, file, String(from)], { stdio: ['ignore', 'pipe', 'inherit'] })
  let printed = ''
  child.stdout.setEncoding('utf8').on('data', (part: string) => {
    printed += part
    if (printed.split('\n').length > entries) child.kill('SIGKILL')
  })
  const [, signal] = await once(child, 'close')
  assert.equal(signal, 'SIGKILL')
  return printed.split('\n').slice(0, -1).map(Number)
}
