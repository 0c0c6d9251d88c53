// The world outside: clock, randomness and the log are passed in from the first line, so that a test can hold them still.
import { type Random, systemRandom } from './platform/crypto/index.ts'
import { createLog, type Log, type LogSettings } from './platform/log/index.ts'
import type { Locale } from './platform/html/index.ts'
import type { OutgoingWorld } from './platform/outgoing/index.ts'
import type { Database, StorageFailed } from './platform/storage/index.ts'
import { type Clock, systemClock } from './platform/time/index.ts'

export interface Deps {
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  /** Name servers, loopback and certificates of what the server fetches: for tests. */
  readonly outgoing?: OutgoingWorld
  /** The database's file or disk failed: nothing can be acknowledged any more, and the process should end. */
  readonly onFatal?: (error: StorageFailed) => void
  /** The language of the pages, asked for each of them; English without it. */
  readonly locale?: () => Locale
  /** Opens the database in the place of the settings: for a worker process, whose writer is its parent's. */
  readonly openDatabase?: () => Promise<Database>
  /** Stands between the server and its database, once the tables are up to date: for tests that make it fail. */
  readonly wrapDatabase?: (database: Database) => Database
}

export function systemDeps(settings: LogSettings, development: boolean): Deps {
  const format = settings.format === 'auto' ? (development ? 'pretty' : 'json') : settings.format
  const inColour = format === 'pretty' && process.stderr.isTTY
  return {
    clock: systemClock,
    random: systemRandom,
    log: createLog({ level: settings.level, format, clock: systemClock, inColour }),
  }
}
