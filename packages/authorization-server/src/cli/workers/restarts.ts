// Decides what follows the death of a worker: the next one at once, after a pause, or the end of the whole.

export interface Death {
  /** How many before it died as early, in a row. */
  readonly earlyDeaths: number
  readonly livedMs: number
  /** It was told to end, and did. */
  readonly wasAsked: boolean
  /** Whether any other worker serves. */
  readonly othersServe: boolean
}

export type AfterDeath =
  | { readonly kind: 'restart'; readonly afterMs: number; readonly earlyDeaths: number }
  | { readonly kind: 'give-up' }

const earlyMs = 10_000
const mostEarlyDeaths = 5
const firstPauseMs = 100
const longestPauseMs = 30_000

/** While others serve there is no giving up: fewer workers are better than none. */
export function afterDeath({ earlyDeaths, livedMs, wasAsked, othersServe }: Death): AfterDeath {
  if (wasAsked || livedMs >= earlyMs) return { kind: 'restart', afterMs: 0, earlyDeaths: 0 }
  const early = earlyDeaths + 1
  if (early >= mostEarlyDeaths && !othersServe) return { kind: 'give-up' }
  return { kind: 'restart', afterMs: Math.min(longestPauseMs, firstPauseMs * 2 ** (early - 1)), earlyDeaths: early }
}
