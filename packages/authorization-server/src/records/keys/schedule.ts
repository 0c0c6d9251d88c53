// Which signing key signs now and which are published. A key is published before it signs and after it stopped,
// so that whoever cached the key set, or holds an older token, can still verify.
import type { Instant } from '../../platform/time/index.ts'

export interface KeyTimes {
  readonly signsFrom: Instant
  /** When it leaves the key set; open while no successor was made. */
  readonly publishedUntil: Instant | undefined
}

export type KeyState = 'next' | 'signing' | 'retiring' | 'removed'

export function isPublished(key: KeyTimes, now: Instant): boolean {
  return key.publishedUntil === undefined || key.publishedUntil > now
}

/** Of one algorithm's keys, the newest that may sign already. */
export function signingNow<K extends KeyTimes>(keys: readonly K[], now: Instant): K | undefined {
  return keys
    .filter((key) => key.signsFrom <= now && isPublished(key, now))
    .reduce<K | undefined>(
      (best, key) => (best === undefined || key.signsFrom > best.signsFrom ? key : best),
      undefined,
    )
}

export function stateOf<K extends KeyTimes>(key: K, keys: readonly K[], now: Instant): KeyState {
  if (!isPublished(key, now)) return 'removed'
  if (key.signsFrom > now) return 'next'
  return signingNow(keys, now) === key ? 'signing' : 'retiring'
}
