// What a list is read from: one piece in one order, or of a search a piece for each key that finds something, one after the other.
import { join, raw, type Row, type Sql, sql } from '../../storage/index.ts'
import { type Cursor, type ListQuery, soughtBy } from '../list-query.ts'
import type { Noun, SearchKey } from '../noun.ts'
import type { Sources, WaySource } from '../ways/store.ts'

export interface Branch extends WaySource {
  /** The search keys that it lists, by their number; without a search, 0. */
  readonly finds: readonly number[]
  /** What lies along the order: an index gives it. */
  readonly along: readonly Sql[]
  /** It is a range of the order itself: of rows that the order takes for alike it says nothing. */
  readonly isRange?: boolean
  /** Without the rows of the branches before it. */
  readonly others: readonly Sql[]
  readonly order: Sql
  readonly isDescending: boolean
}

export type Place = Pick<Cursor, 'value' | 'key'>

/** What a search key finds. */
interface Finding {
  readonly index: number
  readonly key: SearchKey
  readonly condition: Sql
}

/** Rows that match wholly come before those that only begin so, whatever the order in which a noun names its keys. */
function findingsOf(noun: Noun, search: string): readonly Finding[] {
  const found = noun.search.flatMap((key, index): readonly Finding[] => {
    const condition = searchCondition(key, search)
    return condition === undefined ? [] : [{ index, key, condition }]
  })
  return [...found.filter(({ key }) => !isBegun(key)), ...found.filter(({ key }) => isBegun(key))]
}

function isBegun({ match }: SearchKey): boolean {
  return match === 'prefix'
}

/**
 * Where the rows to be searched are gathered, all that only begin so are one branch: they are gathered once, and in the order of
 * the keys that find them.
 */
export function branchesOf(
  noun: Noun,
  { search, sort, isDescending }: Pick<ListQuery, 'search' | 'sort' | 'isDescending'>,
  { along, ofOne }: Sources,
): readonly Branch[] {
  const order = orderedBy(sort)
  if (search === undefined) return [{ finds: [0], along: [], others: [], order, isDescending, ...along(sort) }]
  const found = findingsOf(noun, search)
  const branches = found.map(({ index, key, condition }, at): Branch => {
    const one = { finds: [index], along: [condition], others: found.slice(0, at).map(unmet) }
    // Rows that match wholly match alike: among them the list has its own order.
    if (!isBegun(key)) return { ...one, order, isDescending, ...ofOne }
    return { ...one, order: searched(key), isRange: true, isDescending: false, ...along(key) }
  })
  const first = found.findIndex(({ key }) => isBegun(key))
  const begun = branches[first]
  if (begun?.kind !== 'gathered') return branches
  return [...branches.slice(0, first), mergedBranch(begun, found.slice(first))]
}

/** One order for all: by which key a row is found, and then by what that holds. */
function mergedBranch(begun: Branch, found: readonly Finding[]): Branch {
  const some = found.map(({ condition }) => sql`(${condition})`)
  const cases = found.map(
    ({ index, key, condition }) => sql`when ${condition} then ${raw(`'${marked(index)}'`)} || ${searched(key)}`,
  )
  return {
    ...begun,
    finds: found.map(({ index }) => index),
    along: [sql`(${join(some, ' or ')})`],
    order: sql`case ${join(cases, ' ')} end`,
  }
}

const markLength = 2

/** Sorts as the number does. */
function marked(index: number): string {
  return String(index).padStart(markLength, '0')
}

/** Where a row stands in the whole list. */
export function cursorOf(noun: Noun, { finds }: Branch, row: Row): Cursor {
  const [value, key] = [placeOf(row, 'sorted_by'), placeOf(row, noun.key.column)]
  const [index = 0, ...others] = finds
  if (others.length === 0) return { branch: index, value, key }
  const text = String(value)
  return { branch: Number(text.slice(0, markLength)), value: text.slice(markLength), key }
}

/** The same in the order of its branch. */
export function placeIn({ finds }: Branch, { branch, value, key }: Cursor): Place {
  return { value: finds.length === 1 ? value : `${marked(branch)}${value}`, key }
}

export function placeOf(row: Row, column: string): string | number {
  const value = row[column]
  if (typeof value === 'string' || typeof value === 'number') return value
  throw new TypeError(`The column ${column} sorts a list and is neither text nor number.`)
}

function orderedBy({ column, absent }: ListQuery['sort']): Sql {
  return absent === undefined ? raw(column) : sql`coalesce(${raw(column)}, ${literal(absent)})`
}

/** Written into the statement, because an index over an expression is found by its text. */
function literal(value: string | number): Sql {
  if (typeof value === 'number') return raw(String(Math.trunc(value)))
  if (value !== '') throw new TypeError('Only the empty text stands for an absent one.')
  return raw("''")
}

export function searched({ column, fold, absent }: SearchKey): Sql {
  if (fold === 'lower') return sql`lower(${raw(column)})`
  return absent === undefined ? raw(column) : sql`coalesce(${raw(column)}, ${literal(absent)})`
}

/** Of a column that may be absent, a comparison with it is unknown, and so would be its negation. */
function unmet({ key, condition }: Finding): Sql {
  return sql`not (${searched(key)} is not null and ${condition})`
}

function searchCondition(key: SearchKey, text: string): Sql | undefined {
  const sought = soughtBy(key, text)
  if (sought === undefined) return undefined
  const column = searched(key)
  if (sought.kind === 'equal') return sql`${column} = ${sought.value}`
  if (sought.to === undefined) return sql`${column} >= ${sought.from}`
  return sql`${column} >= ${sought.from} and ${column} < ${sought.to}`
}
