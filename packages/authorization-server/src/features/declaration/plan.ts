// What has to be done so that an installation is as a file says: a comparison of two sets of entries, in no order.
import {
  type Change,
  compareText,
  differencesOf,
  type KnownEntry,
  kinds,
  type Reference,
  type Section,
  type WantedEntry,
} from './entry.ts'

export interface Plan {
  readonly changes: readonly Change[]
  /** What the file could speak of and does not: only pruning deletes it. */
  readonly left: readonly Reference[]
}

export interface PlanOptions {
  /** The parts that the file has: it says nothing about the others. */
  readonly sections: ReadonlySet<Section>
  /** Whether what is not in a part of the file goes. */
  readonly prune: boolean
}

export function planChanges(
  known: readonly KnownEntry[],
  wanted: readonly WantedEntry[],
  { sections, prune }: PlanOptions,
): Plan {
  const knownBy = new Map(known.map((entry) => [keyOf(entry), entry]))
  const wantedKeys = new Set(wanted.map(keyOf))
  const rest = known.filter((entry) => !wantedKeys.has(keyOf(entry)) && sections.has(entry.section) && !entry.stays)
  const made = wanted.flatMap((entry): readonly Change[] => {
    const { kind, name, fields } = entry
    const before = knownBy.get(keyOf(entry))
    if (before === undefined) return [{ action: 'create', kind, name, differences: differencesOf({}, fields) }]
    const differences = differencesOf(before.fields, fields)
    return differences.length === 0 ? [] : [{ action: 'change', kind, name, differences }]
  })
  const gone = rest.map(({ kind, name, fields }): Change => {
    const differences = Object.entries(fields).map(([field, before]) => ({ field, before, after: null }))
    return { action: 'delete', kind, name, differences }
  })
  return {
    changes: inOrder(prune ? [...made, ...gone] : made),
    left: prune ? [] : inOrder(rest.map(({ kind, name }) => ({ kind, name }))),
  }
}

function keyOf({ kind, name }: Reference): string {
  return `${kind} ${name}`
}

/** By kind, then by name, in an order that is the same on every machine. */
function inOrder<T extends Reference>(entries: readonly T[]): readonly T[] {
  return entries.toSorted(
    (one, other) => kinds.indexOf(one.kind) - kinds.indexOf(other.kind) || compareText(one.name, other.name),
  )
}
