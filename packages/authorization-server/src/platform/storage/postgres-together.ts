// Lookups of one kind that wait together are asked as one statement: PostgreSQL then begins, binds and ends once for all of
// them, which is most of what a lookup by a key costs it (docs/decisions/0018). An answer tells by its place whose it is.

import type { Bindable } from './bindings.ts'
import type { Statement } from './postgres-batch.ts'
import { lookupShape, type Shape } from './postgres-text.ts'
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

/** As few statements as the reads can be asked by. */
export function questionsOf<Read extends Asked>(reads: readonly Read[]): readonly Question<Read>[] {
  // Without a key all lookups of a statement are one read.
  const alike = Map.groupBy(reads, ({ statement: { shape, values }, isLookup }) =>
    isLookup && values.length > 0 ? shape : undefined,
  )
  return [...alike].flatMap(([shape, group]) =>
    shape === undefined || group.length < FEWEST
      ? group.map((read) => ({ statement: read.statement, reads: [read] }))
      : [{ statement: together(shape, group), reads: group }],
  )
}

function together({ text }: Shape, reads: readonly Asked[]): Statement {
  const keys = reads[0]?.statement.values ?? []
  const types = keys.map((key) => (typeof key === 'number' ? 'bigint' : 'text'))
  const values = keys.map((_, at) => arrayOf(reads.map(({ statement }) => statement.values[at] ?? null)))
  return { shape: lookupShape(text, types), values }
}

/** The row of each of so many reads. */
export function rowsOf(answer: readonly Row[], reads: number): readonly (readonly Row[])[] {
  const found: (readonly Row[])[] = Array.from({ length: reads }, () => [])
  for (const row of answer) found[Number(row['lookup_place']) - 1] = [row]
  return found
}

/** An array in PostgreSQL's own notation. @see https://www.postgresql.org/docs/current/arrays.html §8.15.6 */
function arrayOf(values: readonly Bindable[]): string {
  return `{${values.map((value) => `"${String(value).replaceAll(/["\\]/g, '\\$&')}"`).join()}}`
}
