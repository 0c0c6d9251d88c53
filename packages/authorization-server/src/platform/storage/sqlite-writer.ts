// The SQLite writer thread: owns the only write connection and runs each batch of lists as one transaction, each list whole or
// not at all. It answers after COMMIT, which returns when the write-ahead log is synced (sqlite.org/wal.html, synchronous=FULL).
// It imports as little as it can: its start is part of the server's start.

import { DatabaseSync } from 'node:sqlite'
import { parentPort, workerData } from 'node:worker_threads'
import type {
  FromWriter,
  Outcome,
  PackedWrite,
  SqliteValue,
  ToWriter,
  WireValue,
  WriterOptions,
} from './sqlite-messages.ts'
import { reasonOf, StatementCache, sqliteFault } from './sqlite-statements.ts'

if (parentPort === null) throw new Error('The SQLite writer runs as a worker thread.')
const port = parentPort
const { file, busyTimeoutMs, checkpointPages } = writerOptions(workerData)

const database = openForWriting()
const statements = new StatementCache(database, 256)
const begin = database.prepare('begin immediate')
const commit = database.prepare('commit')
const rollback = database.prepare('rollback')
const savepoint = database.prepare('savepoint list')
const release = database.prepare('release list')
const undo = database.prepare('rollback to list')
const logSize = database.prepare('pragma wal_checkpoint(noop)')
/** What the sender knows by number. */
const texts: string[] = []
const checkpoint = database.prepare('pragma wal_checkpoint(passive)')

port.on('message', (message: ToWriter) => {
  if (message.kind === 'close') {
    database.close()
    port.close()
    return
  }
  texts.splice(message.known, texts.length, ...message.texts)
  answer(runBatch(message.lists))
  answer(checkpointWhenDue())
})
answer({ kind: 'ready' })

function writerOptions(given: unknown): WriterOptions {
  if (typeof given === 'object' && given !== null && 'file' in given && typeof given.file === 'string') {
    const busyMs = 'busyTimeoutMs' in given ? Number(given.busyTimeoutMs) : Number.NaN
    const pages = 'checkpointPages' in given ? Number(given.checkpointPages) : Number.NaN
    if (busyMs >= 0 && pages > 0) return { file: given.file, busyTimeoutMs: busyMs, checkpointPages: pages }
  }
  throw new TypeError('The SQLite writer needs a file, a busy timeout and a checkpoint bound.')
}

function openForWriting(): DatabaseSync {
  const opened = new DatabaseSync(file, { timeout: busyTimeoutMs })
  const mode = opened.prepare('pragma journal_mode = wal').get()
  if (mode?.['journal_mode'] !== 'wal') throw new Error('This file system does not support a write-ahead log.')
  // fullfsync: plain fsync on macOS does not reach the disk. Checkpoints are ours, between batches.
  opened.exec(`
    pragma synchronous = full;
    pragma fullfsync = on;
    pragma wal_autocheckpoint = 0;
    -- What a savepoint would undo: in a file, it cost as much as the writes themselves.
    pragma temp_store = memory;
    pragma trusted_schema = off;
    pragma cell_size_check = on;
  `)
  return opened
}

function answer(message: FromWriter | undefined): void {
  if (message === undefined) return
  port.postMessage(message)
  // Nothing that this connection says can be trusted after an I/O error; the main thread ends the process.
  if (message.kind === 'fatal') port.close()
}

function runBatch(lists: readonly (readonly PackedWrite[])[]): FromWriter {
  try {
    return { kind: 'done', outcomes: runTogether(lists) ?? runApart(lists) }
  } catch (error) {
    const kind = sqliteFault(error) === 'busy' && rolledBack() ? 'busy' : 'fatal'
    return { kind, reason: reasonOf(error) }
  }
}

/**
 * Without savepoints, which are a third of what a batch costs (docs/decisions/0016). Most lists that fail do so at their first write,
 * which leaves nothing behind; where one had written something, all is undone, and the answer is undefined.
 */
function runTogether(lists: readonly (readonly PackedWrite[])[]): readonly Outcome[] | undefined {
  begin.run()
  const outcomes: Outcome[] = []
  for (const list of lists) {
    const { outcome, hasWritten } = runList(list)
    if (outcome.kind !== 'won' && hasWritten) {
      rollback.run()
      return undefined
    }
    outcomes.push(outcome)
  }
  commit.run()
  return outcomes
}

/** Each list in a savepoint of its own. */
function runApart(lists: readonly (readonly PackedWrite[])[]): readonly Outcome[] {
  begin.run()
  const outcomes = lists.map((list) => {
    savepoint.run()
    const { outcome } = runList(list)
    if (outcome.kind !== 'won') undo.run()
    release.run()
    return outcome
  })
  commit.run()
  return outcomes
}

interface RunList {
  readonly outcome: Outcome
  /** Whether anything is to be undone if the list failed. */
  readonly hasWritten: boolean
}

/** Up to the first write that is not met. Throws when the whole batch is lost. */
function runList(list: readonly PackedWrite[]): RunList {
  let hasWritten = false
  for (const [at, write] of list.entries()) {
    const [, rows] = write
    try {
      const touched = execute(write)
      hasWritten ||= touched > 0
      if (rows >= 0 && touched !== rows) return { outcome: { kind: 'lost', at }, hasWritten }
    } catch (error) {
      return { outcome: failure(error, at), hasWritten }
    }
  }
  return { outcome: { kind: 'won' }, hasWritten }
}

/** SQLite undoes by itself what the failed statement had done. */
function failure(error: unknown, at: number): Outcome {
  const fault = sqliteFault(error)
  // Some errors end the transaction, and the neighbours' writes with it (sqlite.org/lang_transaction.html).
  if (fault === 'fatal' || fault === 'busy' || !database.isTransaction) throw error
  return fault === 'constraint' ? { kind: 'lost', at } : { kind: 'mistake', at, reason: reasonOf(error) }
}

/** @returns how many rows were touched; 1 for what changes the schema */
function execute([number, rows, values]: PackedWrite): number {
  const { statement, verb } = statements.prepare(texts[number] ?? '')
  switch (verb) {
    case 'insert':
    case 'update':
    case 'delete':
    case 'with':
      return Number(statement.run(...values.map(bound)).changes)
    case 'create':
    case 'alter':
    case 'drop':
    case 'reindex':
    case 'analyze':
      // SQLite reports the count of the statement before, so a number here would mean nothing.
      if (rows >= 0) throw new Error(`rows touched by "${verb}" cannot be counted`)
      statement.run()
      return 1
    default:
      // A list must not end its own transaction, nor read.
      throw new Error(`"${verb}" is not a write`)
  }
}

function bound(value: WireValue): SqliteValue {
  return typeof value === 'number' ? BigInt(value) : value
}

function rolledBack(): boolean {
  if (database.isTransaction) database.exec('rollback')
  return !database.isTransaction
}

/** Copies the log into the database file when it has grown; readers are not stopped (passive). */
function checkpointWhenDue(): FromWriter | undefined {
  if (!database.isOpen) return undefined
  try {
    const size = logSize.get()
    if (Number(size?.['log']) - Number(size?.['checkpointed']) >= checkpointPages) checkpoint.get()
    return undefined
  } catch (error) {
    return sqliteFault(error) === 'busy' ? undefined : { kind: 'fatal', reason: reasonOf(error) }
  }
}
