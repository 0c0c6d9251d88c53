// Connections and the work that waits for them: opened when work waits, up to a number, and again with growing pauses when
// the server is away. The queue is bounded by count and age, so that a slow server answers "busy" early.

import type { QueueBounds } from './commit-queue.ts'
import { StorageBusy } from './sql.ts'

/** What serves: a connection, or a lane on one. */
export interface Server {
  readonly isAlive: boolean
  readonly ageMs: number
  close(): Promise<void>
}

/** What waits to be served. */
export interface Task {
  readonly since: number
  reject(error: Error): void
}

export interface StationOptions<S extends Server, T extends Task> {
  /** `ended` is to be called when the server is gone. */
  open(ended: () => void): Promise<S>
  /** Settles the tasks, or hands them back with `again`; it never rejects. */
  serve(server: S, tasks: readonly T[]): Promise<void>
  readonly servers: number
  /** How many tasks a server takes when so many wait and so many servers are free, or could be opened. */
  tasksPerTurn(waiting: number, free: number): number
  readonly bounds: QueueBounds
}

const MAX_PAUSE_MS = 1000
const FIRST_PAUSE_MS = 25
/** A connection is replaced after this, so that nothing on the server's side grows with it. */
const MAX_AGE_MS = 6 * 3_600_000

export class Station<S extends Server, T extends Task> {
  readonly #options: StationOptions<S, T>
  readonly #idle: S[] = []
  #waiting: T[] = []
  /** Open, or about to be. */
  #servers = 0
  #busy = 0
  #delayed = 0
  #failures = 0
  #unreachable: Error | undefined
  #pause: NodeJS.Timeout | undefined
  #expiry: NodeJS.Timeout | undefined
  #isScheduled = false
  #isOpening = false
  #end: Error | undefined
  #isClosed = false
  #whenIdle: (() => void) | undefined

  constructor(options: StationOptions<S, T>) {
    this.#options = options
  }

  /** Opens the first server: what is wrong with the address or the account is told at the start. */
  async start(): Promise<void> {
    this.#idle.push(await this.#add())
  }

  push(task: T): void {
    const { maxWaiting, maxWaitMs } = this.#options.bounds
    const oldest = this.#waiting[0]?.since ?? task.since
    if (this.#end) task.reject(this.#end)
    else if (this.#waiting.length >= maxWaiting || task.since - oldest > maxWaitMs) {
      task.reject(this.#tooBusy('Too many wait for PostgreSQL.'))
    } else {
      this.#waiting.push(task)
      this.#schedule()
    }
  }

  /** Puts a task before all others, after a pause; its age counts from its first turn. */
  again(task: T, pauseMs: number): void {
    this.#delayed += 1
    setTimeout(() => {
      this.#delayed -= 1
      this.#waiting.unshift(task)
      this.#turn()
    }, pauseMs)
  }

  /** Takes nothing more, and resolves when everything that was taken is settled and every connection closed. */
  async close(): Promise<void> {
    this.#end ??= new Error('The database is closed.')
    if (this.#waiting.length > 0 || this.#busy > 0 || this.#delayed > 0) {
      await new Promise<void>((resolve) => {
        this.#whenIdle = resolve
      })
    }
    this.#isClosed = true
    clearTimeout(this.#pause)
    clearTimeout(this.#expiry)
    await Promise.all(this.#idle.splice(0).map((server) => server.close()))
  }

  /** At the end of this turn of the event loop, so that what arrives together travels together. */
  #schedule(): void {
    if (this.#isScheduled) return
    this.#isScheduled = true
    setImmediate(() => {
      this.#isScheduled = false
      this.#turn()
    })
  }

  #turn(): void {
    while (this.#waiting.length > 0) {
      const server = this.#idle.pop()
      if (server === undefined) break
      const count = this.#options.tasksPerTurn(this.#waiting.length, this.#options.servers - this.#busy)
      if (server.isAlive) void this.#serve(server, this.#waiting.splice(0, count))
    }
    if (this.#waiting.length > 0) {
      this.#watchAge()
      this.#open()
    } else if (this.#busy === 0 && this.#delayed === 0) this.#whenIdle?.()
  }

  async #serve(server: S, tasks: readonly T[]): Promise<void> {
    this.#busy += 1
    await this.#options.serve(server, tasks)
    this.#busy -= 1
    if (server.isAlive && server.ageMs < MAX_AGE_MS) this.#idle.push(server)
    else if (server.isAlive) void server.close()
    this.#turn()
  }

  /** One at a time: a server that was away is not met by a crowd. */
  #open(): void {
    if (this.#isOpening || this.#servers >= this.#options.servers) return
    this.#isOpening = true
    const settle = (): void => {
      this.#isOpening = false
      this.#turn()
    }
    this.#add().then(
      (server) => {
        this.#failures = 0
        this.#unreachable = undefined
        if (this.#isClosed) void server.close()
        else this.#idle.push(server)
        settle()
      },
      (error: unknown) => {
        this.#unreachable = error instanceof Error ? error : new Error(String(error))
        this.#pause = setTimeout(settle, Math.min(MAX_PAUSE_MS, FIRST_PAUSE_MS * 2 ** this.#failures))
        this.#failures += 1
      },
    )
  }

  /** Counts a server until it ends, or fails to begin. */
  async #add(): Promise<S> {
    this.#servers += 1
    let isCounted = true
    const ended = (): void => {
      if (!isCounted) return
      isCounted = false
      this.#servers -= 1
      if (this.#waiting.length > 0) this.#schedule()
    }
    try {
      return await this.#options.open(ended)
    } catch (error) {
      ended()
      throw error
    }
  }

  #watchAge(): void {
    const oldest = this.#waiting[0]
    if (this.#expiry !== undefined || oldest === undefined) return
    const leftMs = Math.max(0, oldest.since + this.#options.bounds.maxWaitMs - performance.now())
    this.#expiry = setTimeout(() => this.#expire(), leftMs + 1)
  }

  #expire(): void {
    this.#expiry = undefined
    const limit = performance.now() - this.#options.bounds.maxWaitMs
    const expired = this.#waiting.filter((task) => task.since <= limit)
    this.#waiting = this.#waiting.filter((task) => task.since > limit)
    for (const task of expired) task.reject(this.#tooBusy('PostgreSQL had no time in time.'))
    this.#turn()
  }

  #tooBusy(what: string): StorageBusy {
    const why = this.#unreachable === undefined ? '' : ` No connection: ${this.#unreachable.message}`
    return new StorageBusy(`${what}${why}`)
  }
}
