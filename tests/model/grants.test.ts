// Any order of what people, clients and administrators do, against a small reference: a code is redeemed at most once, a
// grant has one newest refresh token, a scope never widens, and what is dead stays dead.
import { test } from 'node:test'
import { runModel } from './run.ts'

const runs = 200

test(`the server agrees with the reference after every step of ${runs} histories`, async (t) => {
  t.diagnostic(await runModel(runs))
})
