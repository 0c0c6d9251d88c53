// The reading half of SQLite in one process: a read-only connection with its prepared statements. A reader starts from the
// last commit, whichever process of the machine made it (sqlite.org/wal.html), so it sees whatever was acknowledged before.

import { DatabaseSync } from 'node:sqlite'
import { abridged, bindings } from './bindings.ts'
import { type Row, type Query, StorageBusy, type Write } from './sql.ts'
import type { SqliteValue, WireWrite } from './sqlite-messages.ts'
import { reasonOf, StatementCache, sqliteFault } from './sqlite-statements.ts'

export interface SqliteReader {
  all(query: Query): readonly Row[]
  /** See `Database.moment`: a transaction around several reads, which saves each the beginning and ending of its own. */
  readonly moment: { begin(): void; end(): void }
  close(): void
}

/** The file must have its write-ahead log already: a read-only connection cannot turn it on. */
export function openReader(file: string, busyTimeoutMs: number): SqliteReader {
  const database = new DatabaseSync(file, { readOnly: true, timeout: busyTimeoutMs })
  const statements = new StatementCache(database, 256)
  const begin = database.prepare('begin')
  const end = database.prepare('commit')
  return {
    all: (query) => read(statements, query),
    moment: {
      begin: () => void (database.isTransaction || begin.run()),
      end: () => void (database.isTransaction && end.run()),
    },
    close: () => database.close(),
  }
}

function read(statements: StatementCache, query: Query): readonly Row[] {
  const values = sqliteValues(query)
  try {
    return statements.prepare(query.sql).statement.all(...values)
  } catch (error) {
    if (sqliteFault(error) === 'busy') throw new StorageBusy(reasonOf(error), { cause: error })
    throw new Error(`"${abridged(query.sql)}": ${reasonOf(error)}`, { cause: error })
  }
}

export function wireWrite({ statement, rows }: Write): WireWrite {
  return { text: statement.sql, values: bindings(statement), rows }
}

function sqliteValues(statement: Query): SqliteValue[] {
  return bindings(statement).map((value) => (typeof value === 'number' ? BigInt(value) : value))
}
