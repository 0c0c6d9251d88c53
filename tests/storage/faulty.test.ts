import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import {
  type FaultyDatabase,
  faulty,
  guarded,
  raw,
  StorageBusy,
  StorageFailed,
  sql,
  unguarded,
  type Write,
} from '../../packages/authorization-server/src/platform/storage/index.ts'
import { type SqlitePlace, sqlitePlace } from './place.ts'

let place: SqlitePlace
let database: FaultyDatabase

before(async () => {
  place = await sqlitePlace()
  database = faulty(await place.connect())
  await database.commit([unguarded(raw('create table numbers (n integer primary key) strict'))])
})

beforeEach(async () => {
  database.arm()
  await database.commit([unguarded(sql`delete from numbers`)])
})

after(async () => {
  await database.close()
  await place.remove()
})

function add(n: number): Write {
  return guarded(sql`insert into numbers (n) values (${n})`)
}

async function numbers(): Promise<readonly unknown[]> {
  return (await database.all(sql`select n from numbers order by n`)).map((row) => row['n'])
}

void test('statements are counted from the moment of arming', async () => {
  database.arm()
  await database.commit([add(1), add(2)])
  await database.commit([add(3)])
  await numbers()
  assert.deepEqual(database.counts(), { reads: 1, commits: 2, writes: 3 })
})

void test('the n-th write fails with its whole list, and only once', async () => {
  database.arm({ on: 'write', nth: 3, as: 'failed' })
  await database.commit([add(1), add(2)])
  await assert.rejects(database.commit([add(3), add(4)]), StorageFailed)
  await database.commit([add(5)])
  assert.deepEqual(await numbers(), [1, 2, 5])
})

void test('the n-th write loses its race', async () => {
  database.arm({ on: 'write', nth: 4, as: 'lost' })
  await database.commit([add(1), add(2)])
  assert.deepEqual(await database.commit([add(3), add(4)]), { won: false, at: 1 })
  assert.deepEqual(await numbers(), [1, 2])
})

void test('the n-th commit finds the storage busy', async () => {
  database.arm({ on: 'commit', nth: 2, as: 'busy' })
  await database.commit([add(1)])
  await assert.rejects(database.commit([add(2)]), StorageBusy)
  assert.deepEqual(await numbers(), [1])
})

void test('the answer to the n-th commit is lost although it was written', async () => {
  database.arm({ on: 'commit', nth: 1, as: 'unanswered' })
  await assert.rejects(database.commit([add(1)]), StorageFailed)
  assert.deepEqual(await numbers(), [1])
})
