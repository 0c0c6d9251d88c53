// Time: what an instant is, and the clock that is passed to whatever needs the present.
// Owns no table and no setting. Imports nothing.

export { type Clock, type FixedClock, fixedClock, type Instant, systemClock } from './clock.ts'
