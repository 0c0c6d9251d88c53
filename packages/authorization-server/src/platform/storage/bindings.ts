// Which values a statement may carry: null, text, whole numbers and bytes, the set on which both engines agree.
// The engines disagree on the rest: SQLite stores NaN as null, takes text with U+0000 and turns `undefined` into null;
// PostgreSQL refuses them. A value that only one engine takes is refused here, before it reaches either.

import type { Query } from './sql.ts'

export type Bindable = null | string | number | Uint8Array

/** A flag as it is bound and stored: 1 or 0. */
export function asFlag(value: boolean): 0 | 1 {
  return value ? 1 : 0
}

/** A JSON column as it is bound and stored: its text. */
export function asJson(value: unknown): string {
  const written: string | undefined = JSON.stringify(value)
  if (written === undefined) throw new TypeError('This value has no JSON form.')
  return written
}

/** The values of a statement, checked; bytes are copied, so that a caller may reuse its buffer while a commit waits. */
export function bindings(statement: Query): Bindable[] {
  return statement.values.map((value, index) => bindable(value, index, statement))
}

function bindable(value: unknown, index: number, statement: Query): Bindable {
  if (value === null) return null
  if (typeof value === 'string' && !value.includes('\0')) return value
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value
  if (value instanceof Uint8Array) return new Uint8Array(value)
  throw new TypeError(`Value ${index + 1} of "${abridged(statement.sql)}" is ${named(value)}, which cannot be stored.`)
}

function named(value: unknown): string {
  if (typeof value === 'string') return 'text with U+0000'
  if (typeof value === 'number') return 'a number that is not a safe integer'
  if (typeof value === 'boolean') return 'a boolean (bind asFlag(value))'
  if (typeof value === 'object') return 'an object (bind asJson(value), bytes or an instant)'
  return `of type ${typeof value}`
}

/** A statement short enough for an error message; it holds placeholders, never values. */
export function abridged(text: string): string {
  const line = text.trim().replace(/\s+/g, ' ')
  return line.length > 80 ? `${line.slice(0, 79)}…` : line
}
