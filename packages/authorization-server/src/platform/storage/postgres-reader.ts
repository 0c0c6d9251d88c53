// Reads on PostgreSQL: those that wait share a round trip, each a statement of its own with a snapshot of its own. A read
// changes nothing, so one whose connection broke is sent once more.

import { abridged } from './bindings.ts'
import type { QueueBounds } from './commit-queue.ts'
import type { Answer, BatchOutcome, Statement } from './postgres-batch.ts'
import { type ConnectSettings, PostgresConnection } from './postgres-connection.ts'
import { postgresFault, safeReason } from './postgres-errors.ts'
import { readOf } from './postgres-lane.ts'
import { Station } from './postgres-station.ts'
import { OtherColumns } from './postgres-values.ts'
import { type Query, type Row, StorageBusy } from './sql.ts'

export interface ReaderSettings extends ConnectSettings {
  readonly readers: number
  readonly bounds: QueueBounds
}

interface Read {
  readonly statement: Statement
  readonly since: number
  tries: number
  resolve(rows: readonly Row[]): void
  reject(error: Error): void
}

const MAX_TRIES = 2
const READS_PER_TURN = 64

export class PostgresReader {
  readonly #station: Station<PostgresConnection, Read>

  constructor(settings: ReaderSettings) {
    this.#station = new Station({
      open: (ended) => PostgresConnection.open(settings, ended),
      serve: async (connection, reads) => {
        this.#settle(connection, reads, await connection.run(reads.map((read) => read.statement)))
      },
      servers: settings.readers,
      tasksPerTurn: () => READS_PER_TURN,
      bounds: settings.bounds,
    })
  }

  start(): Promise<void> {
    return this.#station.start()
  }

  all(query: Query): Promise<readonly Row[]> {
    return new Promise((resolve, reject) => {
      this.#station.push({ statement: readOf(query), since: performance.now(), tries: 0, resolve, reject })
    })
  }

  close(): Promise<void> {
    return this.#station.close()
  }

  /** A refused read takes those behind it along; they go again, without blame. */
  #settle(connection: PostgresConnection, reads: readonly Read[], outcome: BatchOutcome): void {
    if (outcome.kind === 'broken') {
      for (const read of reads) this.#again(read, new StorageBusy(`The read was cut off: ${outcome.reason}`))
      return
    }
    for (const [at, read] of reads.entries()) {
      if (outcome.kind === 'refused' && at === outcome.at) this.#refuse(connection, read, outcome)
      else this.#answer(connection, read, outcome.answers[at])
    }
  }

  #answer(connection: PostgresConnection, read: Read, rows: Answer | undefined): void {
    if (rows === undefined) this.#station.again(read, 0)
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
    if (read.tries < MAX_TRIES) this.#station.again(read, 0)
    else read.reject(error)
  }
}
