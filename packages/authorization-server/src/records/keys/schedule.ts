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

/** Of one algorithm's keys, the newest that may sign already; the earliest when a clock that was set back lets none. */
export function signingNow<K extends KeyTimes>(keys: readonly K[], now: Instant): K | undefined {
  const published = keys.filter((key) => isPublished(key, now)).toSorted((a, b) => a.signsFrom - b.signsFrom)
  return published.findLast((key) => key.signsFrom <= now) ?? published[0]
}

export function stateOf<K extends KeyTimes>(key: K, keys: readonly K[], now: Instant): KeyState {
  if (!isPublished(key, now)) return 'removed'
  if (signingNow(keys, now) === key) return 'signing'
  return key.signsFrom > now ? 'next' : 'retiring'
}

/** One part of a key's life; it goes on where `to` is undefined. */
export interface KeyPhase {
  readonly state: Exclude<KeyState, 'removed'>
  readonly from: Instant
  readonly to: Instant | undefined
}

/** @param siblings all keys of its algorithm, itself among them or not */
export function phasesOf(
  key: KeyTimes & { readonly createdAt: Instant },
  siblings: readonly KeyTimes[],
): readonly KeyPhase[] {
  const { createdAt, signsFrom, publishedUntil } = key
  const successors = siblings.map((other) => other.signsFrom).filter((from) => from > signsFrom)
  const ends = [...successors, ...(publishedUntil === undefined ? [] : [publishedUntil])]
  const signsTo = ends.length === 0 ? undefined : Math.min(...ends)
  const all: readonly KeyPhase[] = [
    { state: 'next', from: createdAt, to: Math.min(signsFrom, publishedUntil ?? signsFrom) },
    { state: 'signing', from: signsFrom, to: signsTo },
    ...(signsTo === undefined ? [] : [{ state: 'retiring', from: signsTo, to: publishedUntil } as const]),
  ]
  return all.filter(({ from, to }) => to === undefined || to > from)
}
