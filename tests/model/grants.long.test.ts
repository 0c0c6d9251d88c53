// As grants.test.ts, for as long as a long run has.
import { test } from 'node:test'
import { runModel } from './run.ts'

const runs = 5_000

test(`the server agrees with the reference after every step of ${runs} histories`, async (t) => {
  t.diagnostic(await runModel(runs))
})
