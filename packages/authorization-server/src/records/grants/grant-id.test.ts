import assert from 'node:assert/strict'
import { test } from 'node:test'
import { seededRandom } from '../../platform/crypto/index.ts'
import { grantIdOfCode, newGrantId } from './grant-id.ts'

const at = Date.parse('2027-01-01')

test('a code has one grant id, and another code another (RFC 6749 §4.1.2)', () => {
  const id = grantIdOfCode('lk_ac_one', at)
  assert.match(id, /^[A-Za-z0-9_-]{22}$/)
  assert.equal(grantIdOfCode('lk_ac_one', at), id)
  assert.notEqual(grantIdOfCode('lk_ac_two', at), id)
})

test('ids of one moment begin alike, and ten random bytes tell them apart', () => {
  const random = seededRandom('grants')
  const ids = Array.from({ length: 1_000 }, () => newGrantId(random, at))
  assert.equal(new Set(ids).size, ids.length)
  assert.equal(new Set(ids.map((id) => id.slice(0, 8))).size, 1)
  assert.notEqual(newGrantId(random, at + 1).slice(0, 8), ids[0]?.slice(0, 8))
})
