// Prepared statements by their text, and what an SQLite error means. Shared by the reader and the writer thread, so it
// imports nothing at run time. Result codes: sqlite.org/rescode.html

import type { DatabaseSync, StatementSync } from 'node:sqlite'

export interface Prepared {
  readonly statement: StatementSync
  /** The first word, in lower case: 'select', 'insert', 'create'… */
  readonly verb: string
}

/** Keeps the statements that were used last. */
export class StatementCache {
  readonly #database: DatabaseSync
  readonly #limit: number
  readonly #prepared: Map<string, Prepared> = new Map()

  constructor(database: DatabaseSync, limit: number) {
    this.#database = database
    this.#limit = limit
  }

  prepare(text: string): Prepared {
    const prepared = this.#prepared.get(text) ?? this.#compile(text)
    this.#prepared.delete(text)
    this.#prepared.set(text, prepared)
    if (this.#prepared.size > this.#limit) {
      for (const oldest of this.#prepared.keys()) {
        this.#prepared.delete(oldest)
        break
      }
    }
    return prepared
  }

  #compile(text: string): Prepared {
    const statement = this.#database.prepare(text)
    // node:sqlite runs the first statement and drops the rest without a word: half a migration would pass for a whole.
    if (statement.sourceSQL.length < text.trimEnd().length) throw new Error('there is text after the first statement')
    return { statement, verb: /^(?:\s|--[^\n]*\n|\/\*[^]*?\*\/)*(\w*)/.exec(text)?.[1]?.toLowerCase() ?? '' }
  }
}

/** constraint: the data refuse it. busy: locked by another. mistake: the SQL or a value is wrong. fatal: disk or file. */
export type SqliteFault = 'constraint' | 'busy' | 'mistake' | 'fatal'

const BUSY = new Set([5, 6, 15]) // BUSY, LOCKED, PROTOCOL (a lock race that outlasted SQLite's own retries)
const MISTAKE = new Set([1, 12, 17, 18, 20, 21, 23, 25]) // ERROR, NOTFOUND, SCHEMA, TOOBIG, MISMATCH, MISUSE, AUTH, RANGE
const CONSTRAINT = 19
const CONSTRAINT_DATATYPE = 3091 // text into an integer column of a strict table: never a lost race

/** Sorts an error by what must happen next; whatever SQLite did not raise is a mistake of the caller. */
export function sqliteFault(error: unknown): SqliteFault {
  const code = resultCode(error)
  if (code === undefined || code === CONSTRAINT_DATATYPE) return 'mistake'
  const primary = code & 0xff
  if (primary === CONSTRAINT) return 'constraint'
  if (BUSY.has(primary)) return 'busy'
  return MISTAKE.has(primary) ? 'mistake' : 'fatal'
}

/** SQLite's extended result code, when the error carries one. */
export function resultCode(error: unknown): number | undefined {
  return error instanceof Error && 'errcode' in error && typeof error.errcode === 'number' ? error.errcode : undefined
}

export function reasonOf(error: unknown): string {
  const code = resultCode(error)
  const message = error instanceof Error ? error.message : String(error)
  return code === undefined ? message : `${message} (SQLite ${code})`
}
