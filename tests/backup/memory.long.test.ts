// However many rows, what is held at once stays the same: a batch, the buffers between two streams.
import { test } from 'node:test'
import { engines } from './ground.ts'
import { throughFile } from './memory.ts'

const rows = 1_000_000
const mayGrowMb = 20

for (const engine of engines) {
  test(`${rows} rows of ${engine} go through a file and back in bounded memory`, async (t) => {
    t.diagnostic(JSON.stringify(await throughFile(engine, engine, rows, mayGrowMb)))
  })
}
