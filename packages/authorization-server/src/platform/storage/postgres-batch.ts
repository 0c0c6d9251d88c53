// Several statements and one Sync. Without BEGIN they are one transaction, which the Sync commits; after
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

/** The rows of a read (none of a write), or why they cannot be told. */
export type Answer = readonly Row[] | Error

/**
 * done: committed. refused: the server undid everything; `at` is the statement, or their number when the commit failed.
 * broken: the connection ended before the answer, and nothing is known.
 */
export type BatchOutcome =
  | { readonly kind: 'done'; readonly answers: readonly Answer[] }
  | { readonly kind: 'refused'; readonly at: number; readonly refusal: Refusal; readonly answers: readonly Answer[] }
  | { readonly kind: 'broken'; readonly reason: string }

/** What a connection has prepared, with the columns that each read answers; the last used are kept. */
export class PreparedStatements {
  readonly #fields: Map<string, readonly Field[]> = new Map()
  readonly #limit: number
  #renewals = 0

  constructor(limit: number) {
    this.#limit = limit
  }

  /** As it is sent: after `clear` another text, since a pooler knows a statement by its text and would give the old one again. */
  textOf(text: string): string {
    return this.#renewals === 0 ? text : `${text}\n-- prepared anew: ${this.#renewals}`
  }

  /** The columns of a prepared read, none of a write; undefined when it is not prepared. */
  fields(name: string): readonly Field[] | undefined {
    return this.#fields.get(name)
  }

  /** Says that it was used, and works. */
  keep(name: string, fields: readonly Field[]): void {
    this.#fields.delete(name)
    this.#fields.set(name, fields)
  }

  /** Takes out the names that are to be closed, so that the server's memory stays bounded. */
  surplus(): readonly string[] {
    const names = [...this.#fields.keys()].slice(0, Math.max(0, this.#fields.size - this.#limit))
    for (const name of names) this.#fields.delete(name)
    return names
  }

  clear(): void {
    this.#renewals += 1
    this.#fields.clear()
  }
}

/** Handed to the client of `pg`, which calls it for each message of the server. */
export class Batch implements Submittable {
  readonly #statements: readonly Statement[]
  readonly #prepared: PreparedStatements
  readonly #settled: (outcome: BatchOutcome) => void
  readonly #answers: Answer[] = []
  #fields: readonly Field[] = []
  #rows: Row[] = []
  #surprise: Error | undefined
  #refusal: Refusal | undefined

  constructor(
    statements: readonly Statement[],
    prepared: PreparedStatements,
    settled: (outcome: BatchOutcome) => void,
  ) {
    this.#statements = statements
    this.#prepared = prepared
    this.#settled = settled
  }

  /** It was written with its turn: `pg` only learns here that the next messages are its answers. */
  submit(): void {}

  /** Writes it; `announced` are the names that those written just before it have prepared. */
  write(connection: Connection, announced: Set<string>): void {
    for (const statement of this.#statements) this.#send(connection, statement, announced)
    connection.sync()
  }

  #send(connection: Connection, { shape, values }: Statement, announced: Set<string>): void {
    const { name, text, kind } = shape
    if (name === '' || (this.#prepared.fields(name) === undefined && !announced.has(name))) {
      // An earlier attempt may have left it behind without telling: closing what does not exist is no error.
      if (name !== '') connection.close({ type: 'S', name }, true)
      connection.parse({ name, text: this.#prepared.textOf(text), types: [] }, true)
      if (kind === 'read') connection.describe({ type: 'S', name }, true)
      announced.add(name)
    }
    connection.bind({ statement: name, values: values.map(wireValue) }, true)
    connection.execute(null, true)
  }

  handleRowDescription(message: { readonly fields: readonly Field[] }): void {
    this.#fields = message.fields
  }

  handleDataRow(message: { readonly fields: readonly (string | null)[] }): void {
    const shape = this.#statements[this.#answers.length]?.shape
    if (shape?.kind !== 'read') return
    try {
      this.#rows.push(rowOf(this.#prepared.fields(shape.name) ?? this.#fields, message.fields))
    } catch (error) {
      this.#surprise = error instanceof Error ? error : new Error('A row could not be read.')
    }
  }

  handleCommandComplete(): void {
    const shape = this.#statements[this.#answers.length]?.shape
    this.#answers.push(this.#surprise ?? this.#rows)
    if (shape !== undefined && shape.name !== '') {
      this.#prepared.keep(shape.name, this.#prepared.fields(shape.name) ?? this.#fields)
    }
    this.#fields = []
    this.#rows = []
    this.#surprise = undefined
  }

  handleEmptyQuery(): void {
    this.handleCommandComplete()
  }

  /** The server's refusal, or the end of the connection; only a Sync that is answered after it makes it final. */
  handleError(error: Error): void {
    if ('code' in error && typeof error.code === 'string' && 'severity' in error) {
      this.#refusal = { code: error.code, message: error.message }
    }
  }

  /** The Sync was answered. */
  synced(): void {
    if (this.#refusal === undefined) this.#settled({ kind: 'done', answers: this.#answers })
    else {
      this.#settled({ kind: 'refused', at: this.#answers.length, refusal: this.#refusal, answers: this.#answers })
    }
  }

  /** The connection ended first. */
  broken(reason: string): void {
    this.#settled({ kind: 'broken', reason })
  }

  /** `pg` calls it too; what counts is `synced`, which is called after an error as well. */
  handleReadyForQuery(): void {}

  handlePortalSuspended(): void {}

  handleCopyInResponse(connection: Connection): void {
    connection.stream.destroy(new Error('A list cannot copy.'))
  }

  handleCopyData(): void {}
}
