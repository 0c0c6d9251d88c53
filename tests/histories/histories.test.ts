// Whatever happens to nodes and to their way to the database, what clients see is what one sequential grant could have answered.
import { test } from 'node:test'
import { runHistories } from './run.ts'

const seconds = 10

for (const engine of ['sqlite', 'postgres'] as const) {
  test(`${seconds} s of random clients on three harmed nodes on ${engine}: every history has a sequential explanation`, (t) =>
    runHistories(t, engine, seconds))
}
