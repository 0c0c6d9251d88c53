// The SQLite engine: a writer thread owns the only write connection, reads run here on a read-only one. Reads come from
// the page cache; the event loop never waits for a sync.

import { once } from 'node:events'
import { closeSync, mkdirSync, openSync } from 'node:fs'
import { getCompileCacheDir } from 'node:module'
import { dirname, resolve } from 'node:path'
import { Worker } from 'node:worker_threads'
import { type BatchAnswer, CommitQueue, type CommitStatistics, commitResult } from './commit-queue.ts'
import { Packer } from './packing.ts'
import { type Database, StorageFailed } from './sql.ts'
import type { FromWriter, ToWriter, WriterOptions } from './sqlite-messages.ts'
import { openReader, wireWrite } from './sqlite-reader.ts'
import { reasonOf } from './sqlite-statements.ts'

export type { CommitStatistics } from './commit-queue.ts'

export interface SqliteOptions {
  readonly file: string
  /** Called once when the file or the disk fails; production ends the process. Default: an uncaught exception. */
  readonly onFatal?: (error: StorageFailed) => void
  /** How long a batch waits for another process's transaction before its lists are busy. */
  readonly busyTimeoutMs?: number
  /** How many lists may wait behind the batch that is being written. */
  readonly maxWaiting?: number
  /** How long a list may wait there. */
  readonly maxWaitMs?: number
}

export interface SqliteDatabase extends Database {
  readonly engine: 'sqlite'
  /** How many batches were sent to the writer, and how many lists they held. */
  statistics(): CommitStatistics
}

const CHECKPOINT_PAGES = 1000
// A small nursery keeps the idle thread small; the old generation must hold the largest batch.
const WRITER_HEAP = { maxOldGenerationSizeMb: 256, maxYoungGenerationSizeMb: 4 }

/** The writing half: whoever has one owns the file's only write connection of this program. */
export interface SqliteWriter {
  readonly file: string
  readonly queue: CommitQueue
  /** Takes nothing more; resolves when all is on disk. Close the readers of this process between the two. */
  drain(): Promise<void>
  stop(): Promise<void>
}

const defaultBusyTimeoutMs = 5_000

/** Opens or creates the database file (for its owner only) and its writer thread. */
export async function openSqlite(options: SqliteOptions): Promise<SqliteDatabase> {
  // The writer comes first: it turns the file into one with a write-ahead log.
  const writer = await openWriter(options)
  const reader = openReader(writer.file, options.busyTimeoutMs ?? defaultBusyTimeoutMs)
  let closing: Promise<void> | undefined
  return {
    engine: 'sqlite',
    all: async (query) => reader.all(query),
    moment: reader.moment,
    async commit(writes) {
      if (writes.length === 0) return { won: true }
      const list = writes.map(wireWrite)
      return commitResult(list, await writer.queue.push(list))
    },
    statistics: () => writer.queue.statistics(),
    close: () => {
      closing ??= close(writer, () => reader.close())
      return closing
    },
  }
}

async function close(writer: SqliteWriter, closeReader: () => void): Promise<void> {
  await writer.drain()
  // The last connection to close empties the write-ahead log, and a read-only one cannot.
  closeReader()
  await writer.stop()
}

/** As `openSqlite`, without a connection that reads. */
export async function openWriter(options: SqliteOptions): Promise<SqliteWriter> {
  const file = resolve(options.file)
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  closeSync(openSync(file, 'a', 0o600))
  const busyTimeoutMs = options.busyTimeoutMs ?? defaultBusyTimeoutMs
  const worker = await startWriter({ file, busyTimeoutMs, checkpointPages: CHECKPOINT_PAGES })
  const queue = connect(worker, options)
  return { file, queue, drain: () => queue.drain(), stop: () => stopped(worker) }
}

async function startWriter(options: WriterOptions): Promise<Worker> {
  const module = import.meta.url.endsWith('.ts') ? './sqlite-writer.ts' : './sqlite-writer.js'
  const cache = getCompileCacheDir()
  const worker = new Worker(new URL(module, import.meta.url), {
    workerData: options,
    execArgv: [],
    // A worker does not inherit the compile cache. Without it the worker loads a TypeScript stripper of its own, which
    // costs some 20 ms and 10 MB. The directory that we are told is the one of this Node version inside the cache.
    env: cache === undefined ? {} : { NODE_COMPILE_CACHE: dirname(cache) },
    resourceLimits: WRITER_HEAP,
  })
  try {
    await once(worker, 'message')
    return worker
  } catch (cause) {
    throw new StorageFailed(`${options.file} cannot be opened: ${reasonOf(cause)}`, { cause })
  }
}

/** Ties the queue to the writer. The writer keeps the process alive only while a batch is with it. */
function connect(writer: Worker, options: SqliteOptions): CommitQueue {
  const send = (message: ToWriter): void => writer.postMessage(message, [])
  let settle: ((answer: BatchAnswer) => void) | undefined
  const packer = new Packer()
  const queue = new CommitQueue(
    (lists, whenAnswered) => {
      settle = whenAnswered
      writer.ref()
      send({ kind: 'batch', ...packer.pack(lists) })
    },
    { maxWaiting: options.maxWaiting ?? 2048, maxWaitMs: options.maxWaitMs ?? 5000 },
  )
  let failed = false
  const fail = (reason: string): void => {
    if (failed) return
    failed = true
    const error = new StorageFailed(`The database cannot be written any more: ${reason}`)
    queue.fail(error)
    if (options.onFatal) options.onFatal(error)
    else
      queueMicrotask(() => {
        throw error
      })
  }
  writer.on('message', (message: FromWriter) => {
    if (message.kind === 'fatal') return fail(message.reason)
    if (message.kind === 'ready') return
    writer.unref()
    settle?.(message)
  })
  writer.on('error', (error) => fail(reasonOf(error)))
  writer.on('exit', (code) => {
    if (code !== 0) fail(`the writer thread ended with ${code}`)
  })
  writer.unref()
  return queue
}

function stopped(writer: Worker): Promise<void> {
  return new Promise((resolveStop) => {
    if (writer.threadId === -1) return resolveStop()
    writer.once('exit', () => resolveStop())
    writer.ref()
    const message: ToWriter = { kind: 'close' }
    writer.postMessage(message, [])
  })
}
