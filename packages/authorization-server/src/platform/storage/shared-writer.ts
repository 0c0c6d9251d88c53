// One SQLite writer for several processes: its owner takes the lists of the others and acknowledges them after the sync;
// they read on connections of their own. Lists of all processes share commits, because they meet in the owner's queue.

import { type BatchAnswer, CommitQueue, commitResult } from './commit-queue.ts'
import { Packer, Unpacker } from './packing.ts'
import { type Database, StorageBusy, StorageFailed } from './sql.ts'
import { openWriter, type SqliteOptions, type SqliteWriter } from './sqlite.ts'
import type { FromOwner, ListOutcome, ToOwner, WireList } from './sqlite-messages.ts'
import { openReader, wireWrite } from './sqlite-reader.ts'

/** One end of a line between two processes, e.g. the channel to a forked child; it must carry bigint and bytes. */
export interface Line {
  send(message: object): void
  listen(receive: (message: unknown) => void): void
}

/** The owner's side. */
export interface WriterOwner {
  readonly file: string
  /** Answers the lists that come over this line. */
  serve(line: Line): void
  /** Resolves when all that was taken is on disk and the file is closed. */
  close(): Promise<void>
}

// Each process has its own bound, by which its callers are turned away; this one is a backstop for all of them.
const ownersMaxWaiting = 16_384

/** Opens or creates the database file and its writer, for the processes that will be served. */
export async function openWriterOwner(options: SqliteOptions): Promise<WriterOwner> {
  const writer = await openWriter({ maxWaiting: ownersMaxWaiting, ...options })
  return {
    file: writer.file,
    serve(line) {
      const unpacker = new Unpacker()
      line.listen((message) => {
        if (isToOwner(message)) answer(writer, line, message.id, unpacker.unpack(message))
      })
    },
    async close() {
      await writer.drain()
      await writer.stop()
    },
  }
}

function answer({ queue }: SqliteWriter, line: Line, id: number, lists: readonly WireList[]): void {
  Promise.all(lists.map((list) => outcomeOf(queue, list))).then(
    (outcomes) => {
      const reply: FromOwner = { kind: 'outcomes', id, outcomes }
      line.send(reply)
    },
    () => {
      // The database failed, and this process ends. No answer is the truth: nobody knows what is on the disk.
    },
  )
}

async function outcomeOf(queue: CommitQueue, list: WireList): Promise<ListOutcome> {
  try {
    return await queue.push(list)
  } catch (error) {
    if (error instanceof StorageBusy) return { kind: 'busy', reason: error.message }
    throw error
  }
}

export interface SharedWriterOptions {
  readonly file: string
  readonly line: Line
  readonly busyTimeoutMs?: number
  readonly maxWaiting?: number
  readonly maxWaitMs?: number
}

export interface SharedDatabase extends Database {
  readonly engine: 'sqlite'
  /** The owner is gone: nothing can be acknowledged any more. */
  lost(reason: string): void
}

// While one batch is at the disk the next may already wait at the owner, so that the lists of all processes meet there.
const mostAway = 2

/** A process's side: the owner has opened the file already. */
export function openSharedWriter(options: SharedWriterOptions): SharedDatabase {
  const reader = openReader(options.file, options.busyTimeoutMs ?? 5_000)
  const unanswered = new Map<number, (answer: BatchAnswer) => void>()
  let sent = 0
  const packer = new Packer()
  const queue = new CommitQueue(
    (lists, settle) => {
      sent += 1
      unanswered.set(sent, settle)
      const message: ToOwner = { kind: 'lists', id: sent, ...packer.pack(lists) }
      options.line.send(message)
    },
    { maxWaiting: options.maxWaiting ?? 2048, maxWaitMs: options.maxWaitMs ?? 5_000, mostAway },
  )
  options.line.listen((message) => {
    if (!isFromOwner(message)) return
    const settle = unanswered.get(message.id)
    unanswered.delete(message.id)
    settle?.({ kind: 'done', outcomes: message.outcomes })
  })
  let closing: Promise<void> | undefined
  return {
    engine: 'sqlite',
    all: async (query) => reader.all(query),
    moment: reader.moment,
    async commit(writes) {
      if (writes.length === 0) return { won: true }
      const list = writes.map(wireWrite)
      return commitResult(list, await queue.push(list))
    },
    lost: (reason) => queue.fail(new StorageFailed(`The process that owns the database is gone: ${reason}`)),
    close: () => {
      closing ??= queue.drain().then(() => reader.close())
      return closing
    },
  }
}

// The other end is this program in the same version: the kind tells one message from another, and nothing else is doubted.
function isToOwner(message: unknown): message is ToOwner {
  return kindOf(message) === 'lists'
}

function isFromOwner(message: unknown): message is FromOwner {
  return kindOf(message) === 'outcomes'
}

function kindOf(message: unknown): unknown {
  return typeof message === 'object' && message !== null && 'kind' in message ? message.kind : undefined
}
