// The one place where lists become SQL. Tables and columns are those of the declarations; whatever a request brought is bound.
import {
  type Database,
  flag,
  join,
  json,
  maybeInteger,
  maybeText,
  raw,
  type Row,
  type Sql,
  sql,
} from '../storage/index.ts'
import { type ChosenFilter, type Cursor, type ListQuery, rowNumber, soughtBy } from './list-query.ts'
import type { Entry, Field, Noun, SearchKey, Value } from './noun.ts'

/** Beyond it a list says "10 000+". */
export const mostCounted = 10_000

/** Only the rows of this owner; undefined for all. */
export type Owner = number | undefined

export interface Listed {
  readonly entries: readonly Entry[]
  /** Where the list goes on, if it does. */
  readonly next: Cursor | undefined
}

interface Branch {
  readonly index: number
  readonly where: readonly Sql[]
  readonly order: Sql
  /** The expression as a column of the result. */
  readonly isDescending: boolean
}

export async function listEntries(database: Database, noun: Noun, query: ListQuery, owner: Owner): Promise<Listed> {
  const from = query.after?.branch ?? 0
  const entries: Entry[] = []
  let last: Cursor | undefined
  for (const branch of branchesOf(noun, query, owner).filter(({ index }) => index >= from)) {
    const after = query.after?.branch === branch.index ? query.after : undefined
    const rows = await database.all(pageOf(noun, branch, after, query.limit + 1 - entries.length))
    for (const row of rows) {
      if (entries.length === query.limit) return { entries, next: last }
      entries.push(entryFrom(noun, row))
      last = { branch: branch.index, value: placeOf(row, 'sorted_by'), key: placeOf(row, noun.key.column) }
    }
  }
  return { entries, next: undefined }
}

function placeOf(row: Row, column: string): string | number {
  const value = row[column]
  if (typeof value === 'string' || typeof value === 'number') return value
  throw new TypeError(`The column ${column} sorts a list and is neither text nor number.`)
}

/** Without a search, one; with one, a branch for each search key, without the rows of those before it. */
function branchesOf(noun: Noun, query: ListQuery, owner: Owner): readonly Branch[] {
  const filters = [...query.filters.map((chosen) => filterCondition(noun, chosen)), ...ownedBy(noun, owner)]
  const { search } = query
  if (search === undefined) {
    const { column, absent } = query.sort
    const order = absent === undefined ? raw(column) : sql`coalesce(${raw(column)}, ${literal(absent)})`
    return [{ index: 0, where: filters, order, isDescending: query.isDescending }]
  }
  const found: Sql[] = []
  return noun.search.flatMap((key, index): readonly Branch[] => {
    const condition = searchCondition(key, search)
    if (condition === undefined) return []
    const where = [condition, ...found.map((one) => sql`not (${one})`), ...filters]
    // Of a column that may be absent, a comparison with it is unknown, and so would be its negation.
    found.push(sql`${searched(key)} is not null and ${condition}`)
    return [{ index, where, order: searched(key), isDescending: false }]
  })
}

/** Written into the statement, because an index over an expression is found by its text. */
function literal(value: string | number): Sql {
  if (typeof value === 'number') return raw(String(Math.trunc(value)))
  if (value !== '') throw new TypeError('Only the empty text stands for an absent one.')
  return raw("''")
}

function searched(key: SearchKey): Sql {
  return key.fold === 'lower' ? sql`lower(${raw(key.column)})` : raw(key.column)
}

function searchCondition(key: SearchKey, text: string): Sql | undefined {
  const sought = soughtBy(key, text)
  if (sought === undefined) return undefined
  const column = searched(key)
  if (sought.kind === 'equal') return sql`${column} = ${sought.value}`
  if (sought.to === undefined) return sql`${column} >= ${sought.from}`
  return sql`${column} >= ${sought.from} and ${column} < ${sought.to}`
}

function filterCondition(noun: Noun, { filter, value }: ChosenFilter): Sql {
  const isYes = value === 'yes'
  switch (filter.kind) {
    // Literal: a partial index is used only where the statement itself says that it applies.
    case 'flag':
      return sql`${raw(filter.column)} = ${raw(isYes ? '1' : '0')}`
    case 'presence':
      return isYes ? sql`${raw(filter.column)} is not null` : sql`${raw(filter.column)} is null`
    case 'choice':
      return sql`${raw(filter.column)} = ${value}`
    case 'reference':
      return sql`${raw(filter.column)} = ${Number(value)}`
    case 'member': {
      const { table, row, of } = filter.through
      return sql`${raw(noun.key.column)} in (select ${raw(row)} from ${raw(table)} where ${raw(of)} = ${Number(value)})`
    }
  }
}

function ownedBy(noun: Noun, owner: Owner): readonly Sql[] {
  if (owner === undefined) return []
  if (noun.owner === undefined) throw new TypeError(`The noun ${noun.name} has no owners.`)
  return [sql`${raw(noun.owner.column)} = ${owner}`]
}

function pageOf(noun: Noun, branch: Branch, after: Cursor | undefined, limit: number): Sql {
  const { order, isDescending } = branch
  const direction = raw(isDescending ? 'desc' : 'asc')
  const key = raw(noun.key.column)
  const where = after === undefined ? branch.where : [...branch.where, beyond(branch, key, after)]
  return sql`select ${columnsOf(noun)}, ${order} as sorted_by from ${raw(noun.table)} ${whereAll(where)}
    order by ${order} ${direction}, ${key} ${direction} limit ${limit}`
}

/** The first half is what an index can use. */
function beyond({ order, isDescending }: Branch, key: Sql, { value, key: last }: Cursor): Sql {
  return isDescending
    ? sql`${order} <= ${value} and (${order} < ${value} or ${key} < ${last})`
    : sql`${order} >= ${value} and (${order} > ${value} or ${key} > ${last})`
}

function whereAll(conditions: readonly Sql[]): Sql {
  return conditions.length === 0 ? raw('') : sql`where ${join(conditions, ' and ')}`
}

/** How many rows a list has, up to one more than is counted. */
export async function countEntries(database: Database, noun: Noun, query: ListQuery, owner: Owner): Promise<number> {
  let counted = 0
  for (const { where } of branchesOf(noun, query, owner)) {
    const [row] = await database.all(sql`
      select count(*) as counted from (
        select 1 as one from ${raw(noun.table)} ${whereAll(where)} limit ${mostCounted + 1 - counted}) some_rows`)
    counted += Number(row?.['counted'] ?? 0)
    if (counted > mostCounted) return counted
  }
  return counted
}

export async function findEntry(database: Database, noun: Noun, id: string, owner: Owner): Promise<Entry | undefined> {
  const key = noun.key.kind === 'number' ? rowNumber(id) : id
  if (key === undefined || id.includes('\0')) return undefined
  const where = [sql`${raw(noun.key.column)} = ${key}`, ...ownedBy(noun, owner)]
  const [row] = await database.all(sql`select ${columnsOf(noun)} from ${raw(noun.table)} ${whereAll(where)}`)
  return row && entryFrom(noun, row)
}

/** What names each of these rows, by id; rows that are gone have none. */
export async function labelsOf(
  database: Database,
  noun: Noun,
  ids: readonly (string | number)[],
): Promise<ReadonlyMap<string, string>> {
  if (ids.length === 0) return new Map()
  const columns = join([noun.key.column, ...noun.label].map((one) => raw(one)))
  const rows = await database.all(sql`
    select ${columns} from ${raw(noun.table)} where ${raw(noun.key.column)} in (${join([...new Set(ids)])})`)
  return new Map(rows.map((row) => [String(row[noun.key.column]), labelOf(noun, row)]))
}

/** The first rows by name, for a field that offers them. */
export async function offeredEntries(
  database: Database,
  noun: Noun,
  limit: number,
): Promise<readonly { readonly id: string; readonly label: string }[]> {
  const columns = [noun.key.column, ...noun.label].map((one) => raw(one))
  const rows = await database.all(sql`
    select ${join(columns)} from ${raw(noun.table)} order by ${join(columns.slice(1))} limit ${limit}`)
  return rows.map((row) => ({ id: String(row[noun.key.column]), label: labelOf(noun, row) }))
}

function columnsOf(noun: Noun): Sql {
  const columns = new Set([noun.key.column, ...noun.label, ...noun.fields.flatMap(({ column }) => column ?? [])])
  if (noun.version !== undefined) columns.add(noun.version)
  return join([...columns].map((one) => raw(one)))
}

function labelOf(noun: Noun, row: Row): string {
  for (const column of noun.label) {
    const value = row[column]
    if (typeof value === 'number' || (typeof value === 'string' && value !== '')) return String(value)
  }
  return String(row[noun.key.column])
}

function entryFrom(noun: Noun, row: Row): Entry {
  const values = Object.fromEntries(
    noun.fields.flatMap((field) =>
      field.column === undefined ? [] : [[field.name, valueFrom(field, field.column, row)]],
    ),
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
