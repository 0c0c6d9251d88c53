// A clock that a test holds.

import type { Clock } from '../platform/time/index.ts'

/**
 * A clock that stands still until it is told to move.
 * @example
 * import { testClock, type TestClock } from '@latchkey/client/testing'
 * const clock: TestClock = testClock(Date.UTC(2027, 0, 15))
 */
export interface TestClock extends Clock {
  /** @param ms how far, in milliseconds; negative sets it back */
  advance(ms: number): void
}

/**
 * Makes a clock for a test.
 * @param start milliseconds since the epoch
 * @example
 * import { testClock } from '@latchkey/client/testing'
 * const clock = testClock(Date.UTC(2027, 0, 15))
 * clock.advance(5_000)
 */
export function testClock(start: number): TestClock {
  let now = start
  return {
    now: () => now,
    advance(ms) {
      now += ms
    },
  }
}
