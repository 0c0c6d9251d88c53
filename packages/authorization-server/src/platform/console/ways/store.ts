// By which way the rows of a narrowed list are found. Where an index has the rows of a filter in the order of the list, both engines
// see it by themselves. Elsewhere they would guess, and guess wrong: of few rows all are taken and then sorted, and of many the
// list's own order is walked until a page is full.
import { type Database, join, raw, type Sql, sql } from '../../storage/index.ts'
import type { ChosenFilter, ListQuery } from '../list-query.ts'
import type { Noun } from '../noun.ts'
import { periodOf } from '../period.ts'

/** Only the rows of this owner; undefined for all. */
export type Owner = number | undefined

type Engine = Database['engine']

export interface Bounds {
  /** So many rows are sorted in some milliseconds, */
  readonly few: number
  /** and so many no slower than it is to walk past those that are not wanted. */
  readonly sorted: number
  readonly walked: Readonly<Record<Engine, Walked>>
  /** How many rows that a search finds are looked at to count those that are wanted. */
  readonly looked: number
}

interface Walked {
  /** How much of an order is walked at once, */
  readonly piece: number
  /** and how much of it before it is asked whether to sort instead. */
  readonly most: number
}

/** Pieces are short on PostgreSQL: a plan that it keeps takes all that begins alike for few, and would sort it to see where a long one ends. */
export const listBounds: Bounds = {
  few: 10_000,
  sorted: 200_000,
  walked: { sqlite: { piece: 5_000, most: 5_000 }, postgres: { piece: 1_000, most: 3_000 } },
  looked: 5_000,
}

/** By an index that has both; gathered and sorted; along the order. */
export type Way = 'served' | 'few' | 'many'

/** Rows to choose from, and what is still to be asked of each. */
export interface Source {
  readonly table: Sql
  readonly where: readonly Sql[]
  /** `gathered`: read as a whole, and then sorted. `keys`: an index has the keys in this order, and nothing else. */
  readonly kind?: 'gathered' | 'keys' | undefined
}

export function tableOf({ name, table }: Noun): Sql {
  if (table === undefined) throw new TypeError(`The noun ${name} has no table.`)
  return raw(table)
}

export function whereAll(conditions: readonly Sql[]): Sql {
  return conditions.length === 0 ? raw('') : sql`where ${join(conditions, ' and ')}`
}

export function ownedBy(noun: Noun, owner: Owner, named: Named = raw): readonly Sql[] {
  if (owner === undefined) return []
  if (noun.owner === undefined) throw new TypeError(`The noun ${noun.name} has no owners.`)
  return [sql`${named(noun.owner.column)} = ${owner}`]
}

/** What is chosen, as an index finds it unless it is meant otherwise. */
function chosenRows(
  engine: Engine,
  noun: Noun,
  { filters }: Pick<ListQuery, 'filters'>,
  owner: Owner,
  means = indexed,
): Source {
  return {
    table: tableOf(noun),
    where: [...filters.map((chosen) => condition(engine, noun, chosen, means)), ...ownedBy(noun, owner, means.named)],
  }
}

/** Rows that are as many as those that are chosen. */
export function countableRows(engine: Engine, noun: Noun, query: Pick<ListQuery, 'filters'>, owner: Owner): Source {
  const [chosen, ...others] = query.filters
  if (chosen?.filter.kind !== 'member' || others.length > 0 || owner !== undefined) {
    return chosenRows(engine, noun, query, owner)
  }
  const { table, of } = chosen.filter.through
  return { table: raw(table), where: [sql`${raw(of)} = ${Number(chosen.value)}`] }
}

/** How many there are, up to a bound. */
export async function countRows(database: Database, { table, where }: Source, most: number): Promise<number> {
  const [row] = await database.all(sql`
    select count(*) as counted from (select 1 as one from ${table} ${whereAll(where)} limit ${most}) some_rows`)
  return Number(row?.['counted'] ?? 0)
}

export async function wayOf(
  database: Database,
  noun: Noun,
  query: ListQuery,
  owner: Owner,
  { few }: Bounds = listBounds,
): Promise<Way> {
  const { filters, search, sort } = query
  if (filters.length === 0 && owner === undefined) return 'served'
  const isServed =
    search === undefined
      ? isInOrder(query, sort.column) || joinedInOrder(noun, query, owner) !== undefined
      : noun.search.every(({ match }) => match !== 'prefix')
  if (isServed) return 'served'
  const counted = await countRows(database, countableRows(database.engine, noun, query, owner), few + 1)
  return counted > few ? 'many' : 'few'
}

/** Whether an index has what is chosen in this order. */
function isInOrder({ filters }: Pick<ListQuery, 'filters'>, column: string): boolean {
  return filters.some(({ filter }) => filter.thenBy?.includes(column) === true)
}

/** Where the joining table repeats what the list is sorted by: its rows, by the names that the noun has for them. */
function joinedInOrder(noun: Noun, { filters, search, sort }: ListQuery, owner: Owner): Source | undefined {
  const [chosen, ...others] = filters
  if (chosen?.filter.kind !== 'member' || others.length > 0 || owner !== undefined) return undefined
  const { table, row, of, repeats } = chosen.filter.through
  const repeated = repeats?.[sort.column]
  if (repeated === undefined || search !== undefined) return undefined
  return {
    table: sql`(select ${raw(row)} as ${raw(noun.key.column)}, ${raw(repeated)} as ${raw(sort.column)} from ${raw(table)}
      where ${raw(of)} = ${Number(chosen.value)}) joined_rows`,
    where: [],
    kind: 'keys',
  }
}

export interface WaySource extends Source {
  /** The index of the order tells of each row whether it is chosen. */
  readonly isSeen?: boolean | undefined
  readonly otherwise?: Otherwise | undefined
}

/** What to read where a piece of the order was too little. */
export interface Otherwise {
  readonly piece: number
  readonly most: number
  /** Of rows that the order takes for alike, which are in the order of their keys: where an index has what is chosen in that order. */
  readonly alike: Source | undefined
  /** All that is chosen, if there are not too many to be sorted. */
  readonly gathered: Source
  readonly isSortable: (database: Database) => Promise<boolean>
}

export interface Sources {
  /** Along an order whose index holds the columns that it `sees`. */
  along(order: { readonly sees?: readonly string[] }): WaySource
  /** Where an index finds one row, or a few, of which this is asked as well. */
  readonly ofOne: Source
}

export function sourcesOf(
  engine: Engine,
  noun: Noun,
  query: ListQuery,
  owner: Owner,
  way: Way,
  { walked, sorted }: Bounds = listBounds,
): Sources {
  const chosen = chosenRows(engine, noun, query, owner)
  if (way === 'served') return { along: () => joinedInOrder(noun, query, owner) ?? chosen, ofOne: chosen }
  const ofOne = chosenRows(engine, noun, query, owner, met)
  const all = gathered(engine, noun, query, owner)
  if (way === 'few') return { along: () => all, ofOne }
  const otherwise = {
    ...walked[engine],
    alike: isInOrder(query, noun.key.column) ? chosen : undefined,
    gathered: all,
    isSortable: async (database: Database) =>
      (await countRows(database, countableRows(engine, noun, query, owner), sorted + 1)) <= sorted,
  }
  const seen = { ...chosen, isSeen: true }
  return { along: ({ sees }) => (isSeen(engine, query, owner, sees) ? seen : { ...ofOne, otherwise }), ofOne }
}

/** PostgreSQL asks an index for what it holds, wherever it holds it, and reads no other row: it passes a million in some milliseconds. */
function isSeen(engine: Engine, { filters }: ListQuery, owner: Owner, sees: readonly string[] = []): boolean {
  if (engine !== 'postgres' || owner !== undefined) return false
  return filters.every(({ filter }) => filter.kind === 'period' && sees.includes(filter.column))
}

/** The same rows, which no index finds: all of something else is asked whether they are among them. */
export function unindexedRows(engine: Engine, noun: Noun, query: ListQuery, owner: Owner): Source {
  return chosenRows(engine, noun, query, owner, sifted)
}

/**
 * All that is chosen, before anything else is asked of it: no engine looks behind a limit. It is written out, because PostgreSQL takes
 * an unknown one for a tenth of the rows, and then what finds all of them for cheap.
 */
export function gathered(engine: Engine, noun: Noun, query: ListQuery, owner: Owner): Source {
  const { table, where } = chosenRows(engine, noun, query, owner)
  return {
    table: sql`(select * from ${table} ${whereAll(where)} limit ${raw('1000000000')}) chosen_rows`,
    where: [],
    kind: 'gathered',
  }
}

type Named = (column: string, kind?: 'text') => Sql
/** A sign before a number, or nothing after a text, keeps its value and hides it from every index. */
const unindexed: Named = (column, kind) => raw(kind === 'text' ? `(${column} || '')` : `+${column}`)

interface Means {
  readonly named: Named
  /** Each row is asked by itself whether it is joined: of a few rows. Otherwise all that are joined are read before. */
  readonly isAskedByRow: boolean
}
const indexed: Means = { named: raw, isAskedByRow: false }
const met: Means = { named: unindexed, isAskedByRow: true }
const sifted: Means = { named: unindexed, isAskedByRow: false }

function condition(engine: Engine, noun: Noun, { filter, value }: ChosenFilter, { named, isAskedByRow }: Means): Sql {
  const isYes = value === 'yes'
  switch (filter.kind) {
    // Literal: a partial index is used only where the statement itself says that it applies.
    case 'flag':
      return sql`${named(filter.column)} = ${raw(isYes ? '1' : '0')}`
    case 'presence':
      return isYes ? sql`${named(filter.column)} is not null` : sql`${named(filter.column)} is null`
    case 'choice':
    case 'exact':
      return sql`${named(filter.column, 'text')} = ${value}`
    case 'reference':
      return sql`${named(filter.column)} = ${Number(value)}`
    case 'member': {
      const { table, row, of } = filter.through
      const key = noun.key.column
      const joined = sql`${raw(of)} = ${Number(value)}`
      if (isAskedByRow) {
        return sql`(select count(*) from ${raw(table)} joined where joined.${raw(row)} = ${raw(key)} and joined.${joined}) > 0`
      }
      const rows = sql`(select ${raw(row)} from ${raw(table)} where ${joined})`
      // PostgreSQL would rather read the whole table than look up a hundredth of it.
      return engine === 'postgres' ? sql`${named(key)} = any(array${rows})` : sql`${named(key)} in ${rows}`
    }
    case 'period':
      return periodCondition(named(filter.column), value)
  }
}

function periodCondition(column: Sql, value: string): Sql {
  const period = periodOf(value)
  if (period === undefined) throw new TypeError('A period that was not parsed came to a statement.')
  const { from, to } = period
  const bounds = [
    ...(from === undefined ? [] : [sql`${column} >= ${from}`]),
    ...(to === undefined ? [] : [sql`${column} < ${to}`]),
  ]
  return join(bounds, ' and ')
}
