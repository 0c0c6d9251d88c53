// Decides what a list says of its length once a page of it is there: its rows may be more than were counted.
import type { ListQuery } from './list-query.ts'
import type { CountedRows, Listed } from './store.ts'

export function countShown(
  counted: CountedRows,
  { entries, next, previous }: Listed,
  { after, before }: Pick<ListQuery, 'after' | 'before'>,
): CountedRows {
  const isWhole = after === undefined && before === undefined && next === undefined
  if (isWhole) return { count: entries.length, isExact: true }
  if (counted.isExact) return counted
  const seen = entries.length + (next === undefined ? 0 : 1) + (previous === undefined ? 0 : 1)
  return { count: Math.max(counted.count, seen), isExact: false }
}
