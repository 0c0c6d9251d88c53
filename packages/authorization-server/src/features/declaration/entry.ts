// What can be declared, as entries that can be compared: a kind, a name, and fields with values of JSON.
import type { Fields } from './client-fields.ts'

/** In the order in which they are shown and written. */
export const kinds = ['scope', 'api', 'group', 'client'] as const
export type Kind = (typeof kinds)[number]

/** The part of the file that speaks of an entry: a scope of an API stands with it. */
export const sections = ['scopes', 'apis', 'groups', 'clients'] as const
export type Section = (typeof sections)[number]

export interface Reference {
  readonly kind: Kind
  readonly name: string
}

export interface KnownEntry extends Reference {
  readonly section: Section
  readonly fields: Fields
  /** Never deleted for not being in the file. */
  readonly stays: boolean
}

/** Fields that are not named are left as they are. */
export interface WantedEntry extends Reference {
  readonly fields: Fields
}

export interface Difference {
  readonly field: string
  readonly before: unknown
  readonly after: unknown
}

export type Change =
  | ({ readonly action: 'create' } & Reference & { readonly differences: readonly Difference[] })
  | ({ readonly action: 'change' } & Reference & { readonly differences: readonly Difference[] })
  | ({ readonly action: 'delete' } & Reference & { readonly differences: readonly Difference[] })

export function compareText(one: string, other: string): number {
  return one < other ? -1 : Number(one > other)
}

/** Fields that the second does not name are left out. */
export function differencesOf(before: Fields, after: Fields): readonly Difference[] {
  return Object.entries(after)
    .filter(([field, value]) => comparable(field, before[field] ?? null) !== comparable(field, value ?? null))
    .map(([field, value]) => ({ field, before: before[field] ?? null, after: value ?? null }))
}

/** The one list whose order says something: which assurance is asked for first. */
const orderedLists: ReadonlySet<string> = new Set(['default_acr_values'])

/** The same text for what means the same: lists are sets, and members of objects stand in no order. */
function comparable(field: string, value: unknown): string {
  const isSet = Array.isArray(value) && !orderedLists.has(field)
  return isSet ? JSON.stringify(value.map(canonical).toSorted()) : canonical(value)
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inside: unknown) =>
    typeof inside === 'object' && inside !== null && !Array.isArray(inside)
      ? Object.fromEntries(Object.entries(inside).toSorted(([one], [other]) => compareText(one, other)))
      : inside,
  )
}
