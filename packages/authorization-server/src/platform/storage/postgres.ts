// The PostgreSQL engine: the same SQL text as on SQLite, on connections that write lists (lanes) and connections that
// read. Nothing is acknowledged before the server says that it is committed, and the server must say so truthfully:
// synchronous_commit = off is refused at the start.

import type { Database } from './sql.ts'

export interface PostgresOptions {
  /** postgres://user:password@host:port/database, with `sslmode` and the other parameters of libpq that `pg` knows. */
  readonly url: string
  /** How many connections write lists that are alone in their transaction, */
  readonly writers?: number
  /** and how many write those that share one. */
  readonly bundlers?: number
  /** How many connections read, each many statements at a time, */
  readonly readers?: number
  /** and how many look up rows by their keys, so that these wait for no list. */
  readonly lookers?: number
  /** How many lists, and how many reads, may wait for a connection. */
  readonly maxWaiting?: number
  /** How long one may wait there. */
  readonly maxWaitMs?: number
  readonly connectTimeoutMs?: number
  /** How long one statement may take; what defines tables is exempt. */
  readonly statementTimeoutMs?: number
  /** How long the fate of a list is asked after whose connection broke. */
  readonly resolveMs?: number
}

export interface PostgresDatabase extends Database {
  readonly engine: 'postgres'
}

/**
 * Connects to PostgreSQL, version 14 or later.
 * @throws StorageUnusable when nobody answers, or the server cannot keep what we promise
 */
export async function openPostgres(options: PostgresOptions): Promise<PostgresDatabase> {
  // Loaded here: an installation on SQLite starts without it.
  const { openServer } = await import('./postgres-server.ts')
  return openServer(options)
}
