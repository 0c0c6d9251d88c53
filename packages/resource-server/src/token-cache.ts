// Decides what is remembered of tokens, for how long, and that many who ask at once cause one question. Entries are
// bounded in number and in age, and an age is counted from before the question was sent. RFC 7662 §4 (caching).

import type { Clock, Instant } from './platform/time/index.ts'

/** A value and the time in which it may be used. */
interface Entry<Value> {
  readonly value: Value
  readonly since: Instant
  readonly until: Instant
}

/** Remembers values by key, at most `most` of them; the oldest make room. */
export class BoundedCache<Value> {
  readonly #entries = new Map<string, Entry<Value>>()
  readonly #most: number

  constructor(most: number) {
    this.#most = most
  }

  get(key: string, now: Instant): Value | undefined {
    const entry = this.#entries.get(key)
    if (entry === undefined) return undefined
    // A clock that was set back must not lengthen an entry's life.
    if (now >= entry.since && now < entry.until) return entry.value
    this.#entries.delete(key)
    return undefined
  }

  put(key: string, value: Value, since: Instant, until: Instant): void {
    if (until <= since) return
    this.#entries.delete(key)
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size < this.#most) break
      this.#entries.delete(oldest)
    }
    this.#entries.set(key, { value, since, until })
  }
}

/** How long each kind of answer is kept, in milliseconds, and how many. */
export interface CacheBounds {
  readonly positiveMs: number
  readonly negativeMs: number
  readonly most: number
}

/** An answer that may be remembered. */
export interface Answer {
  readonly kind: 'active' | 'refused'
}

/** Asks once for each key, however many want to know, and remembers the answer. A failure is never remembered. */
export class TokenCache<Known extends Answer> {
  readonly #active: BoundedCache<Known>
  // Apart, so that a flood of bad tokens cannot push out the good ones.
  readonly #refused: BoundedCache<Known>
  readonly #underWay = new Map<string, Promise<Known>>()
  readonly #bounds: CacheBounds
  readonly #clock: Clock

  constructor(bounds: CacheBounds, clock: Clock) {
    this.#bounds = bounds
    this.#clock = clock
    this.#active = new BoundedCache(bounds.most)
    this.#refused = new BoundedCache(bounds.most)
  }

  known(key: string, now: Instant): Known | undefined {
    return this.#active.get(key, now) ?? this.#refused.get(key, now)
  }

  find(key: string, ask: () => Promise<Known>): Known | Promise<Known> {
    return this.known(key, this.#clock.now()) ?? this.#underWay.get(key) ?? this.#ask(key, ask)
  }

  #ask(key: string, ask: () => Promise<Known>): Promise<Known> {
    const since = this.#clock.now()
    const question = ask()
      .then((answer) => {
        const isActive = answer.kind === 'active'
        const { positiveMs, negativeMs } = this.#bounds
        const cache = isActive ? this.#active : this.#refused
        cache.put(key, answer, since, since + (isActive ? positiveMs : negativeMs))
        return answer
      })
      .finally(() => this.#underWay.delete(key))
    this.#underWay.set(key, question)
    return question
  }
}
