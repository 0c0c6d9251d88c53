// The words of storage: a statement, a write with the number of rows it must touch, and what a commit answers.
// A decision is a list of writes, applied all or nothing; no code runs between them, so nothing slow can slip inside.

import type { Sql } from 'sql-template-tag'

export { default as sql, empty, join, raw, type Sql } from 'sql-template-tag'

/** A statement and its values, as the engines take them: `?` for the one, `$1` for the other. */
export interface Query extends Pick<Sql, 'sql' | 'text' | 'values'> {
  /** It finds one row at most: an engine may ask for those of many such queries at once. */
  readonly isLookup?: boolean
}

export type Row = Readonly<Record<string, unknown>>

/** A statement and how many rows it must touch for its list to hold. */
export interface Write {
  readonly statement: Query
  readonly rows: number | 'any'
  /**
   * Names the one row that it locks, or is '' when it locks none that another could wait for. Lists that say so of each write, and
   * lock one row together, may share a transaction: in the order of these names no two of them wait for each other.
   */
  readonly locks?: string | undefined
}

/** `at` is the index of the first write that was unmet: a wrong row count, or a constraint that refused it. */
export type CommitResult = { readonly won: true } | { readonly won: false; readonly at: number }

export interface Database {
  readonly engine: 'sqlite' | 'postgres'
  /** Sees every write that was acknowledged before the call. */
  all(query: Query): Promise<readonly Row[]>
  /** All or nothing; resolves only when the list is on disk. */
  commit(writes: readonly Write[]): Promise<CommitResult>
  close(): Promise<void>
  /**
   * Reads between the two calls see one moment, which is not before the first read among them. Only for reads that run without
   * a pause, for requests that had all arrived before: none of them can know of a later write. An engine may lack it.
   */
  readonly moment?: { begin(): void; end(): void }
}

/** A write that loses unless it touches exactly one row: the `if` that two requests could both pass. */
export function guarded(statement: Query, locks?: string): Write {
  return { statement, rows: 1, locks }
}

/** A write that may touch any number of rows. */
export function unguarded(statement: Query, locks?: string): Write {
  return { statement, rows: 'any', locks }
}

/** Rows that may go: the query that names them, and the write that removes what it names. */
export interface Removal {
  readonly named: Sql
  readonly write: Write
}

/** The queue is full, waits too long, or another process holds the file: nothing was written, try again later (503). */
export class StorageBusy extends Error {
  override readonly name: string = 'StorageBusy'
}

/** The database cannot be used as it is: nobody answers at its address, or the server there cannot keep what we promise. */
export class StorageUnusable extends Error {
  override readonly name: string = 'StorageUnusable'
}

/** The engine cannot be trusted any more (disk, corruption, lost writer); whether the list was written is not known. */
export class StorageFailed extends Error {
  override readonly name: string = 'StorageFailed'
}
