// Row decoders: the only place where a column becomes a typed value. A surprise throws and names the column, never its
// value: rows hold digests and personal data, and the message may reach a log.

import type { Instant } from '../time/index.ts'
import type { Row } from './sql.ts'

export function text(row: Row, column: string): string {
  const value = row[column]
  return typeof value === 'string' ? value : surprise(row, column, 'text')
}

export function integer(row: Row, column: string): number {
  const value = row[column]
  return typeof value === 'number' && Number.isSafeInteger(value) ? value : surprise(row, column, 'a safe integer')
}

/** Milliseconds since the epoch, UTC. */
export function instant(row: Row, column: string): Instant {
  return integer(row, column)
}

/** 0 or 1; a boolean too, because PostgreSQL answers `exists(…)` with one. */
export function flag(row: Row, column: string): boolean {
  const value = row[column]
  if (value === 1 || value === true) return true
  if (value === 0 || value === false) return false
  return surprise(row, column, 'a flag')
}

export function bytes(row: Row, column: string): Uint8Array {
  const value = row[column]
  return value instanceof Uint8Array ? value : surprise(row, column, 'bytes')
}

/** `parse` makes the typed value, and throws when the JSON is not one. */
export function json<T>(row: Row, column: string, parse: (value: unknown) => T): T {
  let value: unknown
  try {
    value = JSON.parse(text(row, column))
  } catch {
    // JSON.parse quotes what it read, so its message is not passed on.
    return surprise(row, column, 'JSON text')
  }
  return parse(value)
}

export function maybeText(row: Row, column: string): string | undefined {
  return row[column] === null ? undefined : text(row, column)
}

export function maybeInteger(row: Row, column: string): number | undefined {
  return row[column] === null ? undefined : integer(row, column)
}

export function maybeInstant(row: Row, column: string): Instant | undefined {
  return row[column] === null ? undefined : instant(row, column)
}

export function maybeBytes(row: Row, column: string): Uint8Array | undefined {
  return row[column] === null ? undefined : bytes(row, column)
}

function surprise(row: Row, column: string, expected: string): never {
  throw new TypeError(`Column "${column}" should hold ${expected}, but ${found(row, column)}.`)
}

function found(row: Row, column: string): string {
  if (!(column in row)) return `the row has no such column (it has ${Object.keys(row).join(', ')})`
  const value = row[column]
  if (value === null) return 'it is null'
  if (typeof value === 'number') return 'it holds another number'
  return `it holds ${value instanceof Uint8Array ? 'bytes' : `a ${typeof value}`}`
}
