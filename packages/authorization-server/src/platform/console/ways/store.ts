// By which way the rows of a narrowed list are found. Where an index has the rows of a filter in the order of the list, both engines
// see it by themselves. Elsewhere they would guess, and guess wrong: of few rows all are taken and then sorted, and of many the
// list's own order is walked until a page is full.
import { type Database, join, raw, type Sql, sql } from '../../storage/index.ts'
import type { ChosenFilter, ListQuery } from '../list-query.ts'
import type { Noun } from '../noun.ts'
import { periodOf } from '../period.ts'

/** Only the rows of this owner; undefined for all. */
export type Owner = number | undefined

/** So many rows are sorted in some milliseconds, and so many in no time. */
const fewRows = 10_000
const fewestRows = 1_000
/**
 * How far the order of a list, or of what is searched for, is walked. Where a page could not be filled by then, what is looked for lies
 * far away, and all of it is sorted: sooner where it is few.
 */
const walked: Readonly<Record<'few' | 'many', number>> = { few: 2_000, many: 20_000 }

export type Way = 'served' | 'fewest' | 'few' | 'many'

/** Rows to choose from, and what is still to be asked of each. */
export interface Source {
  readonly table: Sql
  readonly where: readonly Sql[]
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

/** What is chosen, as an index finds it unless the columns are named otherwise. */
export function chosenRows(
  noun: Noun,
  { filters }: Pick<ListQuery, 'filters'>,
  owner: Owner,
  named: Named = raw,
): Source {
  return {
    table: tableOf(noun),
    where: [...filters.map((chosen) => condition(noun, chosen, named)), ...ownedBy(noun, owner, named)],
  }
}

export async function wayOf(database: Database, noun: Noun, query: ListQuery, owner: Owner): Promise<Way> {
  const { filters, search, sort } = query
  if (filters.length === 0 && owner === undefined) return 'served'
  const isServed =
    search === undefined
      ? filters.some(({ filter }) => filter.thenBy?.includes(sort.column) === true)
      : noun.search.every(({ match }) => match !== 'prefix')
  if (isServed) return 'served'
  const { table, where } = chosenRows(noun, query, owner)
  const [row] = await database.all(sql`
    select count(*) as counted from (select 1 as one from ${table} ${whereAll(where)} limit ${fewRows + 1}) some_rows`)
  const counted = Number(row?.['counted'] ?? 0)
  return counted > fewRows ? 'many' : counted > fewestRows ? 'few' : 'fewest'
}

export interface WaySource extends Source {
  /** What to read where so many rows along the order were too little; if these are not too many to be sorted. */
  readonly otherwise?: { readonly after: number; readonly source: Source; readonly unlessMany?: Source }
}

export function sourceOf(noun: Noun, query: ListQuery, owner: Owner, way: Way): WaySource {
  if (way === 'served') return chosenRows(noun, query, owner)
  const source = gathered(noun, query, owner)
  if (way === 'fewest' || (way === 'few' && query.search === undefined)) return source
  return {
    ...unindexedRows(noun, query, owner),
    otherwise: {
      after: walked[way],
      source,
      ...(way === 'many' ? { unlessMany: chosenRows(noun, query, owner) } : {}),
    },
  }
}

/** The same rows, which no index finds: whatever is asked of them is met along the way. */
export function unindexedRows(noun: Noun, query: ListQuery, owner: Owner): Source {
  return chosenRows(noun, query, owner, unindexed)
}

/** All that is chosen, before anything else is asked of it: no engine looks behind a limit. */
export function gathered(noun: Noun, query: ListQuery, owner: Owner): Source {
  const { table, where } = chosenRows(noun, query, owner)
  return { table: sql`(select * from ${table} ${whereAll(where)} limit ${unlimited}) chosen_rows`, where: [] }
}

const unlimited = 1_000_000_000

/** A sign before a number, or nothing after a text, keeps its value and hides it from every index. */
type Named = (column: string, kind?: 'text') => Sql
const unindexed: Named = (column, kind) => raw(kind === 'text' ? `(${column} || '')` : `+${column}`)

function condition(noun: Noun, { filter, value }: ChosenFilter, named: Named): Sql {
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
      const key = raw(noun.key.column)
      return named === unindexed
        ? sql`(select count(*) from ${raw(table)} joined where joined.${raw(row)} = ${key} and joined.${raw(of)} = ${Number(value)}) > 0`
        : sql`${key} in (select ${raw(row)} from ${raw(table)} where ${raw(of)} = ${Number(value)})`
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
