import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  type DeliveryOutcome,
  isAbsent,
  isSpent,
  longestWaitMs,
  mostAttempts,
  nextDue,
  stateAfter,
} from './delivery.ts'

const answered = (status: number): DeliveryOutcome => ({ kind: 'answered', status })
const failed = (fault: string): DeliveryOutcome => ({ kind: 'failed', fault })

test('a success is a success, 204 as well (OpenID Connect Back-Channel Logout §2.8)', () => {
  for (const status of [200, 202, 204]) assert.equal(stateAfter(answered(status), 1), 'delivered')
})

test('what the client refuses is not sent again, what its server cannot do now is', () => {
  for (const status of [400, 401, 403, 404, 405, 413, 415]) assert.equal(stateAfter(answered(status), 1), 'refused')
  for (const status of [408, 425, 429, 500, 502, 503, 504]) assert.equal(stateAfter(answered(status), 1), 'waiting')
  for (const fault of ['unreachable', 'unresolved', 'timeout', 'busy'])
    assert.equal(stateAfter(failed(fault), 1), 'waiting')
  for (const fault of ['url', 'address', 'redirect']) assert.equal(stateAfter(failed(fault), 1), 'refused')
})

test('attempts end, with waits that grow: the last of them is given up', () => {
  const waits = Array.from({ length: mostAttempts - 1 }, (_, attempts) => nextDue({ attempts }, 0))
  assert.deepEqual(
    waits,
    waits.toSorted((a, b) => a - b),
  )
  assert.equal(stateAfter(answered(503), mostAttempts - 1), 'waiting')
  assert.equal(stateAfter(answered(503), mostAttempts), 'given-up')
  assert.equal(stateAfter(failed('timeout'), mostAttempts), 'given-up')
  assert.equal(stateAfter(answered(200), mostAttempts), 'delivered')
})

test('one that was put off again and again ends by its age', () => {
  assert.equal(isSpent({ attempts: 1, createdAt: 0 }, longestWaitMs), false)
  assert.equal(isSpent({ attempts: 1, createdAt: 0 }, longestWaitMs + 1), true)
  assert.equal(isSpent({ attempts: mostAttempts, createdAt: 0 }, 1), true)
})

test('only a client that nobody reached is thought absent', () => {
  assert.equal(isAbsent(failed('timeout')), true)
  assert.equal(isAbsent(failed('unreachable')), true)
  for (const outcome of [answered(503), answered(200), failed('busy'), failed('address')]) {
    assert.equal(isAbsent(outcome), false)
  }
})
