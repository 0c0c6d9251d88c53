import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { hmacSha256, type KeyedDigests } from '../../../platform/crypto/index.ts'
import { jobsMigrations } from '../../../platform/jobs/index.ts'
import { type Log, silentLog } from '../../../platform/log/index.ts'
import { type Database, migrate, openSqlite, sql, unguarded } from '../../../platform/storage/index.ts'
import { type FixedClock, fixedClock } from '../../../platform/time/index.ts'
import { eventsMigrations } from '../migrations.ts'
import { chainEvents } from './chain-job.ts'
import { headOfChain, positionsOf } from './store.ts'

let folder = ''
let database: Database
let clock: FixedClock
let said: string[] = []
let stop: () => Promise<void>

const log: Log = {
  ...silentLog,
  info: (message, fields) => void said.push(`info ${message} ${JSON.stringify(fields)}`),
  error: (message, fields) => void said.push(`error ${message} ${JSON.stringify(fields)}`),
}
const chainKeys: KeyedDigests = { current: () => 1, digest: (_, text) => hmacSha256(Buffer.from('key'), text) }

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'latchkey-chain-job-'))
  clock = fixedClock(1_800_000_000_000)
  database = await openSqlite({ file: join(folder, 'latchkey.db') })
  await migrate(database, [...eventsMigrations, ...jobsMigrations], clock)
  stop = chainEvents({ database, clock, log, holder: 'node', chainKeys })
})
after(async () => {
  await stop()
  await database.close()
  await rm(folder, { recursive: true })
})

async function addEvents(...ids: readonly number[]): Promise<void> {
  const statements = ids.map((id) =>
    unguarded(sql`insert into events (id, kind, at, address, detail) values (${id}, 'user.created', 1, '', '{}')`),
  )
  assert.ok((await database.commit(statements)).won)
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 8_000
  while (!(await isSo())) {
    assert.ok(performance.now() < deadline, 'it did not come to pass')
    await delay(20)
  }
}

const isChained = async (id: number): Promise<boolean> => (await positionsOf(database, [id])).has(id)

test('the job chains what comes, more than one commit takes, and tells the head', async () => {
  await addEvents(...Array.from({ length: 600 }, (_, n) => n + 1))
  await until(() => isChained(600))
  const head = await headOfChain(database)
  assert.equal(head?.position, 600)
  await until(async () => said.some((line) => line.startsWith('info the head of the event log')))
  assert.ok(said.some((line) => line.includes(head.digest)))
})

test('an event that became visible thousands of numbers late is found by the look back, not before', async () => {
  await addEvents(9_000, 9_001)
  await until(() => isChained(9_001))
  await addEvents(2_000)
  await addEvents(9_002)
  await until(() => isChained(9_002))
  assert.equal(await isChained(2_000), false)
  clock.advance(60_000)
  await until(() => isChained(2_000))
})

test('a server that no longer finds the head that it wrote says so', async () => {
  said = []
  const head = await headOfChain(database)
  assert.ok((await database.commit([unguarded(sql`delete from event_chain where position = ${head?.position}`)])).won)
  await addEvents(9_003)
  await until(() => isChained(9_003))
  const errors = said.filter((line) => line.startsWith('error'))
  assert.equal(errors.length, 1)
  assert.ok(errors[0]?.includes(head?.digest ?? 'none'))
})
