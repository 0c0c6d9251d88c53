// What PostgreSQL is sent for a statement. A guarded write carries its own check, so that a list needs one round trip:
// the server itself refuses a wrong row count, and with it the whole list.

import { createHash } from 'node:crypto'
import { abridged } from './bindings.ts'
import type { Write } from './sql.ts'

/** A statement's text as it is sent, and the name under which a connection keeps it prepared. */
export interface Shape {
  readonly text: string
  /** Empty: parsed each time, as what defines tables is. */
  readonly name: string
  readonly kind: 'read' | 'write' | 'definition'
}

/** What the server quotes in its refusal of a wrong row count: read in its log, it explains itself. */
export const unmetMark = 'unmet_row_count'

const readShapes: Map<string, Shape> = new Map()
const lookupShapes: Map<string, Shape> = new Map()
const writeShapes: Map<number | 'any', Map<string, Shape>> = new Map()
const maxShapes = 1000

/** @throws Error when the statement could write */
export function readShape(text: string): Shape {
  return remembered(readShapes, text, () => {
    const verb = verbOf(text)
    const reads =
      verb === 'select' || verb === 'values' || (verb === 'with' && !/\b(insert|update|delete|merge)\b/i.test(text))
    if (!reads) throw new Error(`"${abridged(text)}": "${verb}" is not a read`)
    return { text, name: nameOf(text), kind: 'read' }
  })
}

/**
 * The lookups of a statement as one: each value becomes an array with a member for each lookup, and a row says its place.
 * The subqueries hide how long the arrays are; a plan for their length would be made anew each time, at fifty times the cost.
 */
export function lookupShape(text: string, types: readonly ('text' | 'bigint')[]): Shape {
  return remembered(lookupShapes, `${types.join()} ${text}`, () => {
    const arrays = types.map((type, at) => `(select $${at + 1}::${type}[])`)
    const keys = types.map((_, at) => `key_${at + 1}`)
    const single = text.replaceAll(/\$(\d+)/g, 'asked.key_$1')
    const sent = `select found.*, asked.lookup_place
      from unnest(${arrays.join()}) with ordinality as asked (${keys.join()}, lookup_place)
        cross join lateral (${single}\n) found`
    return { text: sent, name: nameOf(sent), kind: 'read' }
  })
}

/** @throws Error when the statement does not write: a list neither reads nor ends its own transaction */
export function writeShape(text: string, rows: Write['rows']): Shape {
  const shapes = writeShapes.get(rows) ?? new Map<string, Shape>()
  writeShapes.set(rows, shapes)
  return remembered(shapes, text, () => newWriteShape(text, rows))
}

function newWriteShape(text: string, rows: Write['rows']): Shape {
  const verb = verbOf(text)
  switch (verb) {
    case 'insert':
    case 'update':
    case 'delete':
    case 'with': {
      const sent = rows === 'any' ? text : counted(text, rows)
      return { text: sent, name: nameOf(sent), kind: 'write' }
    }
    case 'create':
    case 'alter':
    case 'drop':
    case 'reindex':
    case 'analyze':
      if (rows !== 'any') throw new Error(`rows touched by "${verb}" cannot be counted`)
      return { text, name: '', kind: 'definition' }
    default:
      throw new Error(`"${verb}" is not a write`)
  }
}

/** The cast is reached only when the count is wrong, and then fails. The line end closes a comment. */
function counted(text: string, rows: number): string {
  const write = text.replace(/[\s;]+$/, '')
  const check = `case when count(*) = ${rows} then '1' else '${unmetMark}' end`
  return `with touched as (${write}\nreturning 1) select cast(${check} as integer) from touched`
}

function verbOf(text: string): string {
  return /^(?:\s|--[^\n]*\n|\/\*[^]*?\*\/)*(\w*)/.exec(text)?.[1]?.toLowerCase() ?? ''
}

function nameOf(text: string): string {
  return `latchkey_${createHash('sha256').update(text).digest('hex').slice(0, 24)}`
}

function remembered(shapes: Map<string, Shape>, text: string, make: () => Shape): Shape {
  const known = shapes.get(text)
  if (known !== undefined) return known
  const made = make()
  if (shapes.size >= maxShapes) shapes.clear()
  shapes.set(text, made)
  return made
}
