// Decides how often somebody may fail: a bucket for each key that empties with each failure and fills again with time. In memory and
// bounded; the key that failed longest ago is forgotten first. A try is taken out before it is judged and put back when it was
// good, so that of many at once no more than the limit are judged.
import type { Clock, Instant } from '../time/index.ts'

export interface FailureLimitOptions {
  readonly clock: Clock
  /** How many failures a minute brings back; as many may come at once. */
  readonly perMinute: number
  readonly mostKeys?: number
}

export type Taken = { readonly kind: 'taken' } | { readonly kind: 'empty'; readonly retryAfterSeconds: number }

export interface FailureLimit {
  /** Takes one try out of the bucket, unless it is empty. */
  take(key: string): Taken
  /** Whether the next try would be refused. */
  isEmpty(key: string): boolean
  /** Puts it back: the try was good. */
  putBack(key: string): void
}

interface Bucket {
  readonly left: number
  readonly at: Instant
}

export function createFailureLimit({ clock, perMinute, mostKeys = 10_000 }: FailureLimitOptions): FailureLimit {
  const buckets = new Map<string, Bucket>()
  const perMs = perMinute / 60_000

  function leftOf(key: string, now: Instant): number {
    const bucket = buckets.get(key)
    if (bucket === undefined) return perMinute
    return Math.min(perMinute, bucket.left + Math.max(0, now - bucket.at) * perMs)
  }

  function store(key: string, bucket: Bucket): void {
    buckets.delete(key)
    // A full bucket says no more than none.
    if (bucket.left < perMinute) buckets.set(key, bucket)
    if (buckets.size > mostKeys) buckets.delete(buckets.keys().next().value ?? '')
  }

  return {
    take(key) {
      const now = clock.now()
      const left = leftOf(key, now)
      if (left < 1) {
        return { kind: 'empty', retryAfterSeconds: Math.max(1, Math.ceil((1 - left) / perMs / 1_000)) }
      }
      store(key, { left: left - 1, at: now })
      return { kind: 'taken' }
    },
    isEmpty: (key) => buckets.size > 0 && leftOf(key, clock.now()) < 1,
    putBack(key) {
      const now = clock.now()
      store(key, { left: Math.min(perMinute, leftOf(key, now) + 1), at: now })
    },
  }
}
