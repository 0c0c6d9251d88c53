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
  /** So many rows are sorted in no time, */
  readonly fewest: number
  /** so many in some milliseconds, */
  readonly few: number
  /** and so many no slower than it is to walk past those that are not wanted. */
  readonly sorted: number
  /** How much of an order is walked at once; where few are wanted, they are sorted the sooner. */
  readonly walked: Readonly<Record<'few' | 'many', number>>
  /** How many rows that a search finds are looked at to count those that are wanted. */
  readonly looked: number
}

export const listBounds: Bounds = {
  fewest: 1_000,
  few: 10_000,
  sorted: 200_000,
  walked: { few: 2_000, many: 5_000 },
  looked: 10_000,
}

export type Way = 'served' | 'fewest' | 'few' | 'many'

/** Rows to choose from, and what is still to be asked of each. */
export interface Source {
  readonly table: Sql
  readonly where: readonly Sql[]
  /** Read as a whole, and then sorted. */
  readonly isGathered?: boolean
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
  { fewest, few }: Bounds = listBounds,
): Promise<Way> {
  const { filters, search, sort } = query
  if (filters.length === 0 && owner === undefined) return 'served'
  const isServed =
    search === undefined
      ? filters.some(({ filter }) => filter.thenBy?.includes(sort.column) === true)
      : noun.search.every(({ match }) => match !== 'prefix')
  if (isServed) return 'served'
  const counted = await countRows(database, countableRows(database.engine, noun, query, owner), few + 1)
  return counted > few ? 'many' : counted > fewest ? 'few' : 'fewest'
}

export interface WaySource extends Source {
  /** What to read where so many rows along the order were too little; if these are not too many to be sorted. */
  readonly otherwise?: {
    readonly after: number
    readonly source: Source
    readonly unlessMany?: { readonly rows: Source; readonly most: number }
  }
}

export function sourceOf(
  engine: Engine,
  noun: Noun,
  query: ListQuery,
  owner: Owner,
  way: Way,
  { walked, sorted }: Bounds = listBounds,
): WaySource {
  if (way === 'served') return chosenRows(engine, noun, query, owner)
  const source = gathered(engine, noun, query, owner)
  if (way === 'fewest' || (way === 'few' && query.search === undefined)) return source
  return {
    ...chosenRows(engine, noun, query, owner, met),
    otherwise: {
      after: walked[way],
      source,
      ...(way === 'many' ? { unlessMany: { rows: countableRows(engine, noun, query, owner), most: sorted } } : {}),
    },
  }
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
    isGathered: true,
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
