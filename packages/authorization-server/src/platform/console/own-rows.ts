// Lists of a noun that has no table: all its rows are told at once, and searched, filtered, sorted and paged here, as SQL does it
// for the others. They are few, so a search looks for its text anywhere, not only where it begins.
import type { ChosenFilter, Cursor, ListQuery } from './list-query.ts'
import { type Entry, type Noun, textOf, type Value } from './noun.ts'
import type { Listed } from './store.ts'

export function ownMatching(noun: Noun, all: readonly Entry[], query: ListQuery): readonly Entry[] {
  const { search, filters } = query
  const narrowed = all.filter((entry) => filters.every((chosen) => fits(noun, entry, chosen)))
  if (search === undefined) return narrowed
  const sought = search.toLowerCase()
  return narrowed.filter((entry) =>
    noun.search.some(({ column }) =>
      textOf(valueOf(noun, entry, column) ?? '')
        .toLowerCase()
        .includes(sought),
    ),
  )
}

export function ownList(noun: Noun, all: readonly Entry[], query: ListQuery): Listed {
  const { after, before, limit, isDescending } = query
  const order = (one: Cursor, other: Cursor): number => (isDescending ? -1 : 1) * comparePlaces(one, other)
  const rows = ownMatching(noun, all, query)
    .map((entry) => ({ entry, place: placeOf(noun, entry, query) }))
    .toSorted((one, other) => order(one.place, other.place))
    .filter(({ place }) => after === undefined || order(place, after) > 0)
    .filter(({ place }) => before === undefined || order(place, before) < 0)
  const shown = before === undefined ? rows.slice(0, limit) : rows.slice(-limit)
  const hasMore = rows.length > shown.length
  const [first, last] = [shown[0]?.place, shown.at(-1)?.place]
  return {
    entries: shown.map(({ entry }) => entry),
    next: before !== undefined || hasMore ? last : undefined,
    previous: before === undefined ? after && first : hasMore ? first : undefined,
  }
}

/** Columns of such a noun are names of its fields; its key is the row's id. */
function valueOf(noun: Noun, entry: Entry, column: string): Value | undefined {
  return column === noun.key.column ? entry.id : entry.values[column]
}

function placeOf(noun: Noun, entry: Entry, { sort }: ListQuery): Cursor {
  const value = valueOf(noun, entry, sort.column)
  const isPlace = typeof value === 'string' || typeof value === 'number'
  return { branch: 0, value: isPlace ? value : (sort.absent ?? ''), key: entry.id }
}

function comparePlaces(one: Cursor, other: Cursor): number {
  return compare(one.value, other.value) || compare(one.key, other.key)
}

function compare(one: string | number, other: string | number): number {
  return one === other ? 0 : one < other ? -1 : 1
}

function fits(noun: Noun, entry: Entry, { filter, value }: ChosenFilter): boolean {
  if (filter.kind === 'member' || filter.kind === 'period') {
    throw new TypeError(`The noun ${noun.name} has no table to filter by ${filter.name}.`)
  }
  const held = valueOf(noun, entry, filter.column)
  if (filter.kind === 'flag') return (held === true) === (value === 'yes')
  if (filter.kind === 'presence') return (held !== null && held !== undefined) === (value === 'yes')
  return textOf(held ?? '') === value
}
