// One connection to PostgreSQL, with one batch on its way at a time. It ends itself when an answer is overdue: a link
// that swallows packets would otherwise hold its caller for ever.

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
  #batch: Batch | undefined
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

  /** Never rejects. `unhurried`: as long as it takes, for what defines tables. */
  run(statements: readonly Statement[], unhurried = false): Promise<BatchOutcome> {
    return new Promise((resolve) => {
      if (!this.#isAlive) return resolve({ kind: 'broken', reason: 'the connection had ended' })
      this.#due = unhurried ? Number.POSITIVE_INFINITY : performance.now() + this.#timeoutMs
      this.#batch = new Batch(statements, this.#prepared, resolve)
      this.#client.query(this.#batch)
    })
  }

  /** Prepares everything anew from here on. */
  forget(): void {
    this.#prepared.clear()
  }

  async close(): Promise<void> {
    clearInterval(this.#patrol)
    if (!this.#isAlive) return
    const impatience = setTimeout(() => this.destroy('the farewell was not answered'), GRACE_MS)
    await this.#client.end()
    clearTimeout(impatience)
  }

  destroy(reason: string): void {
    this.#client.connection.stream.destroy()
    this.#ended(reason)
  }

  #synced(): void {
    const batch = this.#batch
    this.#batch = undefined
    this.#due = Number.POSITIVE_INFINITY
    batch?.synced()
  }

  #watch(): void {
    if (performance.now() > this.#due) this.destroy('the server did not answer in time')
  }

  #ended(reason: string): void {
    if (!this.#isAlive) return
    this.#isAlive = false
    clearInterval(this.#patrol)
    const batch = this.#batch
    this.#batch = undefined
    batch?.broken(reason)
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
