import assert from 'node:assert/strict'
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { test } from 'node:test'
import { storageConformance } from '../../packages/authorization-server/src/platform/storage/conformance.ts'
import {
  guarded,
  integer,
  raw,
  StorageBusy,
  StorageFailed,
  sql,
  unguarded,
} from '../../packages/authorization-server/src/platform/storage/index.ts'
import {
  openSharedWriter,
  type SharedDatabase,
  type SharedWriterOptions,
} from '../../packages/authorization-server/src/platform/storage/shared-writer.ts'
import { sqlitePlace } from './place.ts'

interface SharedPlace {
  readonly owner: ChildProcess
  connect(options?: Partial<SharedWriterOptions>): Promise<SharedDatabase>
  remove(): Promise<void>
}

/** A folder, and a process that owns the writer of the file in it. */
async function sharedPlace(): Promise<SharedPlace> {
  const place = await sqlitePlace()
  const script = new URL('./writer-owner.ts', import.meta.url)
  const owner = fork(script, [place.file], { serialization: 'advanced', stdio: 'inherit' })
  await once(owner, 'message')
  const receivers: ((message: unknown) => void)[] = []
  owner.on('message', (envelope: { readonly handle: number; readonly message: unknown }) =>
    receivers[envelope.handle]?.(envelope.message),
  )
  return {
    owner,
    connect: async (options = {}) => {
      const handle = receivers.length
      const line: SharedWriterOptions['line'] = {
        send: (message) =>
          owner.send({ handle, message }, () => {
            // An owner that is dead is told nothing; `lost` says that it is gone.
          }),
        listen: (receive) => {
          receivers[handle] = receive
        },
      }
      receivers.push(() => undefined)
      return openSharedWriter({ file: place.file, line, ...options })
    },
    remove: async () => {
      if (owner.connected) {
        const ended = once(owner, 'exit')
        owner.send('end')
        await ended
      }
      await place.remove()
    },
  }
}

storageConformance('SQLite behind a writer of another process', sharedPlace)

async function inPlace(use: (place: SharedPlace) => Promise<void>): Promise<void> {
  const place = await sharedPlace()
  try {
    await use(place)
  } finally {
    await place.remove()
  }
}

const createNumbers = unguarded(raw('create table numbers (n integer primary key) strict'))

function add(n: number) {
  return guarded(sql`insert into numbers (n) values (${n})`)
}

void test('lists of three processes are all written, once, and each sees what any of them acknowledged', () =>
  inPlace(async (place) => {
    const handles = await Promise.all([place.connect(), place.connect(), place.connect()])
    await handles[0].commit([createNumbers])
    const all = Array.from({ length: 900 }, (_, n) => n)
    const results = await Promise.all(all.map(async (n) => handles[n % 3]?.commit([add(n)])))
    assert.ok(results.every((result) => result?.won === true))
    for (const handle of handles) {
      const [row] = await handle.all(sql`select count(*) as n from numbers`)
      assert.equal(integer(row ?? {}, 'n'), 900)
    }
  }))

void test('a stopped owner makes callers busy within their bound, and the queue does not grow', () =>
  inPlace(async (place) => {
    const database = await place.connect({ maxWaitMs: 100, maxWaiting: 3 })
    await database.commit([createNumbers])
    place.owner.kill('SIGSTOP')
    const away = database.commit([add(1)])
    await new Promise((resolve) => setTimeout(resolve, 20))
    const alsoAway = database.commit([add(2)])
    await new Promise((resolve) => setTimeout(resolve, 20))
    const answers = await Promise.allSettled([3, 4, 5, 6].map((n) => database.commit([add(n)])))
    for (const answer of answers) assert.ok(answer.status === 'rejected' && answer.reason instanceof StorageBusy)
    await assert.rejects(database.commit([add(7)]), StorageBusy)
    place.owner.kill('SIGCONT')
    assert.deepEqual([await away, await alsoAway], [{ won: true }, { won: true }])
    const rows = await database.all(sql`select n from numbers order by n`)
    assert.deepEqual(
      rows.map((row) => integer(row, 'n')),
      [1, 2],
    )
  }))

void test('when the owner is killed nothing more is acknowledged, and what was stays', () =>
  inPlace(async (place) => {
    const database = await place.connect()
    await database.commit([createNumbers])
    const acknowledged: number[] = []
    const killed = once(place.owner, 'exit').then(() => database.lost('killed'))
    const commits = Array.from({ length: 2_000 }, async (_, n) => {
      const result = await database.commit([add(n)])
      assert.deepEqual(result, { won: true })
      acknowledged.push(n)
      if (acknowledged.length === 100) place.owner.kill('SIGKILL')
    })
    const answers = await Promise.allSettled(commits)
    await killed
    const refused = answers.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason] : []))
    for (const reason of refused) assert.ok(reason instanceof StorageFailed, String(reason))
    const rows = await database.all(sql`select n from numbers`)
    const kept = new Set(rows.map((row) => integer(row, 'n')))
    assert.deepEqual(
      acknowledged.filter((n) => !kept.has(n)),
      [],
    )
    assert.ok(acknowledged.length >= 100)
    await assert.rejects(database.commit([add(5_000)]), StorageFailed)
  }))
