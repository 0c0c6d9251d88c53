import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { silentLog } from '../../platform/log/index.ts'
import { type Database, migrate, openSqlite, sql, StorageBusy } from '../../platform/storage/index.ts'
import { type FixedClock, fixedClock } from '../../platform/time/index.ts'
import { jobsMigrations } from '../../platform/jobs/index.ts'
import { createUsage, firstUsage, flushUsage, keepUsage, usageByClient, usageByHour, usageMigrations } from './index.ts'
import { expiredUsage } from './store.ts'

const noon = Date.UTC(2027, 0, 15, 12)
const hour = 3_600_000
let folder = ''
let database: Database
let clock: FixedClock

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'latchkey-usage-'))
  clock = fixedClock(noon)
  database = await openSqlite({ file: join(folder, 'latchkey.db') })
  await migrate(database, [...usageMigrations, ...jobsMigrations], clock)
})
after(async () => {
  await database.close()
  await rm(folder, { recursive: true })
})

const rows = async (): Promise<number> => (await database.all(sql`select 1 as one from usage_hours`)).length

test('several nodes add up, hour by hour', async () => {
  const [one, two] = [createUsage(), createUsage()]
  for (const usage of [one, two]) {
    usage.signedIn('page')
    usage.gaveToken(5, 'refresh_token')
  }
  two.refused('throttled')
  for (const usage of [one, two]) await flushUsage({ database, clock, usage })
  clock.advance(hour)
  two.signedIn('page')
  await flushUsage({ database, clock, usage: two })
  assert.deepEqual(await usageByHour(database, 'sign-in', noon, noon + 2 * hour), [
    { hour: noon, reason: 'page', count: 2 },
    { hour: noon + hour, reason: 'page', count: 1 },
  ])
  assert.deepEqual(await usageByHour(database, 'sign-in', noon, noon + hour), [
    { hour: noon, reason: 'page', count: 2 },
  ])
  assert.deepEqual(await usageByClient(database, 'token', noon, noon + hour), [
    { clientRow: 5, reason: 'refresh_token', count: 2 },
  ])
  assert.equal(await firstUsage(database), noon)
})

test('a flood of refusals makes a handful of rows for an hour, and nothing is written when nothing was counted', async () => {
  const usage = createUsage()
  const known = await rows()
  for (let n = 0; n < 10_000; n += 1) {
    usage.refused('unknown-account')
    if (n % 1_000 === 0) await flushUsage({ database, clock, usage })
  }
  await flushUsage({ database, clock, usage })
  assert.equal((await rows()) - known, 1)
  let writes = 0
  const counting: Database = {
    ...database,
    all: (query) => database.all(query),
    commit: async (list) => {
      writes += list.length
      return database.commit(list)
    },
  }
  await flushUsage({ database: counting, clock, usage })
  assert.equal(writes, 0)
})

test('what the storage turned away is written the next time; what it may have written is not written twice', async () => {
  const usage = createUsage()
  const refusing = (error: Error): Database => ({ ...database, commit: () => Promise.reject(error) })
  usage.gaveToken(77, 'password')
  await assert.rejects(flushUsage({ database: refusing(new StorageBusy('full')), clock, usage }))
  assert.equal(usage.take(0)[0]?.count, 1)
  usage.gaveToken(77, 'password')
  await assert.rejects(flushUsage({ database: refusing(new Error('the connection is gone')), clock, usage }))
  assert.deepEqual(usage.take(0), [])
})

test('a process that stops writes down what it has', async () => {
  const usage = createUsage()
  const stop = keepUsage({ database, clock, usage, log: silentLog, holder: 'node' }, { flushSeconds: 600, keepDays: 1 })
  usage.gaveToken(9, 'authorization_code')
  await stop()
  const counts = await usageByClient(database, 'token', noon, clock.now() + hour)
  assert.equal(counts.find(({ clientRow }) => clientRow === 9)?.count, 1)
})

test('old hours go in batches, the later ones stay', async () => {
  const known = await rows()
  const { named, write } = expiredUsage(noon + hour, 1)
  assert.equal((await database.all(named)).length, 1)
  await database.commit([write])
  assert.equal(await rows(), known - 1)
  while ((await database.all(named)).length > 0) await database.commit([write])
  assert.equal(await firstUsage(database), noon + hour)
})
