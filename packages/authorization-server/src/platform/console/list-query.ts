// What a list is asked for: search, filters, order and where to go on. Names come from the declaration, never from the request;
// a cursor is tagged, bound to its list, and parsed into typed values before it comes near a statement.
import type { Parameters } from '../http/index.ts'
import type { Filter, Noun, SearchKey, Sort } from './noun.ts'
import { periodOf } from './period.ts'

export interface Cursor {
  /** Which search key the last row was found by; 0 without a search. */
  readonly branch: number
  /** The sorted value and the key of the last row. */
  readonly value: string | number
  readonly key: string | number
}

export interface ListQuery {
  readonly search: string | undefined
  readonly filters: readonly ChosenFilter[]
  readonly sort: Sort
  readonly isDescending: boolean
  readonly after: Cursor | undefined
  /** The page that ends just before this place; never together with `after`. */
  readonly before?: Cursor | undefined
  readonly limit: number
}

export interface ChosenFilter {
  readonly filter: Filter
  readonly value: string
}

export interface QueryFault {
  readonly parameter: string
  readonly reason: string
}

/** Makes and checks tags; what it did not make is undefined. */
export interface CursorSeal {
  tag(payload: Uint8Array): string
  untag(text: string): Uint8Array | undefined
}

export const defaultLimit = 50
export const mostRows = 200
/** What a page offers; the API takes any number up to the most. */
export const pageSizes: readonly number[] = [25, defaultLimit, 100, mostRows]
const longestSearch = 200
const reserved: readonly string[] = ['q', 'sort', 'after', 'before', 'limit']

export function parseListQuery(
  noun: Noun,
  query: Parameters,
  seal: CursorSeal,
): { readonly query: ListQuery; readonly faults: readonly QueryFault[] } {
  const faults: QueryFault[] = []
  const filters = noun.filters.flatMap((filter): readonly ChosenFilter[] => {
    const value = query.get(filter.name)
    if (value === undefined) return []
    if (isFilterValue(filter, value)) return [{ filter, value }]
    faults.push({ parameter: filter.name, reason: 'This value is not one that can be filtered by.' })
    return []
  })
  for (const name of query.names()) {
    if (reserved.includes(name) || noun.filters.some((filter) => filter.name === name)) continue
    faults.push({ parameter: name, reason: 'There is no such parameter.' })
  }
  const search = query.get('q')?.trim().slice(0, longestSearch) || undefined
  const order = inTime(noun, filters, orderOf(noun, query.get('sort') ?? sortOfPeriod(noun, filters), faults))
  const parsed = { search, filters, ...order, after: undefined, limit: limitOf(query.get('limit'), faults) }
  const placed = (name: 'after' | 'before'): Cursor | undefined => {
    const text = query.get(name)
    const cursor = text === undefined ? undefined : openCursor(noun, parsed, text, seal)
    if (text !== undefined && cursor === undefined) {
      faults.push({ parameter: name, reason: 'This is no place in this list.' })
    }
    return cursor
  }
  const [after, before] = [placed('after'), placed('before')]
  if (after !== undefined && before !== undefined) {
    faults.push({ parameter: 'before', reason: 'A page is after one place, or before one.' })
  }
  return { query: { ...parsed, after, before }, faults }
}

/** Whether somebody chose the order; a search has its own. */
export function isSorted({ sort, isDescending, search }: ListQuery, noun: Noun): boolean {
  return search === undefined && (sort !== noun.sorts[0] || isDescending !== (noun.isNewestFirst === true))
}

export function sortText({ sort, isDescending }: Pick<ListQuery, 'sort' | 'isDescending'>): string {
  return isDescending ? `-${sort.name}` : sort.name
}

/** The list in one spelling, as an address has it: empty for a list as it is without being asked for anything. */
export function writeListQuery(noun: Noun, query: ListQuery): string {
  const written = new URLSearchParams()
  if (query.search !== undefined) written.set('q', query.search)
  for (const { filter, value } of query.filters) written.set(filter.name, value)
  if (isSorted(query, noun)) written.set('sort', sortText(query))
  if (query.limit !== defaultLimit) written.set('limit', String(query.limit))
  return written.toString()
}

/**
 * An order that no change of a row touches: whoever reads a list in pieces meets each row once. It is that of the keys, if the rows
 * that are chosen do not stand together in another such order.
 */
export function inSteadyOrder(noun: Noun, query: ListQuery): ListQuery {
  const key: Sort = { name: noun.key.column, column: noun.key.column }
  const together = noun.sorts.find(
    ({ column, isSteady }) => isSteady === true && query.filters.some(({ filter }) => filter.thenBy?.includes(column)),
  )
  return { ...query, sort: together ?? key, isDescending: false }
}

function isFilterValue(filter: Filter, value: string): boolean {
  switch (filter.kind) {
    case 'flag':
    case 'presence':
      return value === 'yes' || value === 'no'
    case 'choice':
      return filter.choices.some((choice) => choice.value === value)
    case 'reference':
    case 'member':
      return rowNumber(value) !== undefined
    case 'period':
      return periodOf(value) !== undefined
    case 'exact':
      return value.length <= longestSearch && !value.includes('\0')
  }
}

/** An id that counts, as text. */
export function rowNumber(text: string): number | undefined {
  return /^[1-9]\d{0,14}$/.test(text) ? Number(text) : undefined
}

function orderOf(
  noun: Noun,
  text: string | undefined,
  faults: QueryFault[],
): { readonly sort: Sort; readonly isDescending: boolean } {
  const [first] = noun.sorts
  if (text === undefined) return { sort: first, isDescending: noun.isNewestFirst === true }
  const isDescending = text.startsWith('-')
  const name = isDescending ? text.slice(1) : text
  const sort = noun.sorts.find((one) => one.name === name)
  if (sort === undefined) faults.push({ parameter: 'sort', reason: 'The list cannot be sorted by this.' })
  return { sort: sort ?? first, isDescending }
}

/** A list that is narrowed by a time, and sorted by nobody, is in the order of that time: the same index serves both. */
function sortOfPeriod({ sorts, isNewestFirst }: Noun, filters: readonly ChosenFilter[]): string | undefined {
  const columns = filters.flatMap(({ filter }) => (filter.kind === 'period' ? [filter.column] : []))
  const [sort] = columns.flatMap((column) => sorts.find((one) => one.column === column) ?? [])
  return sort && (isNewestFirst === true ? `-${sort.name}` : sort.name)
}

/** New rows have higher ids: of a list that is narrowed by when they were made, its time and its ids are one order. */
function inTime<Order extends Pick<ListQuery, 'sort'>>(
  { key, sorts }: Noun,
  filters: readonly ChosenFilter[],
  order: Order,
): Order {
  if (order.sort.column !== key.column) return order
  const columns = filters.flatMap(({ filter }) => (filter.kind === 'period' ? [filter.column] : []))
  const sort = sorts.find(({ column, isSteady }) => isSteady === true && columns.includes(column))
  return sort === undefined ? order : { ...order, sort }
}

function limitOf(text: string | undefined, faults: QueryFault[]): number {
  if (text === undefined) return defaultLimit
  const limit = /^\d{1,4}$/.test(text) ? Number(text) : 0
  if (limit >= 1 && limit <= mostRows) return limit
  faults.push({ parameter: 'limit', reason: `It is a number from 1 to ${mostRows}.` })
  return defaultLimit
}

/** What a cursor is bound to: it leads nowhere in any other list. */
function listName(noun: Noun, query: Pick<ListQuery, 'search' | 'sort' | 'isDescending'>): string {
  return [noun.name, query.sort.name, query.isDescending ? 'down' : 'up', query.search ?? ''].join('\n')
}

export function writeCursor(noun: Noun, query: ListQuery, cursor: Cursor, seal: CursorSeal): string {
  const parts = [listName(noun, query), cursor.branch, cursor.value, cursor.key]
  return seal.tag(new TextEncoder().encode(JSON.stringify(parts)))
}

function openCursor(noun: Noun, query: Omit<ListQuery, 'after'>, text: string, seal: CursorSeal): Cursor | undefined {
  const bytes = seal.untag(text)
  if (bytes === undefined) return undefined
  const parts: unknown = JSON.parse(new TextDecoder().decode(bytes))
  if (!isArray(parts) || parts[0] !== listName(noun, query)) return undefined
  const [, branch, value, key] = parts
  if (typeof branch !== 'number' || !isPlace(value) || !isPlace(key)) return undefined
  return { branch, value, key }
}

function isArray(value: unknown): value is readonly unknown[] {
  return Array.isArray(value)
}

function isPlace(value: unknown): value is string | number {
  return typeof value === 'string' || typeof value === 'number'
}

/** What a search key looks for, or undefined where the text can be no such thing. */
export type Sought =
  | { readonly kind: 'equal'; readonly value: string | number }
  /** From the first up to, and without, the second; no end where nothing comes after it. */
  | { readonly kind: 'range'; readonly from: string; readonly to: string | undefined }

export function soughtBy(key: SearchKey, text: string): Sought | undefined {
  if (text.includes('\0')) return undefined
  if (key.match === 'number') {
    const value = rowNumber(text)
    return value === undefined ? undefined : { kind: 'equal', value }
  }
  if (key.match === 'exact') return { kind: 'equal', value: text }
  const from = folded(text, key.fold)
  return { kind: 'range', from, to: afterPrefix(from) }
}

/** `lower` in both engines knows only ASCII; `key` is what the table keeps for e-mails and usernames. */
function folded(text: string, fold: SearchKey['fold']): string {
  if (fold === 'key') return text.normalize('NFKC').toLowerCase()
  return fold === 'lower' ? text.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase()) : text
}

const lastPoint = 0x10ffff

/** The first text after all that begin so, in the order of code points, which is that of both engines. */
export function afterPrefix(prefix: string): string | undefined {
  const points = Array.from(prefix, (letter) => letter.codePointAt(0) ?? 0)
  const at = points.findLastIndex((point) => point < lastPoint)
  if (at < 0) return undefined
  const next = (points[at] ?? 0) + 1
  const isSurrogate = next >= 0xd800 && next <= 0xdfff
  return String.fromCodePoint(...points.slice(0, at), isSurrogate ? 0xe000 : next)
}
