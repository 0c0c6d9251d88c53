// What the main thread and the SQLite writer thread tell each other, and what a worker process and the process that owns
// the writer do. Types only: the writer loads nothing for them.

/** What node:sqlite binds. A whole number is a bigint there: it takes a JavaScript number for a REAL, which makes `7 / 2` be 3.5. */
export type SqliteValue = null | string | bigint | Uint8Array

/** As it travels: whole numbers as numbers, which are copied faster. */
export type WireValue = null | string | number | Uint8Array

export interface WireWrite {
  readonly text: string
  readonly values: readonly WireValue[]
  readonly rows: number | 'any'
}

export type WireList = readonly WireWrite[]

/** The statement's number, how many rows it must touch (-1: any), its values. */
export type PackedWrite = readonly [statement: number, rows: number, values: readonly WireValue[]]

export interface PackedLists {
  /** How many texts the receiver knows of this line; those that come now are numbered on from there. */
  readonly known: number
  readonly texts: readonly string[]
  readonly lists: readonly (readonly PackedWrite[])[]
}

export interface WriterOptions {
  readonly file: string
  readonly busyTimeoutMs: number
  /** How many pages the write-ahead log may hold beyond the last checkpoint. */
  readonly checkpointPages: number
}

export type ToWriter = (PackedLists & { readonly kind: 'batch' }) | { readonly kind: 'close' }

/** won: written. lost: unmet at that write. mistake: the list's SQL or values are wrong; only that list is undone. */
export type Outcome =
  | { readonly kind: 'won' }
  | { readonly kind: 'lost'; readonly at: number }
  | { readonly kind: 'mistake'; readonly at: number; readonly reason: string }

/** done: the batch is on disk. busy: another process kept the lock, nothing is written. fatal: trust nothing more. */
export type FromWriter =
  | { readonly kind: 'ready' }
  | { readonly kind: 'done'; readonly outcomes: readonly Outcome[] }
  | { readonly kind: 'busy'; readonly reason: string }
  | { readonly kind: 'fatal'; readonly reason: string }

/** busy: nothing of the list is written, because too many wait or another program kept the lock. */
export type ListOutcome = Outcome | { readonly kind: 'busy'; readonly reason: string }

/** From a worker process to the owner of the writer; each is answered once, in any order. */
export interface ToOwner extends PackedLists {
  readonly kind: 'lists'
  readonly id: number
}

export interface FromOwner {
  readonly kind: 'outcomes'
  readonly id: number
  readonly outcomes: readonly ListOutcome[]
}
