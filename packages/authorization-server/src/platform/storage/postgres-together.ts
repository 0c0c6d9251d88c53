// Lookups of one kind that wait together are asked as one statement: PostgreSQL then begins, binds and ends once for all of
// them, which is most of what a lookup by a key costs it (docs/decisions/0018). An answer tells by its place whose it is.

import type { Bindable } from './bindings.ts'
import type { Statement } from './postgres-batch.ts'
import { lookupShape } from './postgres-text.ts'
import type { Row } from './sql.ts'

/** What a read must tell to travel with others. */
export interface Asked {
  readonly statement: Statement
  /** Finds one row at most. */
  readonly isLookup: boolean
}

/** One statement, and the reads that it answers. */
export interface Question<Read> {
  readonly statement: Statement
  readonly reads: readonly Read[]
}

/** Fewer are not worth an array. */
const FEWEST = 3

const kinds = { string: 'text', number: 'bigint' } as const

type Key = string | number

/** As few statements as the reads can be asked by. */
export function questionsOf<Read extends Asked>(reads: readonly Read[]): readonly Question<Read>[] {
  const alike = Map.groupBy(reads, alikeness)
  return [...alike].flatMap(([kind, group]) =>
    kind === undefined || group.length < FEWEST
      ? group.map((read) => ({ statement: read.statement, reads: [read] }))
      : [{ statement: together(group.map(({ statement }) => statement)), reads: group }],
  )
}

/** Undefined for what travels alone. Without a value all of a kind are one read, and a null has no kind. */
function alikeness({ statement: { shape, values }, isLookup }: Asked): string | undefined {
  if (!isLookup || values.length === 0 || !values.every(isKey)) return undefined
  return `${values.map((value) => kinds[kindOf(value)]).join()} ${shape.name}`
}

function together(statements: readonly Statement[]): Statement {
  const [first] = statements
  if (first === undefined) throw new TypeError('Nothing is asked.')
  const columns = first.values.map((_, at) => statements.map(({ values }) => values[at] ?? null))
  const types = first.values.filter(isKey).map((value) => kinds[kindOf(value)])
  return { shape: lookupShape(first.shape.text, types), values: columns.map(arrayOf) }
}

/** The row of each of so many reads. */
export function rowsOf(answer: readonly Row[], reads: number): readonly (readonly Row[])[] {
  const found: (readonly Row[])[] = Array.from({ length: reads }, () => [])
  for (const row of answer) found[Number(row['lookup_place']) - 1] = [row]
  return found
}

function isKey(value: Bindable): value is Key {
  return typeof value === 'string' || typeof value === 'number'
}

function kindOf(value: Key): 'string' | 'number' {
  return typeof value === 'string' ? 'string' : 'number'
}

/** An array in PostgreSQL's own notation. @see https://www.postgresql.org/docs/current/arrays.html §8.15.6 */
function arrayOf(values: readonly Bindable[]): string {
  return `{${values.map((value) => `"${String(value).replaceAll(/["\\]/g, '\\$&')}"`).join()}}`
}
