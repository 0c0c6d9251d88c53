import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { fixedClock } from '../time/index.ts'
import { createAdmission, createFailureLimit, createLoopLag } from './index.ts'

test('each class has a bound of its own, and a place that is left is free again', () => {
  const bounds = { slow: { most: 2, longestLagMs: 100 }, fast: { most: 1, longestLagMs: 100 } }
  const admission = createAdmission({ bounds, lag: { standingMs: () => 0 } })
  assert.deepEqual(
    [1, 2, 3].map(() => admission.enter('slow')),
    [true, true, false],
  )
  assert.deepEqual(
    [1, 2].map(() => admission.enter('fast')),
    [true, false],
  )
  admission.leave('slow')
  assert.deepEqual(
    [1, 2].map(() => admission.enter('slow')),
    [true, false],
  )
})

test('while the event loop lags, what matters least gives way first', () => {
  let lagMs = 0
  const bounds = { page: { most: 9, longestLagMs: 100 }, read: { most: 9, longestLagMs: 400 } }
  const admission = createAdmission({ bounds, lag: { standingMs: () => lagMs } })
  const taken = () => [admission.enter('page'), admission.enter('read')]
  assert.deepEqual(taken(), [true, true])
  lagMs = 101
  assert.deepEqual(taken(), [false, true])
  lagMs = 401
  assert.deepEqual(taken(), [false, false])
  lagMs = 0
  assert.deepEqual(taken(), [true, true])
})

test('a lag that stays is seen, one pause is not', async () => {
  const lag = createLoopLag()
  for (let n = 0; n < 12; n += 1) {
    lag.standingMs()
    await wait(50)
  }
  block(300)
  await wait(60)
  assert.ok(lag.standingMs() < 100, `${lag.standingMs()} ms after one pause`)
  for (let n = 0; n < 10; n += 1) {
    block(150)
    lag.standingMs()
    await wait(1)
  }
  assert.ok(lag.standingMs() >= 50, `${lag.standingMs()} ms when it stays`)
})

test('a bucket lets through what it holds, says when there is more, and fills again with time', () => {
  const clock = fixedClock(1_000_000)
  const limit = createFailureLimit({ clock, perMinute: 6 })
  const many = (key: string, count: number) => Array.from({ length: count }, () => limit.take(key).kind)
  assert.deepEqual(many('a', 7), [...Array.from({ length: 6 }, () => 'taken'), 'empty'])
  assert.deepEqual(limit.take('a'), { kind: 'empty', retryAfterSeconds: 10 })
  assert.equal(limit.take('b').kind, 'taken')
  clock.advance(10_000)
  assert.deepEqual(many('a', 2), ['taken', 'empty'])
  limit.putBack('a')
  assert.deepEqual(many('a', 2), ['taken', 'empty'])
  clock.advance(3_600_000)
  assert.equal(many('a', 7).filter((kind) => kind === 'taken').length, 6, 'never more than it holds')
})

test('a clock that goes back neither fills nor empties a bucket', () => {
  const clock = fixedClock(1_000_000)
  const limit = createFailureLimit({ clock, perMinute: 1 })
  assert.equal(limit.take('a').kind, 'taken')
  clock.set(0)
  assert.equal(limit.take('a').kind, 'empty')
})

test('keys beyond the bound push out the one that failed longest ago', () => {
  const limit = createFailureLimit({ clock: fixedClock(0), perMinute: 1, mostKeys: 2 })
  for (const key of ['a', 'b', 'c']) assert.equal(limit.take(key).kind, 'taken')
  assert.equal(limit.take('c').kind, 'empty')
  assert.equal(limit.take('a').kind, 'taken')
})

function block(ms: number): void {
  for (const end = performance.now() + ms; performance.now() < end; );
}
