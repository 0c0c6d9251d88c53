// Decides what an instant is and where the present comes from: rules receive instants, only shells ask a clock.

/** Milliseconds since the Unix epoch, UTC. */
export type Instant = number

/** The source of the present, passed in so that tests and rules never read the wall clock. */
export interface Clock {
  now(): Instant
}

/** A clock that stands still until it is told otherwise. */
export interface FixedClock extends Clock {
  advance(ms: number): void
  set(instant: Instant): void
}

/** The machine's wall clock. */
export const systemClock: Clock = { now: () => Date.now() }

/** A clock for tests, which starts at `start` and moves only by `advance` and `set`. */
export function fixedClock(start: Instant): FixedClock {
  let present = start
  return {
    now: () => present,
    advance: (ms) => {
      present += ms
    },
    set: (instant) => {
      present = instant
    },
  }
}
