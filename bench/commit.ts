// Measures group commit on SQLite: lists of writes acknowledged in a second, with so many in flight. Every one is on disk by then.
// Run: ./node_modules/.bin/node bench/commit.ts [folder]     The folder decides which disk is measured; default: the temporary one.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openSqlite, raw, sql, unguarded } from '../packages/authorization-server/src/platform/storage/index.ts'

const roundMs = 2_000
const folder = mkdtempSync(join(process.argv[2] ?? tmpdir(), 'latchkey-commit-'))
const database = await openSqlite({ file: join(folder, 'bench.db') })
await database.commit([unguarded(raw('create table log (id text primary key, n integer) strict, without rowid'))])
let written = 0

async function commitUntil(end: number): Promise<void> {
  while (performance.now() < end) {
    written += 1
    await database.commit([unguarded(sql`insert into log (id, n) values (${`row-${written}`}, ${written})`)])
  }
}

for (const inFlight of [1, 8, 64, 256]) {
  const before = { lists: written, batches: database.statistics().batches }
  const start = performance.now()
  await Promise.all(Array.from({ length: inFlight }, () => commitUntil(start + roundMs)))
  const seconds = (performance.now() - start) / 1000
  const lists = written - before.lists
  const perBatch = lists / (database.statistics().batches - before.batches)
  const rate = Math.round(lists / seconds)
  console.log(`${String(inFlight).padStart(4)} in flight: ${rate} lists/s, ${perBatch.toFixed(1)} in a batch`)
}
await database.close()
rmSync(folder, { recursive: true })
