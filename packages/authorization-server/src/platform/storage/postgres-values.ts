// Values on their way to PostgreSQL and back: rows arrive as text, and leave here as the types that the decoders expect.
// Type numbers: PostgreSQL's catalogue pg_type, which never changes them.

import type { Bindable } from './bindings.ts'
import type { Row } from './sql.ts'

export interface Field {
  readonly name: string
  readonly dataTypeID: number
}

/** Bytes travel as they are, everything else as text; the server knows the type from the statement. */
export function wireValue(value: Bindable): string | Buffer | null {
  if (value === null || typeof value === 'string') return value
  if (typeof value === 'number') return String(value)
  return Buffer.from(value.buffer, value.byteOffset, value.byteLength)
}

/** A pooler prepared the statement anew after its table had changed: the columns that we remember are not those of the row. */
export class OtherColumns extends Error {
  override readonly name: string = 'OtherColumns'
}

/** @throws OtherColumns when there are more or fewer than the fields; TypeError for a number that cannot be held */
export function rowOf(fields: readonly Field[], columns: readonly (string | null)[]): Row {
  if (fields.length !== columns.length) throw new OtherColumns('A row has other columns than its statement had.')
  const row: Record<string, unknown> = {}
  for (const [at, field] of fields.entries()) {
    const column = columns[at] ?? null
    row[field.name] = column === null ? null : parsed(field, column)
  }
  return row
}

function parsed({ name, dataTypeID }: Field, column: string): unknown {
  switch (dataTypeID) {
    case 16: // bool
      return column === 't'
    case 17: // bytea, in hex: '\x00ff'
      return Buffer.from(column.slice(2), 'hex')
    case 20: // int8
    case 21: // int2
    case 23: // int4
    case 26: // oid
      return safe(name, column)
    case 700: // float4
    case 701: // float8
      return Number(column)
    case 1700: // numeric: what sum() makes of whole numbers, which SQLite answers as a whole number
      return /^-?\d+$/.test(column) ? safe(name, column) : column
    default:
      return column
  }
}

function safe(name: string, column: string): number {
  const value = Number(column)
  if (!Number.isSafeInteger(value)) throw new TypeError(`Column "${name}" holds a number beyond ±2^53.`)
  return value
}
