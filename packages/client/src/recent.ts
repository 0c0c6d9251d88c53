// Things that are remembered for a short while and in bounded number, in this process.

import type { Clock, Instant } from './platform/time/index.ts'

/** Remembers values by key for a time. */
export class Recent<Value> {
  readonly #entries = new Map<string, { readonly value: Value; readonly until: Instant }>()
  readonly #clock: Clock
  readonly #most: number

  constructor(clock: Clock, most: number) {
    this.#clock = clock
    this.#most = most
  }

  get(key: string): Value | undefined {
    const entry = this.#entries.get(key)
    if (entry === undefined) return undefined
    if (this.#clock.now() < entry.until) return entry.value
    this.#entries.delete(key)
    return undefined
  }

  put(key: string, value: Value, until: Instant): void {
    this.#entries.delete(key)
    if (this.#entries.size >= this.#most) this.#makeRoom()
    this.#entries.set(key, { value, until })
  }

  #makeRoom(): void {
    const now = this.#clock.now()
    for (const [key, { until }] of this.#entries) if (until <= now) this.#entries.delete(key)
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size < this.#most) return
      this.#entries.delete(oldest)
    }
  }
}

/** Many who ask for the same at once share one answer. */
export class Flights<Result> {
  readonly #underWay = new Map<string, Promise<Result>>()

  join(key: string, start: () => Promise<Result>): Promise<Result> {
    const known = this.#underWay.get(key)
    if (known !== undefined) return known
    const flight = start().finally(() => this.#underWay.delete(key))
    this.#underWay.set(key, flight)
    return flight
  }
}
