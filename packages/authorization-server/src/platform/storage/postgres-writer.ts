// Commits on PostgreSQL: a list is one transaction in one round trip on a lane; the server groups the syncs of several
// lanes itself. A list is data, so one that a deadlock or a serialization failure undid is sent again. One whose answer
// was lost is asked after before anything is told.

import { setTimeout as delay } from 'node:timers/promises'
import type { QueueBounds } from './commit-queue.ts'
import { type ConnectSettings, PostgresConnection } from './postgres-connection.ts'
import { type Fate, fateOf, Lane, type List, listOf, type ListOutcome } from './postgres-lane.ts'
import { Station } from './postgres-station.ts'
import { type CommitResult, StorageBusy, StorageFailed, type Write } from './sql.ts'

export interface WriterSettings extends ConnectSettings {
  readonly writers: number
  readonly bounds: QueueBounds
  /** How long a lost answer is asked after. */
  readonly resolveMs: number
}

interface Commit {
  readonly list: List
  readonly since: number
  tries: number
  resolve(result: CommitResult): void
  reject(error: Error): void
}

const MAX_TRIES = 10

export class PostgresWriter {
  readonly #settings: WriterSettings
  readonly #station: Station<Lane, Commit>

  constructor(settings: WriterSettings) {
    this.#settings = settings
    this.#station = new Station({
      open: (ended) => Lane.open(settings, ended),
      serve: async (lane, commits) => {
        for (const commit of commits) await this.#serve(lane, commit)
      },
      servers: settings.writers,
      tasksPerTurn: 1,
      bounds: settings.bounds,
    })
  }

  start(): Promise<void> {
    return this.#station.start()
  }

  commit(writes: readonly Write[]): Promise<CommitResult> {
    return new Promise((resolve, reject) => {
      this.#station.push({ list: listOf(writes), since: performance.now(), tries: 0, resolve, reject })
    })
  }

  close(): Promise<void> {
    return this.#station.close()
  }

  async #serve(lane: Lane, commit: Commit): Promise<void> {
    const outcome = await lane.apply(commit.list)
    if (outcome.kind === 'unknown') await this.#askAfter(lane, outcome, commit)
    else if (outcome.kind === 'again') this.#again(lane, commit, outcome.reason)
    else settle(commit, outcome)
  }

  /** Lanes pause for different times, so that two lists that met do not meet again. */
  #again(lane: Lane, commit: Commit, reason: string): void {
    commit.tries += 1
    const isOver = performance.now() - commit.since > this.#settings.bounds.maxWaitMs
    if (commit.tries >= MAX_TRIES || isOver) {
      commit.reject(new StorageBusy(`PostgreSQL undid the list ${commit.tries} times: ${reason}`))
    } else this.#station.again(commit, commit.tries * (1 + (lane.id % 7)))
  }

  async #askAfter(lane: Lane, outcome: Extract<ListOutcome, { kind: 'unknown' }>, commit: Commit): Promise<void> {
    const { number, reason } = outcome
    switch (await this.#fate(lane.id, number)) {
      case 'committed':
        return commit.resolve({ won: true })
      case 'undone':
        return this.#again(lane, commit, reason)
      case 'forgotten':
      case 'unreachable':
        return commit.reject(new StorageFailed(`Whether the list was written could not be learned: ${reason}`))
    }
  }

  /** On connections of its own: the lanes may be as broken as the one that asks. */
  async #fate(lane: number, number: number): Promise<Fate> {
    const deadline = performance.now() + this.#settings.resolveMs
    for (let pauseMs = 10; ; pauseMs = Math.min(500, pauseMs * 2)) {
      const connection = await PostgresConnection.open(this.#settings, () => {}).catch(() => undefined)
      if (connection !== undefined) {
        const fate = await fateOf(connection, lane, number)
        await connection.close()
        if (fate !== 'unreachable') return fate
      }
      if (performance.now() + pauseMs > deadline) return 'unreachable'
      await delay(pauseMs)
    }
  }
}

function settle(commit: Commit, outcome: Exclude<ListOutcome, { kind: 'unknown' | 'again' }>): void {
  switch (outcome.kind) {
    case 'won':
      return commit.resolve({ won: true })
    case 'lost':
      return commit.resolve({ won: false, at: outcome.at })
    case 'busy':
      return commit.reject(new StorageBusy(`PostgreSQL had no time for the list: ${outcome.reason}`))
    case 'failed':
      return commit.reject(new StorageFailed(`PostgreSQL cannot write: ${outcome.reason}`))
    case 'mistake':
      return commit.reject(new Error(`Write ${outcome.at} of the list, ${outcome.reason}`))
  }
}
