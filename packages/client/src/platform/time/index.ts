// Time for the whole package: the one place that reads the wall clock, so that tests can hold it.

/** Milliseconds since the epoch, UTC. */
export type Instant = number

/**
 * Tells the time; pass one to hold it in a test.
 * @example
 * import type { Clock } from '@latchkey/client'
 * const noon: Clock = { now: () => Date.UTC(2027, 0, 15, 12) }
 */
export interface Clock {
  now(): Instant
}

/** The clock of the machine. */
export const systemClock: Clock = { now: () => Date.now() }
