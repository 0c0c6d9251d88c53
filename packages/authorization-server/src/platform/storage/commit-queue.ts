// Group commit, the main thread's half: what arrives while a batch is at the writer forms the next one, without a timer.
// Bounded by count and by age, so that a slow disk answers "busy" early instead of everything late.

import { abridged } from './bindings.ts'
import { type CommitResult, StorageBusy, StorageFailed } from './sql.ts'
import type { FromWriter, Outcome, WireList } from './sqlite-messages.ts'

export interface QueueBounds {
  /** How many lists may wait for the batch before them. */
  readonly maxWaiting: number
  /** How long the oldest may wait before it, and whoever comes then, is turned away. */
  readonly maxWaitMs: number
}

export interface CommitStatistics {
  readonly batches: number
  readonly lists: number
}

/** Bounds how long one transaction holds the write lock, and what the writer must hold in memory. */
const MAX_BATCH = 512

interface Entry {
  readonly list: WireList
  readonly since: number
  readonly resolve: (result: CommitResult) => void
  readonly reject: (error: Error) => void
}

export class CommitQueue {
  readonly #send: (lists: readonly WireList[]) => void
  readonly #bounds: QueueBounds
  #waiting: Entry[] = []
  #away: readonly Entry[] = []
  #awaySince = 0
  #scheduled = false
  #expiry: NodeJS.Timeout | undefined
  #end: Error | undefined
  #whenIdle: (() => void) | undefined
  #batches = 0
  #lists = 0

  constructor(send: (lists: readonly WireList[]) => void, bounds: QueueBounds) {
    this.#send = send
    this.#bounds = bounds
  }

  /** Resolves when the batch of this list is on disk. */
  push(list: WireList): Promise<CommitResult> {
    const now = performance.now()
    if (this.#end) return Promise.reject(this.#end)
    if (this.#waiting.length >= this.#bounds.maxWaiting || this.#stalled(now)) {
      return Promise.reject(new StorageBusy('Too many commits wait for the disk.'))
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ list, since: now, resolve, reject })
      this.#schedule()
    })
  }

  /** The writer's answer to the batch that is away. */
  settle(answer: Extract<FromWriter, { kind: 'done' | 'busy' }>): void {
    const settled = this.#away
    this.#away = []
    for (const [index, entry] of settled.entries()) {
      if (answer.kind === 'busy') entry.reject(new StorageBusy(`Another process holds the database: ${answer.reason}`))
      else settleOne(entry, answer.outcomes[index])
    }
    if (this.#waiting.length > 0) this.#schedule()
    else this.#whenIdle?.()
  }

  /** Turns away everything, now and later. */
  fail(error: Error): void {
    this.#end = error
    const lost = [...this.#away, ...this.#waiting]
    this.#away = []
    this.#waiting = []
    clearTimeout(this.#expiry)
    for (const entry of lost) entry.reject(error)
    this.#whenIdle?.()
  }

  /** Takes nothing more, and resolves when everything that was taken is settled. */
  drain(): Promise<void> {
    this.#end ??= new Error('The database is closed.')
    if (this.#away.length === 0 && this.#waiting.length === 0) return Promise.resolve()
    return new Promise((resolve) => {
      this.#whenIdle = resolve
    })
  }

  statistics(): CommitStatistics {
    return { batches: this.#batches, lists: this.#lists }
  }

  #stalled(now: number): boolean {
    const oldest = this.#away.length > 0 ? this.#awaySince : this.#waiting[0]?.since
    return oldest !== undefined && now - oldest > this.#bounds.maxWaitMs
  }

  /**
   * At the end of this turn of the event loop, so that commits of the same turn share a batch; also those that were
   * waiting for the batch before, else they and the ones that waited here would take turns in half-full batches.
   */
  #schedule(): void {
    if (this.#away.length > 0) this.#watchAge()
    else if (!this.#scheduled) {
      this.#scheduled = true
      setImmediate(() => {
        this.#scheduled = false
        if (this.#waiting.length > 0) this.#dispatch()
      })
    }
  }

  #dispatch(): void {
    clearTimeout(this.#expiry)
    this.#expiry = undefined
    this.#away = this.#waiting.splice(0, MAX_BATCH)
    this.#awaySince = performance.now()
    this.#batches += 1
    this.#lists += this.#away.length
    this.#send(this.#away.map((entry) => entry.list))
    this.#watchAge()
  }

  #watchAge(): void {
    const oldest = this.#waiting[0]
    if (this.#expiry !== undefined || oldest === undefined) return
    const leftMs = Math.max(0, oldest.since + this.#bounds.maxWaitMs - performance.now())
    this.#expiry = setTimeout(() => this.#expire(), leftMs + 1)
  }

  #expire(): void {
    this.#expiry = undefined
    const limit = performance.now() - this.#bounds.maxWaitMs
    const expired = this.#waiting.filter((entry) => entry.since <= limit)
    this.#waiting = this.#waiting.slice(expired.length)
    for (const entry of expired) entry.reject(new StorageBusy('The commit waited too long for the disk.'))
    this.#watchAge()
  }
}

function settleOne(entry: Entry, outcome: Outcome | undefined): void {
  switch (outcome?.kind) {
    case 'won':
      return entry.resolve({ won: true })
    case 'lost':
      return entry.resolve({ won: false, at: outcome.at })
    case 'mistake': {
      const text = abridged(entry.list[outcome.at]?.text ?? '')
      return entry.reject(new Error(`Write ${outcome.at} of the list, "${text}": ${outcome.reason}`))
    }
    case undefined:
      return entry.reject(new StorageFailed('The writer did not answer for this list.'))
  }
}
