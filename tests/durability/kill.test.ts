import { test } from 'node:test'
import { surviveKills } from './kills.ts'

const kills = 6

for (const engine of ['sqlite', 'postgres'] as const) {
  test(`${kills} kills under load on ${engine} lose nothing that was acknowledged and revive nothing that was revoked or spent`, (t) =>
    surviveKills(t, engine, kills))
}
