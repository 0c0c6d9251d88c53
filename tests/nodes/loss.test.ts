import { test } from 'node:test'
import { rollThrough, surviveLoss } from './loss.ts'

const kills = 2

for (const engine of ['sqlite', 'postgres'] as const) {
  test(`${kills} of three nodes on ${engine} are killed under load: only what they were at is lost`, (t) =>
    surviveLoss(t, engine, kills))
}

test('three nodes on postgres are restarted one after the other by SIGTERM under load: no request fails', (t) =>
  rollThrough(t, 'postgres'))
