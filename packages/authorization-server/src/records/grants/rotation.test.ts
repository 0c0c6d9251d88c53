import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { decideRotation } from './rotation.ts'

const grace = { graceMs: 10_000 }
const none = { graceMs: 0 }
const fresh = { generation: 5, rotatedAt: 1_000 }

test('the current token is spent (RFC 6749 §6)', () => {
  for (const policy of [grace, none]) {
    assert.deepEqual(decideRotation(fresh, 5, policy, 1_000), { kind: 'rotate', from: 5 })
  }
  assert.deepEqual(decideRotation({ generation: 0, rotatedAt: undefined }, 0, none, 9), { kind: 'rotate', from: 0 })
})

test('the previous token within the grace gets the successor that stands already', () => {
  for (const now of [1_000, 10_999]) {
    assert.deepEqual(decideRotation(fresh, 4, grace, now), { kind: 'repeat', generation: 5 })
  }
})

test('the previous token after the grace, or without any, is reuse (RFC 9700 §4.14.2)', () => {
  assert.deepEqual(decideRotation(fresh, 4, grace, 11_000), { kind: 'reuse' })
  assert.deepEqual(decideRotation(fresh, 4, none, 1_000), { kind: 'reuse' })
  assert.deepEqual(decideRotation({ generation: 5, rotatedAt: undefined }, 4, grace, 1_000), { kind: 'reuse' })
})

test('anything older is reuse, however soon it comes', () => {
  for (const presented of [3, 2, 1, 0])
    assert.deepEqual(decideRotation(fresh, presented, grace, 1_000), { kind: 'reuse' })
})

test('a generation that was never issued is no reuse: the database is older than the token', () => {
  for (const presented of [6, 7, 4_294_967_295]) {
    assert.deepEqual(decideRotation(fresh, presented, grace, 1_000), { kind: 'unknown' })
  }
})

test('a clock that was set back does not lengthen the grace for older tokens, nor open it where there is none', () => {
  assert.deepEqual(decideRotation(fresh, 3, grace, -50_000), { kind: 'reuse' })
  assert.deepEqual(decideRotation(fresh, 4, none, 1_000), { kind: 'reuse' })
})

test('exactly one generation rotates, at most one repeats, and a repeat names the present generation', () => {
  const grants = fc.record({ generation: fc.nat(50), rotatedAt: fc.option(fc.nat(100_000), { nil: undefined }) })
  fc.assert(
    fc.property(grants, fc.nat(20_000), fc.nat(200_000), (grant, graceMs, now) => {
      const decisions = Array.from({ length: 60 }, (_, presented) => decideRotation(grant, presented, { graceMs }, now))
      assert.deepEqual(
        decisions.flatMap((decision, presented) => (decision.kind === 'rotate' ? [presented] : [])),
        [grant.generation],
      )
      const repeats = decisions.flatMap((decision, presented) =>
        decision.kind === 'repeat' ? [{ decision, presented }] : [],
      )
      for (const { decision, presented } of repeats) {
        assert.deepEqual([decision.generation, presented], [grant.generation, grant.generation - 1])
      }
    }),
  )
})
