import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { silentLog } from '../log/index.ts'
import { type Database, migrate, openSqlite } from '../storage/index.ts'
import { type FixedClock, fixedClock, systemClock } from '../time/index.ts'
import { holdLease, jobsMigrations, runJob } from './index.ts'

let folder = ''
let database: Database
let clock: FixedClock

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'latchkey-jobs-'))
  clock = fixedClock(1_800_000_000_000)
  database = await openSqlite({ file: join(folder, 'latchkey.db') })
  await migrate(database, jobsMigrations, clock)
})
after(async () => {
  await database.close()
  await rm(folder, { recursive: true })
})

const as = (holder: string) => ({ database, clock, holder })

test('of many that want a lease at once one gets it', async () => {
  const holders = Array.from({ length: 32 }, (_, index) => `node ${index}`)
  const won = await Promise.all(holders.map((holder) => holdLease(as(holder), 'race', 1_000)))
  assert.equal(won.filter(Boolean).length, 1)
})

test('its holder renews it, and the lease of one that died is taken when it has run out, not a millisecond before', async () => {
  assert.equal(await holdLease(as('first'), 'job', 1_000), true)
  clock.advance(999)
  assert.equal(await holdLease(as('second'), 'job', 1_000), false)
  assert.equal(await holdLease(as('first'), 'job', 1_000), true)
  clock.advance(999)
  assert.equal(await holdLease(as('second'), 'job', 1_000), false)
  clock.advance(1)
  assert.equal(await holdLease(as('second'), 'job', 1_000), true)
  assert.equal(await holdLease(as('first'), 'job', 1_000), false)
})

test('leases of different names do not meet', async () => {
  assert.equal(await holdLease(as('first'), 'this', 1_000), true)
  assert.equal(await holdLease(as('second'), 'that', 1_000), true)
})

test('a job runs on one of three nodes, and on another once that one has stopped', async () => {
  const runs: string[] = []
  const stops = ['a', 'b', 'c'].map((holder) => {
    const deps = { database, clock: systemClock, log: silentLog, holder }
    const run = async (): Promise<void> => {
      runs.push(holder)
    }
    return { holder, stop: runJob(deps, { name: 'sweep', everyMs: 40, isDue: async () => true, run }) }
  })
  await delay(400)
  const [first = ''] = runs
  assert.ok(runs.length > 2, `${runs.length} runs`)
  assert.deepEqual([...new Set(runs)], [first])
  await stops.find(({ holder }) => holder === first)?.stop()
  const runsSoFar = runs.length
  await delay(400)
  const others = new Set(runs.slice(runsSoFar))
  assert.equal(others.size, 1)
  assert.ok(!others.has(first))
  await Promise.all(stops.map(({ stop }) => stop()))
})

test('a job that is not due takes no lease', async () => {
  const deps = { database, clock: systemClock, log: silentLog, holder: 'idle' }
  const run = async (): Promise<void> => assert.fail('it was not due')
  const stop = runJob(deps, { name: 'idle', everyMs: 10, isDue: async () => false, run })
  await delay(60)
  await stop()
  assert.equal(await holdLease(as('somebody else'), 'idle', 1_000), true)
})
