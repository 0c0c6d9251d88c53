import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fixedClock, systemClock } from './index.ts'

test('a fixed clock stands still until it is advanced or set', () => {
  const clock = fixedClock(1_000)
  assert.equal(clock.now(), 1_000)
  assert.equal(clock.now(), 1_000)
  clock.advance(250)
  assert.equal(clock.now(), 1_250)
  clock.set(5)
  assert.equal(clock.now(), 5)
})

test('the system clock tells whole milliseconds since the epoch', () => {
  const before = Date.now()
  const now = systemClock.now()
  assert.ok(Number.isInteger(now))
  assert.ok(now >= before && now <= Date.now())
})
