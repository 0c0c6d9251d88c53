// Decides which work a busy process still takes. Each class has a bound on what is under way and on how far the event loop may lag
// behind; beyond either it is refused at once. Nothing queues here: what waits elsewhere is bounded there.
import type { LoopLag } from './loop-lag.ts'

export interface Bounds {
  /** How many may be under way at the same time. */
  readonly most: number
  /** How old a request may be before anybody looks at it; what matters least gives way first. */
  readonly longestLagMs: number
}

export interface AdmissionOptions<Name extends string> {
  readonly bounds: Readonly<Record<Name, Bounds>>
  readonly lag: LoopLag
}

export interface Admission<Name extends string> {
  /** Lets work in, and counts it until `leave`; false when it must be refused. */
  enter(name: Name): boolean
  leave(name: Name): void
}

export function createAdmission<Name extends string>({ bounds, lag }: AdmissionOptions<Name>): Admission<Name> {
  const underWay = new Map<Name, number>()
  return {
    enter(name) {
      const { most, longestLagMs } = bounds[name]
      const now = underWay.get(name) ?? 0
      if (now >= most || lag.standingMs() > longestLagMs) return false
      underWay.set(name, now + 1)
      return true
    },
    leave(name) {
      underWay.set(name, Math.max(0, (underWay.get(name) ?? 0) - 1))
    },
  }
}
