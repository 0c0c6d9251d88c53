// Commits on PostgreSQL: a list is one transaction, sent without waiting in between; the server groups the syncs of several
// lanes itself. Lists that may share a transaction wait for each other while one is on its way, and go alone when it was undone.
// A list is data, so one that a deadlock or a serialization failure undid is sent again. One whose answer was lost is asked
// after before anything is told.

import { setTimeout as delay } from 'node:timers/promises'
import type { QueueBounds } from './commit-queue.ts'
import { bundleOf, lockOf } from './postgres-bundle.ts'
import { type ConnectSettings, PostgresConnection } from './postgres-connection.ts'
import { closeTurn, type Fates, Lane, type List, listOf, type ListOutcome, listsPerTurn } from './postgres-lane.ts'
import { Station } from './postgres-station.ts'
import { type CommitResult, StorageBusy, StorageFailed, type Write } from './sql.ts'

export interface WriterSettings extends ConnectSettings {
  /** Lanes for lists that are alone in their transaction, and for those that share one. */
  readonly writers: number
  readonly bundlers: number
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

/** One that may share its transaction. */
interface BundledCommit extends Commit {
  readonly lock: string
}

const MAX_TRIES = 10
const LISTS_PER_BUNDLE = 64

export class PostgresWriter {
  readonly #settings: WriterSettings
  readonly #alone: Station<Lane, Commit>
  readonly #bundled: Station<Lane, BundledCommit>

  constructor(settings: WriterSettings) {
    this.#settings = settings
    const open = (ended: () => void): Promise<Lane> => Lane.open(settings, ended)
    const { bounds, writers, bundlers } = settings
    this.#alone = new Station({
      open,
      serve: (lane, commits) => this.#serve(lane, commits),
      servers: writers,
      tasksPerTurn: (waiting, free) => Math.min(listsPerTurn, Math.ceil(waiting / free)),
      bounds,
    })
    this.#bundled = new Station({
      open,
      serve: (lane, commits) => this.#serveBundle(lane, commits),
      servers: bundlers,
      tasksPerTurn: () => LISTS_PER_BUNDLE,
      bounds,
    })
  }

  /** Opens the lane of what comes first; the others are opened when they are wanted. */
  start(): Promise<void> {
    return this.#alone.start()
  }

  commit(writes: readonly Write[]): Promise<CommitResult> {
    return new Promise((resolve, reject) => {
      const commit = { list: listOf(writes), since: performance.now(), tries: 0, resolve, reject }
      const lock = lockOf(writes)
      if (lock === undefined) this.#alone.push(commit)
      else this.#bundled.push({ ...commit, lock })
    })
  }

  async close(): Promise<void> {
    // What a bundle leaves over goes alone.
    await this.#bundled.close()
    await this.#alone.close()
  }

  /** All win, or each goes alone and is told its own fate. */
  async #serveBundle(lane: Lane, commits: readonly BundledCommit[]): Promise<void> {
    const { bundle, others } = bundleOf(commits)
    for (const commit of others) this.#alone.push(commit)
    const statements = bundle.flatMap(({ list }) => list.statements)
    const [outcome] = await Promise.all(lane.apply([{ statements, defines: false }]))
    let hasWon = outcome?.kind === 'won'
    if (outcome === undefined || outcome.kind === 'unknown') {
      const fates = await this.#fates(lane.id, lane.turn)
      if (typeof fates === 'string') return rejectAll(bundle, neverKnown(fates))
      hasWon = fates(0)
    }
    for (const commit of bundle) {
      if (hasWon) commit.resolve({ won: true })
      else this.#alone.push(commit)
    }
  }

  /** Each is told as soon as its own answer is there. */
  async #serve(lane: Lane, commits: readonly Commit[]): Promise<void> {
    const outcomes = lane.apply(commits.map((commit) => commit.list))
    const { turn } = lane
    let fates: Promise<Fates | string> | undefined
    await Promise.all(
      commits.map(async (commit, place) => {
        const outcome = await outcomes[place]
        if (outcome === undefined || outcome.kind === 'unknown') {
          fates ??= this.#fates(lane.id, turn)
          this.#settleUnknown(lane, commit, place, await fates)
        } else if (outcome.kind === 'again') this.#again(lane, commit, outcome.reason)
        else settle(commit, outcome)
      }),
    )
  }

  #settleUnknown(lane: Lane, commit: Commit, place: number, fates: Fates | string): void {
    if (typeof fates === 'string') {
      commit.reject(neverKnown(fates))
    } else if (fates(place)) commit.resolve({ won: true })
    else this.#again(lane, commit, 'the connection broke')
  }

  /** Lanes pause for different times, so that two lists that met do not meet again. */
  #again(lane: Lane, commit: Commit, reason: string): void {
    commit.tries += 1
    const isOver = performance.now() - commit.since > this.#settings.bounds.maxWaitMs
    if (commit.tries >= MAX_TRIES || isOver) {
      commit.reject(new StorageBusy(`PostgreSQL undid the list ${commit.tries} times: ${reason}`))
    } else this.#alone.again(commit, commit.tries * (1 + (lane.id % 7)))
  }

  /** On connections of its own: the lanes may be as broken as the one that asks. */
  async #fates(lane: number, turn: number): Promise<Fates | string> {
    const deadline = performance.now() + this.#settings.resolveMs
    for (let pauseMs = 10; ; pauseMs = Math.min(500, pauseMs * 2)) {
      const connection = await PostgresConnection.open(this.#settings, () => {}).catch(() => undefined)
      if (connection !== undefined) {
        const fates = await closeTurn(connection, lane, turn)
        await connection.close()
        if (fates === 'forgotten') return 'its lane was removed'
        if (fates !== undefined) return fates
      }
      if (performance.now() + pauseMs > deadline) return 'PostgreSQL cannot be reached'
      await delay(pauseMs)
    }
  }
}

function neverKnown(why: string): StorageFailed {
  return new StorageFailed(`The connection broke, and whether the list was written is not known: ${why}`)
}

function rejectAll(commits: readonly Commit[], error: Error): void {
  for (const commit of commits) commit.reject(error)
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
