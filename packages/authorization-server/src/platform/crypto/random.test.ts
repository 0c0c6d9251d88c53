import assert from 'node:assert/strict'
import { test } from 'node:test'
import { randomId, seededRandom, systemRandom } from './index.ts'

test('random bytes have the asked length and do not repeat, in the pool and beyond it', () => {
  for (const length of [0, 1, 12, 16, 32, 64, 65, 5000]) assert.equal(systemRandom.bytes(length).length, length)
  const seen = new Set(Array.from({ length: 5000 }, () => Buffer.from(systemRandom.bytes(16)).toString('hex')))
  assert.equal(seen.size, 5000)
  assert.ok(!seen.has('00'.repeat(16)))
})

test('bytes that were handed out are the caller’s own', () => {
  const first = systemRandom.bytes(16)
  const copy = Uint8Array.from(first)
  systemRandom.bytes(16).fill(0)
  assert.deepEqual(first, copy)
})

test('a random id is 16 bytes in 22 characters of base64url', () => {
  const id = randomId(systemRandom)
  assert.match(id, /^[A-Za-z0-9_-]{22}$/)
  assert.equal(Buffer.from(id, 'base64url').length, 16)
  assert.notEqual(randomId(systemRandom), id)
})

test('a seed gives the same bytes again, however they are asked for, and another seed gives others', () => {
  const whole = seededRandom(7).bytes(100)
  const parts = seededRandom(7)
  assert.deepEqual(
    Buffer.concat([parts.bytes(1), parts.bytes(40), parts.bytes(0), parts.bytes(59)]),
    Buffer.from(whole),
  )
  assert.notDeepEqual(seededRandom(8).bytes(100), whole)
  assert.notDeepEqual(parts.bytes(100), whole)
})
