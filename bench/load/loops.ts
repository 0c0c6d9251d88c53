// The two ways of asking. Closed loop: so many in flight, the next when one is answered; it finds the capacity.
// Open loop: requests fall due at a fixed rate whether or not the server keeps up, and waiting counts from the moment
// they fell due, so a stall is seen by all whom it would have met (no coordinated omission).
import { type Answer, Connection } from './connection.ts'

/** One request, and what its answer must be: a text says what is wrong. */
export interface Exchange {
  readonly request: string
  readonly verify: (answer: Answer) => string | undefined
}

/** Undefined when there is nothing more to ask. */
export interface Source {
  take(): Exchange | undefined
}

export interface Counted {
  readonly verified: number
  readonly faults: readonly string[]
  readonly faultCount: number
  readonly seconds: number
  /** Milliseconds, ascending. */
  readonly latencies: readonly number[]
  /** The share of the time in which the generator had something to do: near 1, it is the generator that was measured. */
  readonly generatorLoad: number
}

const mostFaultsKept = 5

class Tally {
  verified = 0
  faultCount = 0
  readonly faults: string[] = []
  readonly latencies: number[] = []
  readonly #startedAt: number = performance.now()
  readonly #cpu: NodeJS.CpuUsage = process.cpuUsage()
  #idleMs: number | undefined

  add(fault: string | undefined, ms: number): void {
    if (fault === undefined) {
      this.verified += 1
      this.latencies.push(ms)
      return
    }
    this.faultCount += 1
    if (this.faults.length < mostFaultsKept) this.faults.push(fault)
  }

  /**
   * Asks for answers without sleeping, until told to stop. Whoever sleeps is woken by each answer, and waking another core is work of
   * the one that answers: a floor that keeps the generator busy would be spared what a slower server pays.
   */
  stayAwake(): () => void {
    let isAwake = true
    let idleMs = 0
    let seen = 0
    let last = performance.now()
    const look = (): void => {
      const now = performance.now()
      const done = this.verified + this.faultCount
      if (done === seen) idleMs += now - last
      seen = done
      last = now
      if (isAwake) setImmediate(look)
    }
    setImmediate(look)
    return () => {
      isAwake = false
      this.#idleMs = idleMs
    }
  }

  finish(): Counted {
    const ms = performance.now() - this.#startedAt
    const { user, system } = process.cpuUsage(this.#cpu)
    const busyMs = this.#idleMs === undefined ? (user + system) / 1_000 : ms - this.#idleMs
    return {
      verified: this.verified,
      faults: this.faults,
      faultCount: this.faultCount,
      seconds: ms / 1_000,
      latencies: this.latencies.toSorted((a, b) => a - b),
      generatorLoad: busyMs / ms,
    }
  }
}

async function ask(connection: Connection, exchange: Exchange): Promise<string | undefined> {
  try {
    return exchange.verify(await connection.exchange(exchange.request))
  } catch (error) {
    connection.close()
    return error instanceof Error ? error.message : String(error)
  }
}

export class Pool {
  readonly #connections: Connection[]
  readonly size: number

  constructor(port: number, size: number) {
    this.size = size
    this.#connections = Array.from({ length: size }, () => new Connection(port))
  }

  take(): Connection | undefined {
    return this.#connections.pop()
  }

  give(connection: Connection): void {
    this.#connections.push(connection)
  }

  close(): void {
    for (const connection of this.#connections) connection.close()
  }
}

export async function closedLoop(pool: Pool, source: Source, inFlight: number, seconds: number): Promise<Counted> {
  const tally = new Tally()
  const sleep = tally.stayAwake()
  const end = performance.now() + seconds * 1_000
  const lane = async (): Promise<void> => {
    const connection = pool.take()
    if (connection === undefined) throw new Error('The pool is smaller than what is to be in flight.')
    for (let now = performance.now(); now < end; ) {
      const exchange = source.take()
      if (exchange === undefined) break
      const fault = await ask(connection, exchange)
      const answered = performance.now()
      tally.add(fault, answered - now)
      now = answered
    }
    pool.give(connection)
  }
  await Promise.all(Array.from({ length: inFlight }, lane))
  sleep()
  return tally.finish()
}

/** Exactly so many, however long it takes. */
export async function countedLoop(pool: Pool, source: Source, inFlight: number, count: number): Promise<Counted> {
  let left = count
  const counted: Source = { take: () => (left-- > 0 ? source.take() : undefined) }
  return closedLoop(pool, counted, inFlight, Number.POSITIVE_INFINITY)
}

interface Due {
  readonly exchange: Exchange
  readonly at: number
}

export async function openLoop(pool: Pool, source: Source, perSecond: number, seconds: number): Promise<Counted> {
  const tally = new Tally()
  const start = performance.now()
  const total = Math.floor(perSecond * seconds)
  const late: Due[] = []
  let sent = 0
  let open = 0
  const { promise, resolve } = Promise.withResolvers<void>()
  const serve = async (connection: Connection, first: Due): Promise<void> => {
    for (let due: Due | undefined = first; due !== undefined; due = late.shift()) {
      const fault = await ask(connection, due.exchange)
      tally.add(fault, performance.now() - due.at)
    }
    pool.give(connection)
    open -= 1
    if (sent >= total && open === 0) resolve()
  }
  const beat = (): void => {
    const now = performance.now()
    for (; sent < total && start + (sent / perSecond) * 1_000 <= now; sent += 1) {
      const exchange = source.take()
      if (exchange === undefined) continue
      const due = { exchange, at: start + (sent / perSecond) * 1_000 }
      const connection = pool.take()
      if (connection === undefined) late.push(due)
      else {
        open += 1
        void serve(connection, due)
      }
    }
    if (sent < total) setImmediate(beat)
    else if (open === 0) resolve()
  }
  beat()
  await promise
  return tally.finish()
}

export function percentile(ascending: readonly number[], share: number): number {
  return ascending[Math.min(ascending.length - 1, Math.floor(ascending.length * share))] ?? Number.NaN
}
