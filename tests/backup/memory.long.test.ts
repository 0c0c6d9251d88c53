// What the first 50,000 rows take, V8's young generation above all, is taken once; what matters is that more rows do not take more.
import { test } from 'node:test'
import { engines } from './ground.ts'
import { throughFile } from './memory.ts'

const rows = 1_000_000
const mayGrowMb = 60

for (const engine of engines) {
  test(`${rows} rows of ${engine} go through a file and back in bounded memory`, async (t) => {
    await throughFile(engine, engine, 50_000, 200)
    t.diagnostic(JSON.stringify(await throughFile(engine, engine, rows, mayGrowMb)))
  })
}
