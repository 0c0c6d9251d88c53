// Decides when somebody has guessed at passwords too often: five wrong ones for an account or from an address, in a minute.

const most = 5
const windowMs = 60_000
const mostKept = 10_000

export interface Guesses {
  /** How long to wait, in seconds; 0 when a guess is allowed. */
  wait(keys: readonly string[]): number
  wrong(keys: readonly string[]): void
  right(keys: readonly string[]): void
}

export function createGuesses(now: () => number): Guesses {
  const counted = new Map<string, { count: number; since: number }>()
  const fresh = (key: string) => {
    const entry = counted.get(key)
    return entry !== undefined && now() - entry.since < windowMs ? entry : undefined
  }
  return {
    wait(keys) {
      const full = keys.map(fresh).filter((entry) => entry !== undefined && entry.count >= most)
      return Math.max(0, ...full.map((entry) => Math.ceil(((entry?.since ?? 0) + windowMs - now()) / 1_000)))
    },
    wrong(keys) {
      for (const key of keys) {
        const { count, since } = fresh(key) ?? { count: 0, since: now() }
        counted.delete(key)
        counted.set(key, { count: count + 1, since })
      }
      for (const oldest of counted.keys()) {
        if (counted.size <= mostKept) break
        counted.delete(oldest)
      }
    },
    right(keys) {
      for (const key of keys) counted.delete(key)
    },
  }
}
