// One round trip: several statements and one Sync. Without BEGIN they are one transaction, which the Sync commits; after
// an error the server undoes all of them and skips to the Sync (postgresql.org/docs/current/protocol-flow.html, Pipelining).

import type { Connection, Submittable } from 'pg'
import type { Bindable } from './bindings.ts'
import type { Refusal } from './postgres-errors.ts'
import type { Shape } from './postgres-text.ts'
import { type Field, rowOf, wireValue } from './postgres-values.ts'
import type { Row } from './sql.ts'

export interface Statement {
  readonly shape: Shape
  readonly values: readonly Bindable[]
}

/**
 * done: committed. refused: the server undid everything; `at` is the statement, or their number when the commit failed.
 * broken: the connection ended before the answer, and nothing is known.
 */
export type BatchOutcome =
  | { readonly kind: 'done'; readonly rows: readonly (readonly Row[])[] }
  | { readonly kind: 'refused'; readonly at: number; readonly refusal: Refusal; readonly rows: readonly (readonly Row[])[] }
  | { readonly kind: 'broken'; readonly reason: string }

/** What a connection has prepared, with the columns that each read answers. */
export class PreparedStatements {
  readonly #fields: Map<string, readonly Field[]> = new Map()
  readonly #limit: number

  constructor(limit: number) {
    this.#limit = limit
  }

  has(name: string): boolean {
    return this.#fields.has(name)
  }

  fields(name: string): readonly Field[] {
    return this.#fields.get(name) ?? []
  }

  /** Keeps it, and returns the name that had to go for it. */
  add(name: string, fields: readonly Field[]): void {
    this.#fields.set(name, fields)
  }

  /** The names that are to be closed, oldest first, so that the server's memory stays bounded. */
  surplus(): readonly string[] {
    const names = [...this.#fields.keys()].slice(0, Math.max(0, this.#fields.size - this.#limit))
    for (const name of names) this.#fields.delete(name)
    return names
  }

  clear(): void {
    this.#fields.clear()
  }
}

/** Handed to the client of `pg`, which calls it for each message of the server. */
export class Batch implements Submittable {
  readonly #statements: readonly Statement[]
  readonly #prepared: PreparedStatements
  readonly #settle: (outcome: BatchOutcome) => void
  readonly #rows: Row[][] = []
  readonly #announced: Set<string> = new Set()
  #fields: readonly Field[] = []
  #current: Row[] = []
  #refusal: Refusal | undefined
  #surprise: unknown
  #settled = false

  constructor(
    statements: readonly Statement[],
    prepared: PreparedStatements,
    settle: (outcome: BatchOutcome) => void,
  ) {
    this.#statements = statements
    this.#prepared = prepared
    this.#settle = settle
  }

  submit(connection: Connection): void {
    connection.stream.cork()
    try {
      for (const name of this.#prepared.surplus()) connection.close({ type: 'S', name }, true)
      for (const statement of this.#statements) this.#send(connection, statement)
      connection.sync()
    } finally {
      connection.stream.uncork()
    }
  }

  #send(connection: Connection, { shape, values }: Statement): void {
    const { name, text, kind } = shape
    if (name === '' || !(this.#prepared.has(name) || this.#announced.has(name))) {
      // An earlier attempt may have left it behind without telling: closing what does not exist is no error.
      if (name !== '') connection.close({ type: 'S', name }, true)
      connection.parse({ name, text, types: [] }, true)
      if (kind === 'read') connection.describe({ type: 'S', name }, true)
      this.#announced.add(name)
    }
    connection.bind({ statement: name, values: values.map(wireValue) }, true)
    connection.execute(null, true)
  }

  handleRowDescription(message: { readonly fields: readonly Field[] }): void {
    this.#fields = message.fields
  }

  handleDataRow(message: { readonly fields: readonly (string | null)[] }): void {
    const shape = this.#statements[this.#rows.length]?.shape
    if (shape?.kind !== 'read') return
    const fields = this.#announced.has(shape.name) ? this.#fields : this.#prepared.fields(shape.name)
    try {
      this.#current.push(rowOf(fields, message.fields))
    } catch (error) {
      this.#surprise ??= error
    }
  }
}
