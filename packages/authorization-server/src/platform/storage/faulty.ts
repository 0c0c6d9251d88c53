// A database that fails on purpose, for tests that ask what happens when the n-th write, or the n-th commit, goes wrong.
// It wraps a real engine; writes being data, counting and failing them needs no knowledge of SQL.

import {
  type CommitResult,
  type Database,
  type Row,
  type Query,
  StorageBusy,
  StorageFailed,
  type Write,
} from './sql.ts'

export interface Fault {
  readonly on: 'write' | 'commit'
  /** Counted from 1, from the moment the fault was armed. */
  readonly nth: number
  /**
   * failed: nothing is written, StorageFailed. busy: nothing is written, StorageBusy. lost: nothing is written, the
   * race is lost at that write. unanswered: the list is written, but its answer is a StorageFailed.
   */
  readonly as: 'failed' | 'busy' | 'lost' | 'unanswered'
}

export interface StatementCounts {
  readonly reads: number
  readonly commits: number
  readonly writes: number
}

export interface FaultyDatabase extends Database {
  /** Sets the next fault (none: only count) and starts all counts at 0. */
  arm(fault?: Fault): void
  counts(): StatementCounts
}

/** Wraps a database so that a chosen write or commit goes wrong, once. */
export function faulty(database: Database): FaultyDatabase {
  let armed: Fault | undefined
  let counts: StatementCounts = { reads: 0, commits: 0, writes: 0 }
  return {
    engine: database.engine,
    arm(fault) {
      armed = fault
      counts = { reads: 0, commits: 0, writes: 0 }
    },
    counts: () => counts,
    async all(query: Query): Promise<readonly Row[]> {
      counts = { ...counts, reads: counts.reads + 1 }
      return database.all(query)
    },
    async commit(writes: readonly Write[]): Promise<CommitResult> {
      const before = counts
      counts = { ...before, commits: before.commits + 1, writes: before.writes + writes.length }
      const at = armed ? hit(armed, before, writes.length) : undefined
      return armed && at !== undefined ? fail(database, writes, armed, at) : database.commit(writes)
    },
    close: () => database.close(),
  }
}

/** The index of the write that a fault strikes in this list, if it does. */
function hit(fault: Fault, before: StatementCounts, length: number): number | undefined {
  if (fault.on === 'commit') return fault.nth === before.commits + 1 ? 0 : undefined
  const at = fault.nth - before.writes - 1
  return at >= 0 && at < length ? at : undefined
}

async function fail(database: Database, writes: readonly Write[], fault: Fault, at: number): Promise<CommitResult> {
  const which = `${fault.on} number ${fault.nth}`
  if (fault.as === 'lost') return { won: false, at }
  if (fault.as === 'busy') throw new StorageBusy(`The ${which} was made to find the storage busy.`)
  if (fault.as === 'unanswered') await database.commit(writes)
  throw new StorageFailed(`The ${which} was made to fail.`)
}
