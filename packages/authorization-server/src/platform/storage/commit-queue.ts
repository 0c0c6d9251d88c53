// Group commit, the half of those who wait: what arrives while a batch is away forms the next one, without a timer.
// Bounded by count and by age, so that a slow disk answers "busy" early instead of everything late.

import { abridged } from './bindings.ts'
import { type CommitResult, StorageBusy, StorageFailed } from './sql.ts'
import type { ListOutcome, WireList } from './sqlite-messages.ts'

export interface QueueBounds {
  /** How many lists may wait for the batch before them. */
  readonly maxWaiting: number
  /** How long the oldest may wait before it, and whoever comes then, is turned away. */
  readonly maxWaitMs: number
  /** How many batches may be away at once: one for a writer, which takes them one by one. */
  readonly mostAway?: number
}

/** done: one outcome for each list. busy: nothing of the batch was written. */
export type BatchAnswer =
  | { readonly kind: 'done'; readonly outcomes: readonly ListOutcome[] }
  | { readonly kind: 'busy'; readonly reason: string }

/** Sends a batch away; `settle` is called once, with its answer. */
export type SendBatch = (lists: readonly WireList[], settle: (answer: BatchAnswer) => void) => void

export interface CommitStatistics {
  /** How many batches were sent, and how many lists they held. */
  readonly batches: number
  readonly lists: number
}

/** Bounds how long one transaction holds the write lock, and what the writer must hold in memory. */
const MAX_BATCH = 512

interface Entry {
  readonly list: WireList
  readonly since: number
  readonly resolve: (outcome: Exclude<ListOutcome, { kind: 'busy' }>) => void
  readonly reject: (error: Error) => void
}

interface Batch {
  readonly entries: readonly Entry[]
  readonly since: number
}

export class CommitQueue {
  readonly #send: SendBatch
  readonly #bounds: QueueBounds
  readonly #away = new Set<Batch>()
  #waiting: Entry[] = []
  #scheduled = false
  #expiry: NodeJS.Timeout | undefined
  #end: Error | undefined
  #whenIdle: (() => void) | undefined
  #batches = 0
  #lists = 0

  constructor(send: SendBatch, bounds: QueueBounds) {
    this.#send = send
    this.#bounds = bounds
  }

  /** Resolves when the batch of this list is on disk, or the list was refused. @throws StorageBusy, StorageFailed */
  push(list: WireList): Promise<Exclude<ListOutcome, { kind: 'busy' }>> {
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

  #settle(batch: Batch, answer: BatchAnswer): void {
    if (!this.#away.delete(batch)) return
    for (const [index, entry] of batch.entries.entries()) {
      if (answer.kind === 'busy') entry.reject(new StorageBusy(`Another process holds the database: ${answer.reason}`))
      else settleOne(entry, answer.outcomes[index])
    }
    if (this.#waiting.length > 0) this.#schedule()
    else if (this.#away.size === 0) this.#whenIdle?.()
  }

  /** Turns away everything, now and later. */
  fail(error: Error): void {
    this.#end = error
    const lost = [...[...this.#away].flatMap((batch) => batch.entries), ...this.#waiting]
    this.#away.clear()
    this.#waiting = []
    clearTimeout(this.#expiry)
    for (const entry of lost) entry.reject(error)
    this.#whenIdle?.()
  }

  /** Takes nothing more, and resolves when everything that was taken is settled. */
  drain(): Promise<void> {
    this.#end ??= new Error('The database is closed.')
    if (this.#away.size === 0 && this.#waiting.length === 0) return Promise.resolve()
    return new Promise((resolve) => {
      this.#whenIdle = resolve
    })
  }

  statistics(): CommitStatistics {
    return { batches: this.#batches, lists: this.#lists }
  }

  #stalled(now: number): boolean {
    const [first] = this.#away
    const oldest = first?.since ?? this.#waiting[0]?.since
    return oldest !== undefined && now - oldest > this.#bounds.maxWaitMs
  }

  /**
   * At the end of this turn of the event loop, so that commits of the same turn share a batch; also those that were
   * waiting for the batch before, else they and the ones that waited here would take turns in half-full batches.
   */
  #schedule(): void {
    if (this.#away.size >= (this.#bounds.mostAway ?? 1)) this.#watchAge()
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
    const batch = { entries: this.#waiting.splice(0, MAX_BATCH), since: performance.now() }
    this.#away.add(batch)
    this.#batches += 1
    this.#lists += batch.entries.length
    this.#send(
      batch.entries.map((entry) => entry.list),
      (answer) => this.#settle(batch, answer),
    )
    if (this.#waiting.length > 0) this.#schedule()
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

function settleOne(entry: Entry, outcome: ListOutcome | undefined): void {
  if (outcome === undefined) entry.reject(new StorageFailed('The writer did not answer for this list.'))
  else if (outcome.kind === 'busy') entry.reject(new StorageBusy(outcome.reason))
  else entry.resolve(outcome)
}

/** @throws Error when the SQL or a value of the list is wrong; it names the statement, never its values */
export function commitResult(list: WireList, outcome: Exclude<ListOutcome, { kind: 'busy' }>): CommitResult {
  switch (outcome.kind) {
    case 'won':
      return { won: true }
    case 'lost':
      return { won: false, at: outcome.at }
    case 'mistake':
      throw new Error(`Write ${outcome.at} of the list, "${abridged(list[outcome.at]?.text ?? '')}": ${outcome.reason}`)
  }
}
