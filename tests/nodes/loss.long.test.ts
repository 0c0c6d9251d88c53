import { test } from 'node:test'
import { surviveLoss } from './loss.ts'

const kills = 12

for (const engine of ['sqlite', 'postgres'] as const) {
  test(`${kills} kills of one of three nodes on ${engine} under load: only what they were at is lost`, (t) =>
    surviveLoss(t, engine, kills))
}
