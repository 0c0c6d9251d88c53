// The one place where lists become SQL. Tables and columns are those of the declarations; whatever a request brought is bound.
import { scheduler } from 'node:timers/promises'
import { type Database, flag, join, json, maybeInteger, maybeText, raw, type Row, sql } from '../storage/index.ts'
import { type Branch, branchesOf, cursorOf, placeIn, placeOf, searched } from './branches/store.ts'
import { type Cursor, type ListQuery, rowNumber, soughtBy } from './list-query.ts'
import type { Entry, Field, Noun, Value } from './noun.ts'
import { memberValue } from './member.ts'
import { ownList, ownMatching } from './own-rows.ts'
import {
  type Bounds,
  countableRows,
  countRows,
  gathered,
  listBounds,
  type Owner,
  ownedBy,
  sourcesOf,
  tableOf,
  unindexedRows,
  wayOf,
  whereAll,
} from './ways/store.ts'
import { columnsOf, rowsBeyond } from './walk/store.ts'

export type { Owner } from './ways/store.ts'

/** Beyond it a list says "10 000+". */
export const mostCounted = 10_000

export interface Listed {
  readonly entries: readonly Entry[]
  /** Where the list goes on, if it does. */
  readonly next: Cursor | undefined
  /** Where the page before it ends, if there is one. */
  readonly previous: Cursor | undefined
}

interface Found {
  readonly entry: Entry
  readonly place: Cursor
}

export async function listEntries(
  database: Database,
  noun: Noun,
  query: ListQuery,
  owner: Owner,
  bounds: Bounds = listBounds,
): Promise<Listed> {
  if (noun.rows !== undefined) return ownList(noun, await noun.rows(), query)
  const way = await wayOf(database, noun, query, owner, bounds)
  const branches = branchesOf(noun, query, sourcesOf(database.engine, noun, query, owner, way, bounds))
  const { before, limit } = query
  if (before === undefined) {
    const found = await take(database, noun, branches, query.after, limit + 1)
    const shown = found.slice(0, limit)
    return {
      entries: shown.map(({ entry }) => entry),
      next: found.length > limit ? shown.at(-1)?.place : undefined,
      previous: query.after && shown[0]?.place,
    }
  }
  // The same order from its other end.
  const mirrored = branches.toReversed().map((branch) => ({ ...branch, isDescending: !branch.isDescending }))
  const found = await take(database, noun, mirrored, before, limit + 1)
  const shown = found.slice(0, limit).toReversed()
  return {
    entries: shown.map(({ entry }) => entry),
    next: shown.at(-1)?.place,
    previous: found.length > limit ? shown[0]?.place : undefined,
  }
}

/** Rows beyond a place, through the branches in the order in which they are given. */
async function take(
  database: Database,
  noun: Noun,
  branches: readonly Branch[],
  beyondPlace: Cursor | undefined,
  most: number,
): Promise<readonly Found[]> {
  const holds = ({ finds }: Branch): boolean => beyondPlace !== undefined && finds.includes(beyondPlace.branch)
  const first = branches.findIndex(holds)
  const found: Found[] = []
  for (const branch of branches.slice(Math.max(0, first))) {
    if (found.length === most) break
    const place = beyondPlace && holds(branch) ? placeIn(branch, beyondPlace) : undefined
    for (const row of await rowsBeyond(database, noun, branch, place, most - found.length)) {
      found.push({ entry: entryFrom(noun, row), place: cursorOf(noun, branch, row) })
    }
  }
  return found
}

/** Rows of which some search key is just this text, each through its index. */
export async function entriesNamed(
  database: Database,
  noun: Noun,
  text: string,
  owner: Owner,
  most: number,
): Promise<readonly Entry[]> {
  if (noun.rows !== undefined) return (await noun.rows()).filter((entry) => entry.id === text).slice(0, most)
  const found = new Map<string, Entry>()
  for (const key of noun.search) {
    const sought = soughtBy(key, text)
    if (sought === undefined || found.size >= most) continue
    const value = sought.kind === 'equal' ? sought.value : sought.from
    const where = [sql`${searched(key)} = ${value}`, ...ownedBy(noun, owner)]
    const rows = await database.all(sql`
      select ${columnsOf(noun)} from ${tableOf(noun)} ${whereAll(where)} order by ${raw(noun.key.column)} limit ${most}`)
    for (const row of rows) found.set(String(row[noun.key.column]), entryFrom(noun, row))
  }
  return [...found.values()].slice(0, most)
}

/** How many rows a list has, up to one more than is counted. */
export async function countEntries(database: Database, noun: Noun, query: ListQuery, owner: Owner): Promise<number> {
  return (await countListed(database, noun, query, owner)).count
}

export interface CountedRows {
  /** Up to one more than is counted. */
  readonly count: number
  /** Where not, there are at least so many. */
  readonly isExact: boolean
}

/** As `countEntries`; of what is searched for among many rows, only so many are looked at. */
export async function countListed(
  database: Database,
  noun: Noun,
  query: ListQuery,
  owner: Owner,
  bounds: Bounds = listBounds,
): Promise<CountedRows> {
  if (noun.rows !== undefined) return toTheEnd(ownMatching(noun, await noun.rows(), query).length)
  if (query.search === undefined)
    return toTheEnd(await countRows(database, countableRows(database.engine, noun, query, owner), mostCounted + 1))
  const way = await wayOf(database, noun, query, owner, bounds)
  const branches = branchesOf(noun, query, sourcesOf(database.engine, noun, query, owner, way, bounds))
  if (branches.length === 0) return toTheEnd(0)
  if (way === 'many') return countMet(database, branches, bounds.looked)
  if (way !== 'served') {
    const { table, where } = gathered(database.engine, noun, query, owner)
    const some = branches.map(({ along }) => sql`(${join(along, ' and ')})`)
    return toTheEnd(
      await countRows(database, { table, where: [...where, sql`(${join(some, ' or ')})`] }, mostCounted + 1),
    )
  }
  let counted = 0
  for (const { table, along, others, where } of branches) {
    counted += await countRows(database, { table, where: [...along, ...others, ...where] }, mostCounted + 1 - counted)
    if (counted > mostCounted) break
  }
  return toTheEnd(counted)
}

function toTheEnd(count: number): CountedRows {
  return { count, isExact: count <= mostCounted }
}

async function countMet(database: Database, branches: readonly Branch[], most: number): Promise<CountedRows> {
  let [met, counted] = [0, 0]
  for (const { table, along, others, where } of branches) {
    const [row] = await database.all(sql`
      select count(*) as looked_at, sum(case when ${join([...others, ...where], ' and ')} then 1 else 0 end) as counted from (
        select * from ${table} ${whereAll(along)} limit ${most + 1 - met}) met_rows`)
    met += Number(row?.['looked_at'] ?? 0)
    counted += Number(row?.['counted'] ?? 0)
    if (met > most) return { count: Math.min(counted, mostCounted + 1), isExact: false }
  }
  return toTheEnd(counted)
}

const countedAtOnce = 20_000

/** How many rows there are, whatever their number: counted in pieces, between which everybody else has a turn. */
export async function countAll(database: Database, noun: Noun, query: ListQuery, owner: Owner): Promise<number> {
  const all = { ...query, search: undefined }
  if (noun.rows !== undefined) return ownMatching(noun, await noun.rows(), all).length
  const few = await countEntries(database, noun, all, owner)
  if (few <= mostCounted) return few
  const key = raw(noun.key.column)
  const { table, where } = unindexedRows(database.engine, noun, all, owner)
  const fits = where.length === 0 ? raw('1') : sql`case when ${join(where, ' and ')} then 1 else 0 end`
  let counted = 0
  let last: string | number | undefined
  do {
    const rest = last === undefined ? [] : [sql`${key} > ${last}`]
    const [row] = await database.all(sql`
      select count(*) as looked_at, sum(fits) as counted, max(sorted_by) as last from (
        select ${key} as sorted_by, ${fits} as fits from ${table} ${whereAll(rest)} order by ${key}
        limit ${countedAtOnce}) some_rows`)
    counted += Number(row?.['counted'] ?? 0)
    last = row && Number(row['looked_at']) === countedAtOnce ? placeOf(row, 'last') : undefined
    await scheduler.yield()
  } while (last !== undefined)
  return counted
}

export async function findEntry(database: Database, noun: Noun, id: string, owner: Owner): Promise<Entry | undefined> {
  if (noun.rows !== undefined) return (await noun.rows()).find((entry) => entry.id === id)
  const key = noun.key.kind === 'number' ? rowNumber(id) : id
  if (key === undefined || id.includes('\0')) return undefined
  const where = [sql`${raw(noun.key.column)} = ${key}`, ...ownedBy(noun, owner)]
  const [row] = await database.all(sql`select ${columnsOf(noun)} from ${tableOf(noun)} ${whereAll(where)}`)
  return row && entryFrom(noun, row)
}

/** What names each of these rows, by id; rows that are gone have none. */
export async function labelsOf(
  database: Database,
  noun: Noun,
  ids: readonly (string | number)[],
): Promise<ReadonlyMap<string, string>> {
  if (ids.length === 0) return new Map()
  if (noun.rows !== undefined) return new Map((await noun.rows()).map((entry) => [entry.id, entry.label]))
  const columns = join([noun.key.column, ...noun.label].map((one) => raw(one)))
  const rows = await database.all(sql`
    select ${columns} from ${tableOf(noun)} where ${raw(noun.key.column)} in (${join([...new Set(ids)])})`)
  return new Map(rows.map((row) => [String(row[noun.key.column]), labelOf(noun, row)]))
}

/** The first rows by name, for a field that offers them. */
export async function offeredEntries(
  database: Database,
  noun: Noun,
  limit: number,
): Promise<readonly { readonly id: string; readonly label: string }[]> {
  if (noun.rows !== undefined) return (await noun.rows()).slice(0, limit)
  const columns = [noun.key.column, ...noun.label].map((one) => raw(one))
  const rows = await database.all(sql`
    select ${join(columns)} from ${tableOf(noun)} order by ${join(columns.slice(1))} limit ${limit}`)
  return rows.map((row) => ({ id: String(row[noun.key.column]), label: labelOf(noun, row) }))
}

function labelOf(noun: Noun, row: Row): string {
  for (const column of noun.label) {
    const value = row[column]
    if (typeof value === 'number' || (typeof value === 'string' && value !== '')) return String(value)
  }
  return String(row[noun.key.column])
}

function entryFrom(noun: Noun, row: Row): Entry {
  const documents = new Map<string, unknown>()
  const documentIn = (column: string): unknown => {
    if (!documents.has(column))
      documents.set(
        column,
        json(row, column, (value) => value),
      )
    return documents.get(column)
  }
  const values = Object.fromEntries(
    noun.fields.flatMap((field): readonly (readonly [string, Value])[] => {
      const { name, column, member } = field
      if (column === undefined) return []
      return [
        [name, member === undefined ? valueFrom(field, column, row) : memberValue(field, documentIn(column), member)],
      ]
    }),
  )
  return {
    id: String(row[noun.key.column]),
    label: labelOf(noun, row),
    values,
    version: noun.version === undefined ? undefined : maybeInteger(row, noun.version),
  }
}

function valueFrom({ kind }: Field, column: string, row: Row): Value {
  switch (kind) {
    case 'flag':
      return flag(row, column)
    case 'instant':
    case 'integer':
      return maybeInteger(row, column) ?? null
    case 'reference': {
      const value = row[column]
      return typeof value === 'string' || typeof value === 'number' ? value : null
    }
    case 'texts':
    case 'choices':
    case 'references':
      return json(row, column, (value) => (Array.isArray(value) ? value.map(String) : []))
    case 'json':
      return json(row, column, (value) => (typeof value === 'object' ? { ...value } : {}))
    case 'password':
      return null
    default:
      return maybeText(row, column) ?? null
  }
}
