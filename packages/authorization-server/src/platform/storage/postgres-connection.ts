// One connection to PostgreSQL. Batches that leave together are written together and answered one after another. It ends
// itself when an answer is overdue: a link that swallows packets would otherwise hold its caller for ever.

import { Socket } from 'node:net'
import { Client } from 'pg'
import { Batch, type BatchOutcome, PreparedStatements, type Statement } from './postgres-batch.ts'

export interface ConnectSettings {
  readonly url: string
  readonly connectTimeoutMs: number
  /** What the server itself gives a statement, and we a batch (and a second more, for the way). */
  readonly statementTimeoutMs: number
}

const PREPARED = 256
const PATROL_MS = 250
const GRACE_MS = 1000

/** Poolers in transaction mode refuse settings at the start of a connection, unless told to ignore them. */
const withoutSettings: Set<string> = new Set()

export class PostgresConnection {
  readonly #client: Client
  readonly #prepared: PreparedStatements = new PreparedStatements(PREPARED)
  readonly #timeoutMs: number
  readonly #patrol: NodeJS.Timeout
  readonly #since: number = performance.now()
  readonly #onEnd: () => void
  /** On their way, in order; `pg` knows of the first. */
  #batches: Batch[] = []
  #allowedMs = 0
  #due = Number.POSITIVE_INFINITY
  #isAlive = true

  private constructor(client: Client, settings: ConnectSettings, onEnd: () => void) {
    this.#client = client
    this.#timeoutMs = settings.statementTimeoutMs + GRACE_MS
    this.#onEnd = onEnd
    this.#patrol = setInterval(() => this.#watch(), PATROL_MS).unref()
    client.connection.on('readyForQuery', () => this.#synced())
    client.on('error', (error) => this.#ended(error.message))
    client.on('end', () => this.#ended('the connection ended'))
    this.#hold(false)
  }

  /** @throws Error of `pg` when nobody answers, or the server refuses */
  static async open(settings: ConnectSettings, onEnd: () => void): Promise<PostgresConnection> {
    try {
      return new PostgresConnection(await connect(settings, !withoutSettings.has(settings.url)), settings, onEnd)
    } catch (error) {
      if (!(error instanceof Error && /unsupported startup parameter/.test(error.message))) throw error
      withoutSettings.add(settings.url)
      return new PostgresConnection(await connect(settings, false), settings, onEnd)
    }
  }

  get isAlive(): boolean {
    return this.#isAlive
  }

  get ageMs(): number {
    return performance.now() - this.#since
  }

  /** One batch alone. Never rejects. `unhurried`: as long as it takes, for what defines tables. */
  run(statements: readonly Statement[], unhurried = false): Promise<BatchOutcome> {
    return new Promise((resolve) => this.#send([new Batch(statements, this.#prepared, resolve)], unhurried))
  }

  /** Several batches in one write, each its own transaction; never rejects. To be called when none is on its way. */
  runEach(batches: readonly (readonly Statement[])[], unhurried = false): Promise<BatchOutcome>[] {
    const made: Batch[] = []
    const outcomes = batches.map(
      (statements) =>
        new Promise<BatchOutcome>((resolve) => {
          made.push(new Batch(statements, this.#prepared, resolve))
        }),
    )
    this.#send(made, unhurried)
    return outcomes
  }

  #send(batches: Batch[], unhurried: boolean): void {
    const [first] = batches
    if (!this.#isAlive) for (const batch of batches) batch.broken('the connection had ended')
    if (!this.#isAlive || first === undefined) return
    this.#allowedMs = unhurried ? Number.POSITIVE_INFINITY : this.#timeoutMs
    this.#due = performance.now() + this.#allowedMs
    this.#batches = batches
    this.#hold(true)
    this.#write(batches)
    this.#client.query(first)
  }

  #write(batches: readonly Batch[]): void {
    const { connection } = this.#client
    const announced = new Set<string>()
    connection.stream.cork()
    for (const name of this.#prepared.surplus()) connection.close({ type: 'S', name }, true)
    for (const batch of batches) batch.write(connection, announced)
    connection.stream.uncork()
  }

  /** Prepares everything anew from here on. */
  forget(): void {
    this.#prepared.clear()
  }

  async close(): Promise<void> {
    clearInterval(this.#patrol)
    if (!this.#isAlive) return
    this.#hold(true)
    const impatience = setTimeout(() => this.destroy('the farewell was not answered'), GRACE_MS)
    await this.#client.end()
    clearTimeout(impatience)
  }

  destroy(reason: string): void {
    this.#client.connection.stream.destroy()
    this.#ended(reason)
  }

  #synced(): void {
    const batch = this.#batches.shift()
    const [next] = this.#batches
    if (next === undefined) {
      this.#due = Number.POSITIVE_INFINITY
      this.#hold(false)
    } else {
      this.#due = performance.now() + this.#allowedMs
      this.#client.query(next)
    }
    batch?.synced()
  }

  /** Keeps the process alive only while a batch is on its way. */
  #hold(isHeld: boolean): void {
    const { stream } = this.#client.connection
    if (!(stream instanceof Socket)) return
    if (isHeld) stream.ref()
    else stream.unref()
  }

  #watch(): void {
    if (performance.now() > this.#due) this.destroy('the server did not answer in time')
  }

  #ended(reason: string): void {
    if (!this.#isAlive) return
    this.#isAlive = false
    clearInterval(this.#patrol)
    for (const batch of this.#batches.splice(0)) batch.broken(reason)
    this.#onEnd()
  }
}

async function connect(settings: ConnectSettings, withSettings: boolean): Promise<Client> {
  const client = new Client({
    connectionString: settings.url,
    connectionTimeoutMillis: settings.connectTimeoutMs,
    fallback_application_name: 'latchkey',
    keepAlive: true,
    ...(withSettings ? { statement_timeout: settings.statementTimeoutMs } : {}),
  })
  // Without a listener an error between two events would end the process.
  client.on('error', () => client.connection.stream.destroy())
  await client.connect()
  return client
}
