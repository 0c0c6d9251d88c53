// As histories.test.ts, for as long as a long run has.
import { test } from 'node:test'
import { runHistories } from './run.ts'

const seconds = 60

for (const engine of ['sqlite', 'postgres'] as const) {
  test(`${seconds} s of random clients on three harmed nodes on ${engine}: every history has a sequential explanation`, (t) =>
    runHistories(t, engine, seconds))
}
