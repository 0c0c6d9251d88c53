// Whether some order of the operations, one after the other, explains all that was answered: each operation at one moment between
// its question and its answer (linearizability; Wing and Gong 1993, with the states that were seen before remembered).
import { type GrantState, initialState, step } from './grant-model.ts'
import type { Operation, Policy } from './history.ts'

export type Verdict =
  | { readonly kind: 'explained' }
  /** No order does; `stuck` are the operations that the longest attempt could not go on with. */
  | { readonly kind: 'unexplained'; readonly stuck: readonly Operation[] }
  /** Too many orders to try. */
  | { readonly kind: 'undecided' }

const mostStates = 200_000

interface Place {
  readonly state: GrantState
  /** Of the operations in order of their start: which were done. */
  readonly done: bigint
}

/**
 * @param isActive whether the person was enabled before the first operation
 */
export function explain(operations: readonly Operation[], policy: Policy, isActive = true): Verdict {
  // Nothing is learned from a question that nobody answered.
  const all = operations
    .filter(({ kind, outcome }) => kind !== 'introspect' || outcome !== 'unknown')
    .toSorted((a, b) => a.start - b.start)
  const seen = new Set<string>()
  const open: Place[] = [{ state: initialState(isActive), done: 0n }]
  let longest = { count: -1, stuck: all }
  for (let place = open.pop(); place !== undefined; place = open.pop()) {
    const left = all.filter((_operation, index) => (place.done & (1n << BigInt(index))) === 0n)
    const owed = left.filter(({ outcome }) => outcome !== 'unknown')
    if (owed.length === 0) return { kind: 'explained' }
    const count = all.length - owed.length
    const next = nextPlaces(all, place, policy, earliestEnd(owed))
    if (count > longest.count && next.length === 0) longest = { count, stuck: owed }
    for (const one of next) {
      const key = `${one.done} ${JSON.stringify(one.state)}`
      if (!seen.has(key)) open.push(one)
      seen.add(key)
    }
    if (seen.size > mostStates) return { kind: 'undecided' }
  }
  return { kind: 'unexplained', stuck: longest.stuck }
}

function earliestEnd(owed: readonly Operation[]): number {
  return Math.min(...owed.map(({ end }) => end))
}

/** Whatever began before the first answer that is still owed may be next; what is likeliest comes last, since it is tried first. */
function nextPlaces(all: readonly Operation[], { state, done }: Place, policy: Policy, until: number): Place[] {
  const places: (Place & { readonly end: number })[] = []
  for (const [index, operation] of all.entries()) {
    if (operation.start > until) break
    const bit = 1n << BigInt(index)
    if ((done & bit) !== 0n) continue
    const next = step(state, operation, policy)
    if (next !== undefined) places.push({ state: next, done: done | bit, end: operation.end })
  }
  return places.toSorted((a, b) => b.end - a.end)
}
