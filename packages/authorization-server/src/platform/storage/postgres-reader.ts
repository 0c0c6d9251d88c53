// Reads on PostgreSQL: those that wait share a round trip, and lookups of one kind a statement. A read changes nothing, so one
// whose connection broke is sent once more.

import { abridged } from './bindings.ts'
import type { QueueBounds } from './commit-queue.ts'
import type { Answer, BatchOutcome, Statement } from './postgres-batch.ts'
import { type ConnectSettings, PostgresConnection } from './postgres-connection.ts'
import { postgresFault, safeReason } from './postgres-errors.ts'
import { readOf } from './postgres-lane.ts'
import { Station } from './postgres-station.ts'
import { type Question, questionsOf, rowsOf } from './postgres-together.ts'
import { OtherColumns } from './postgres-values.ts'
import { type Query, type Row, StorageBusy } from './sql.ts'

export interface ReaderSettings extends ConnectSettings {
  readonly readers: number
  readonly lookers: number
  readonly bounds: QueueBounds
}

interface Read {
  readonly statement: Statement
  /** Until the statement that it shared with others was refused. */
  isLookup: boolean
  readonly since: number
  tries: number
  resolve(rows: readonly Row[]): void
  reject(error: Error): void
}

const MAX_TRIES = 2
const READS_PER_TURN = 64

export class PostgresReader {
  readonly #reads: Station<PostgresConnection, Read>
  readonly #lookups: Station<PostgresConnection, Read>

  constructor(settings: ReaderSettings) {
    const station = (servers: number): Station<PostgresConnection, Read> =>
      new Station({
        open: (ended) => PostgresConnection.open(settings, ended),
        serve: async (connection, reads) => {
          const questions = questionsOf(reads)
          this.#settle(connection, questions, await connection.run(questions.map(({ statement }) => statement)))
        },
        servers,
        tasksPerTurn: () => READS_PER_TURN,
        bounds: settings.bounds,
      })
    this.#reads = station(settings.readers)
    this.#lookups = station(settings.lookers)
  }

  async start(): Promise<void> {
    await Promise.all([this.#reads.start(), this.#lookups.start()])
  }

  all(query: Query): Promise<readonly Row[]> {
    return new Promise((resolve, reject) => {
      const { isLookup = false } = query
      const station = isLookup ? this.#lookups : this.#reads
      station.push({ statement: readOf(query), isLookup, since: performance.now(), tries: 0, resolve, reject })
    })
  }

  async close(): Promise<void> {
    // A lookup whose statement was refused goes on among the other reads.
    await this.#lookups.close()
    await this.#reads.close()
  }

  /** A refused statement takes those behind it along; they go again, without blame. */
  #settle(connection: PostgresConnection, questions: readonly Question<Read>[], outcome: BatchOutcome): void {
    for (const [at, { reads }] of questions.entries()) {
      const [first, ...others] = reads
      if (first === undefined) continue
      if (outcome.kind === 'broken') {
        for (const read of reads) this.#again(read, new StorageBusy(`The read was cut off: ${outcome.reason}`))
      } else if (others.length > 0) this.#answerAll(connection, reads, outcome.answers[at])
      else if (outcome.kind === 'refused' && at === outcome.at) this.#refuse(connection, first, outcome)
      else this.#answer(connection, first, outcome.answers[at])
    }
  }

  /** Where they cannot all be answered each goes on alone, so that whose fault it was is told to nobody else. */
  #answerAll(connection: PostgresConnection, reads: readonly Read[], answer: Answer | undefined): void {
    if (answer instanceof OtherColumns) connection.forget()
    const found = answer === undefined || answer instanceof Error ? undefined : rowsOf(answer, reads.length)
    for (const [at, read] of reads.entries()) {
      const rows = found?.[at]
      if (rows !== undefined) read.resolve(rows)
      else {
        read.isLookup = false
        this.#reads.again(read, 0)
      }
    }
  }

  #answer(connection: PostgresConnection, read: Read, rows: Answer | undefined): void {
    if (rows === undefined) this.#reads.again(read, 0)
    else if (rows instanceof OtherColumns) {
      connection.forget()
      this.#again(read, new StorageBusy(rows.message))
    } else if (rows instanceof Error) read.reject(rows)
    else read.resolve(rows)
  }

  #refuse(connection: PostgresConnection, read: Read, { refusal }: Extract<BatchOutcome, { kind: 'refused' }>): void {
    const reason = `"${abridged(read.statement.shape.text)}": ${safeReason(refusal)}`
    const fault = postgresFault(refusal)
    if (fault === 'forgotten') connection.forget()
    if (fault === 'forgotten' || fault === 'again') this.#again(read, new StorageBusy(reason))
    else read.reject(fault === 'busy' ? new StorageBusy(reason) : new Error(reason))
  }

  #again(read: Read, error: Error): void {
    read.tries += 1
    if (read.tries < MAX_TRIES) this.#reads.again(read, 0)
    else read.reject(error)
  }
}
