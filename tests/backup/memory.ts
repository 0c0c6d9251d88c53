// A table of many rows through backup, verification and restore: how much memory it takes, and how long.
import assert from 'node:assert/strict'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import {
  type Database,
  migrate,
  type Migration,
  raw,
  transferTools,
  unguarded,
} from '../../packages/authorization-server/src/platform/storage/index.ts'
import { systemClock } from '../../packages/authorization-server/src/platform/time/index.ts'
import { type Engine, layGround } from './ground.ts'

const many: Migration = {
  id: '0001-many',
  up: (c) => [
    `create table many (id ${c.identity}, name ${c.text} not null unique, at ${c.instant} not null) ${c.strict}`,
  ],
}

const progressPerSample = 25
setFlagsFromString('--expose-gc')
const collect: () => void = runInNewContext('gc')

/** What is still reachable: the resident size would also count garbage that a busy machine has not collected yet. */
function heldBytes(): number {
  collect()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

/** Rows made by the database itself, in slices, so that making them takes none of our memory. */
async function fill(database: Database, rows: number): Promise<void> {
  const slice = 50_000
  for (let from = 1; from <= rows; from += slice) {
    const name = database.engine === 'sqlite' ? 'hex(randomblob(80))' : "repeat(md5(n::text || 'salt'), 5)"
    const series = `with recursive numbers (n) as (select ${from} union all select n + 1 from numbers where n < ${from + slice - 1})`
    const text = `insert into many (name, at) ${series} select ${name}, n from numbers`
    const body =
      database.engine === 'sqlite' ? text.replace(/^(insert[^)]*\)) (with.*?\)) select/s, '$1 $2 select') : text
    await database.commit([unguarded(raw(body))])
  }
}

export interface Measured {
  readonly backupMs: number
  readonly restoreMs: number
  readonly bytes: number
  /** Beyond what the process held before. */
  readonly grownMb: number
}

/** @param mayGrowMb fails beyond it */
export async function throughFile(from: Engine, to: Engine, rows: number, mayGrowMb: number): Promise<Measured> {
  const { openBackup, openSnapshot, openTarget, transfer, writeBackup } = await transferTools()
  const [source, goal] = [await layGround(from), await layGround(to)]
  const database = await source.open()
  await migrate(database, [many], systemClock)
  await fill(database, rows)
  await database.close()
  const file = join(source.dataDir, 'many.backup.gz')
  await turn()
  const start = heldBytes()
  let peak = start
  let calls = 0
  const progress = (): void => {
    calls++
    if (calls % progressPerSample === 0) peak = Math.max(peak, heldBytes())
  }
  const began = performance.now()
  const snapshot = await openSnapshot(source.place)
  await writeBackup(snapshot, {
    file,
    draftId: 'x',
    head: { createdAt: '2027-01-15T12:00:00.000Z', program: '0', installationEpoch: 1, ringKeys: [1], masterKey: '' },
    tag: () => '',
    progress,
    stopped: new AbortController().signal,
  })
  await snapshot.close()
  const written = performance.now()
  const target = await openTarget(goal.place)
  const backup = await openBackup(file, () => true)
  const [report] = await transfer(backup, target, { migrations: [many], clock: systemClock, progress })
  await target.close()
  const restored = performance.now()
  assert.ok(calls >= progressPerSample * 4, `${calls} calls of progress measure too little`)
  assert.equal(report?.rows, rows)
  const { size } = await stat(file)
  await source.remove()
  await goal.remove()
  const grownMb = Math.round((peak - start) / 2 ** 20)
  assert.ok(grownMb < mayGrowMb, `${grownMb} MB more for ${rows} rows`)
  return { backupMs: Math.round(written - began), restoreMs: Math.round(restored - written), bytes: size, grownMb }
}
