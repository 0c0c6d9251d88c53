// The words of a transfer: what a database or a backup file holds, table by table, in a form that both engines read and write.

import type { Instant } from '../time/index.ts'

/** Where a database is. */
export type Place =
  | { readonly engine: 'sqlite'; readonly file: string }
  | { readonly engine: 'postgres'; readonly url: string }

/** A value as it is stored, whatever the engine calls its type. */
export type Cell = null | string | number | Uint8Array

/** One row, in the order of its table's columns. */
export type Line = readonly Cell[]

export interface Column {
  readonly name: string
  readonly kind: 'integer' | 'text' | 'bytes'
}

/** A table as the engine's catalogue knows it. */
export interface TableShape {
  readonly name: string
  readonly columns: readonly Column[]
  /** The columns of its primary key: the order of its rows, the same on both engines. */
  readonly key: readonly string[]
  /** The tables that its rows point to. */
  readonly references: readonly string[]
  /** The column that the engine counts. */
  readonly counted: string | undefined
}

export interface TableContents {
  readonly name: string
  readonly columns: readonly Column[]
  readonly rows: number
  readonly counted: string | undefined
  /** The last number that the engine gave. */
  readonly counter: number
}

export interface AppliedMigration {
  readonly id: string
  readonly appliedAt: Instant
}

/** Everything there is, tables after those that they point to. */
export interface Contents {
  readonly migrations: readonly AppliedMigration[]
  readonly tables: readonly TableContents[]
}

/** What can be read once from beginning to end. */
export interface RowSource {
  readonly contents: Contents
  /** The rows of a table in batches; tables are asked for in the order of the contents. */
  rows(table: TableContents): AsyncIterable<readonly Line[]>
  /** After the last table. @throws TransferRefused when it does not end as it was written */
  finish(): Promise<void>
}

/** How far it is; told after each batch. */
export type Progress = (table: string, rows: number, of: number) => void

export type TransferReason = 'not-empty' | 'in-use' | 'newer' | 'unlike' | 'damaged' | 'wrong-key' | 'exists'

/** A transfer that would lose or overwrite something, or whose source cannot be trusted; nothing was changed. */
export class TransferRefused extends Error {
  override readonly name: string = 'TransferRefused'
  readonly reason: TransferReason

  constructor(reason: TransferReason, message: string, options?: ErrorOptions) {
    super(message, options)
    this.reason = reason
  }
}
