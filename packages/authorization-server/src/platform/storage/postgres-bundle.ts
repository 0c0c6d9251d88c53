// Which lists may share a transaction on PostgreSQL, where a commit costs more than what most lists write (docs/decisions/0018).
// Two transactions that lock several rows each must lock them in one order, or they wait for each other until the server
// looks for deadlocks, a second later. So only lists that lock a single row are bundled, in the order of its name.

import type { Write } from './sql.ts'

/** The name of the one row that a list locks; undefined when it must be alone. */
export function lockOf(writes: readonly Write[]): string | undefined {
  const names = writes.map(({ locks }) => locks).filter((locks) => locks !== '')
  return names.length === 1 ? names[0] : undefined
}

/** In the order of their rows. Of several for one row the later ones stay out: at most one of them can win. */
export function bundleOf<List extends { readonly lock: string }>(
  lists: readonly List[],
): { readonly bundle: readonly List[]; readonly others: readonly List[] } {
  const first = new Map<string, List>()
  for (const list of lists) if (!first.has(list.lock)) first.set(list.lock, list)
  const bundle = [...first.values()].toSorted((a, b) => (a.lock < b.lock ? -1 : 1))
  return { bundle, others: lists.filter((list) => first.get(list.lock) !== list) }
}
