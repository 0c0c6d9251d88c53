// Opens the two halves of the PostgreSQL engine, after a look at the server: its version, its encoding, its promises.

import { integer, text } from './decode.ts'
import type { PostgresDatabase, PostgresOptions } from './postgres.ts'
import { type ConnectSettings, PostgresConnection } from './postgres-connection.ts'
import { prepareLanes, readOf, reasonOf } from './postgres-lane.ts'
import { PostgresReader } from './postgres-reader.ts'
import { PostgresWriter } from './postgres-writer.ts'
import { sql, StorageUnusable } from './sql.ts'

const OLDEST_VERSION = 140_000

export async function openServer(options: PostgresOptions): Promise<PostgresDatabase> {
  const connect: ConnectSettings = {
    url: options.url,
    connectTimeoutMs: options.connectTimeoutMs ?? 5000,
    statementTimeoutMs: options.statementTimeoutMs ?? 5000,
  }
  await inspect(connect)
  const bounds = { maxWaiting: options.maxWaiting ?? 2048, maxWaitMs: options.maxWaitMs ?? 5000 }
  const resolveMs = options.resolveMs ?? 5000
  const { writers = 6, bundlers = 2, readers = 2, lookers = 1 } = options
  const writer = new PostgresWriter({ ...connect, bounds, writers, bundlers, resolveMs })
  const reader = new PostgresReader({ ...connect, bounds, readers, lookers })
  const closeBoth = async (): Promise<void> => {
    await Promise.all([writer.close(), reader.close()])
  }
  try {
    await writer.start()
    await reader.start()
  } catch (error) {
    await closeBoth()
    throw error
  }
  let closing: Promise<void> | undefined
  return {
    engine: 'postgres',
    all: (query) => reader.all(query),
    commit: async (writes) => (writes.length === 0 ? { won: true } : writer.commit(writes)),
    close: () => {
      closing ??= closeBoth()
      return closing
    },
  }
}

async function inspect(settings: ConnectSettings): Promise<void> {
  const connection = await PostgresConnection.open(settings, () => {}).catch((cause: unknown) => {
    throw new StorageUnusable(`PostgreSQL at ${placeOf(settings.url)} cannot be reached: ${messageOf(cause)}`, {
      cause,
    })
  })
  try {
    const outcome = await connection.run([
      readOf(sql`select cast(current_setting('server_version_num') as integer) as version,
        current_setting('server_encoding') as encoding, current_setting('synchronous_commit') as synchronous`),
    ])
    const answer = outcome.kind === 'done' ? outcome.answers[0] : undefined
    const row = answer instanceof Error ? undefined : answer?.[0]
    if (row === undefined) throw new StorageUnusable(`PostgreSQL does not tell its settings: ${reasonOf(outcome)}`)
    if (integer(row, 'version') < OLDEST_VERSION) throw new StorageUnusable('PostgreSQL 14 or later is needed.')
    if (text(row, 'encoding') !== 'UTF8') throw new StorageUnusable('The database must have the encoding UTF8.')
    if (text(row, 'synchronous') === 'off') {
      throw new StorageUnusable(
        'synchronous_commit is off: PostgreSQL would lose what it acknowledged. Set it to on for this role.',
      )
    }
    await prepareLanes(connection)
  } finally {
    await connection.close()
  }
}

/** Host, port and database: never the password. */
function placeOf(url: string): string {
  const { host, pathname } = URL.canParse(url) ? new URL(url) : { host: '', pathname: '' }
  return `${host}${pathname}` || 'the given address'
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
