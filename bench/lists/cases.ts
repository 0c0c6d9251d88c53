// What is asked of the lists, made from the declarations alone: each filter with each of its values, each sort in both directions,
// each filter with each sort, each search key with what it finds and what it does not. A new noun or filter is in by itself.
import {
  type ListQuery,
  type Noun,
  parseListQuery,
} from '../../packages/authorization-server/src/platform/console/index.ts'
import { Parameters } from '../../packages/authorization-server/src/platform/http/index.ts'
import { type Database, raw, type Row, sql } from '../../packages/authorization-server/src/platform/storage/index.ts'

export interface Case {
  readonly noun: Noun
  /** What is chosen, in words. */
  readonly name: string
  readonly query: Readonly<Record<string, string>>
  readonly parsed: ListQuery
  /** A place in the middle of the order; where there is none, pages are followed. */
  readonly middle: NonNullable<ListQuery['after']> | undefined
}

interface Choice {
  readonly name: string
  readonly query: Readonly<Record<string, string>>
}

const none: Choice = { name: '', query: {} }
const noSeal = { tag: () => '', untag: () => undefined }

export async function casesOf(database: Database, noun: Noun): Promise<readonly Case[]> {
  if (noun.rows !== undefined) return []
  const filters = await filterChoices(database, noun)
  const sorts = noun.sorts.flatMap(({ name }) => [name, `-${name}`]).map((sort) => ({ name: sort, query: { sort } }))
  const searches = await searchChoices(database, noun)
  const asked = [
    none,
    ...filters,
    ...pairsOf([none, ...filters], sorts),
    ...searches,
    ...pairsOf(
      filters,
      searches.filter(({ name }) => name.includes('begins')),
    ),
  ]
  const middles = new Map<string, Case['middle']>()
  const cases: Case[] = []
  for (const { name, query } of asked) {
    const { query: parsed, faults } = parseListQuery(noun, new Parameters(Object.entries(query)), noSeal)
    if (faults.length > 0) throw new Error(`${noun.name} ${name}: ${JSON.stringify(faults)}`)
    const order = `${parsed.sort.name} ${parsed.isDescending}`
    if (parsed.search === undefined && !middles.has(order)) middles.set(order, await middleOf(database, noun, parsed))
    cases.push({
      noun,
      name: name || 'as it is',
      query,
      parsed,
      middle: parsed.search ? undefined : middles.get(order),
    })
  }
  return cases
}

function pairsOf(some: readonly Choice[], others: readonly Choice[]): readonly Choice[] {
  return some.flatMap((one) =>
    others.map((other) => ({
      name: [one.name, other.name].filter(Boolean).join(', '),
      query: { ...one.query, ...other.query },
    })),
  )
}

/** Pages are read up to it, by pages as large as a list has rows: as nobody does, but once. */
async function middleOf(database: Database, noun: Noun, query: ListQuery): Promise<Case['middle']> {
  const [counted] = await database.all(sql`select count(*) as n from ${tableOf(noun)}`)
  const half = Math.floor(Number(counted?.['n']) / 2)
  if (half < 100) return undefined
  const { column, absent } = query.sort
  const direction = query.isDescending ? 'desc' : 'asc'
  const value = absent === undefined ? column : `coalesce(${column}, ${absent === '' ? "''" : absent})`
  const key = noun.key.column
  const [row] = await database.all(
    sql`select ${raw(value)} as value, ${raw(key)} as key from ${tableOf(noun)}
      order by ${raw(`${value} ${direction}, ${key} ${direction}`)} limit 1 offset ${half}`,
  )
  return row && { branch: 0, value: placed(row['value']), key: placed(row['key']) }
}

function placed(value: unknown): string | number {
  if (typeof value === 'string' || typeof value === 'number') return value
  throw new TypeError('A list is sorted by what is neither text nor number.')
}

function tableOf({ table }: Noun) {
  return raw(table ?? '')
}

/** The value that most rows have, one that few have, and one that none has. */
async function valuesOf(database: Database, table: string, column: string): Promise<readonly (string | number)[]> {
  const rows = (direction: string): Promise<readonly Row[]> =>
    database.all(
      sql`select ${raw(column)} as value from ${raw(table)} where ${raw(column)} is not null
        group by ${raw(column)} order by count(*) ${raw(direction)}, 1 limit 1`,
    )
  const found = [...(await rows('desc')), ...(await rows('asc'))].map(({ value }) => placed(value))
  return [...new Set(found)]
}

async function filterChoices(database: Database, noun: Noun): Promise<readonly Choice[]> {
  const { table = '' } = noun
  const all = await Promise.all(
    noun.filters.map(async (filter): Promise<readonly (string | number)[]> => {
      switch (filter.kind) {
        case 'flag':
        case 'presence':
          return ['yes', 'no']
        case 'choice':
          return filter.choices.map(({ value }) => value)
        case 'exact':
          return [...(await valuesOf(database, table, filter.column)), 'nowhere']
        case 'reference':
          return [...(await valuesOf(database, table, filter.column)), 999_999_999]
        case 'member':
          return membersOf(database, filter.through)
        case 'period':
          return periodsOf(database, table, filter.column)
      }
    }),
  )
  return noun.filters.flatMap(({ name }, at) =>
    (all[at] ?? []).map((value) => ({ name: `${name}=${value}`, query: { [name]: String(value) } })),
  )
}

/** Every size that there is, up to a few: a small list is found by other means than a large one. */
async function membersOf(
  database: Database,
  through: { readonly table: string; readonly of: string },
): Promise<readonly (string | number)[]> {
  const rows = await database.all(
    sql`select ${raw(through.of)} as value from ${raw(through.table)} group by ${raw(through.of)} order by count(*) desc, 1 limit 6`,
  )
  return [...rows.map(({ value }) => placed(value)), 999_999_999]
}

async function periodsOf(database: Database, table: string, column: string): Promise<readonly string[]> {
  const [row] = await database.all(
    sql`select min(${raw(column)}) as first, max(${raw(column)}) as last from ${raw(table)}`,
  )
  const [first, last] = [Number(row?.['first']), Number(row?.['last'])]
  if (!(first > 0)) return []
  const day = (at: number): string => new Date(at).toISOString().slice(0, 10)
  const middle = first + (last - first) / 2
  return [
    day(middle),
    new Date(last).toISOString().slice(0, 13),
    `${day(middle)}..`,
    `..${day(middle)}`,
    `${day(first)}..`,
  ]
}

async function searchChoices(database: Database, noun: Noun): Promise<readonly Choice[]> {
  const found = await Promise.all(
    noun.search.map(async ({ column, match }): Promise<readonly Choice[]> => {
      const [row] = await database.all(
        sql`select ${raw(column)} as value from ${tableOf(noun)} where ${raw(column)} is not null and ${raw(`cast(${column} as text)`)} <> ''
          order by ${raw(noun.key.column)} limit 1 offset 40`,
      )
      const value = row === undefined ? undefined : String(placed(row['value']))
      if (value === undefined) return []
      const hit = { name: `q: a ${column}`, query: { q: value } }
      if (match !== 'prefix') return [hit]
      const [letter] = await database.all(
        sql`select substr(${raw(column)}, 1, 1) as value from ${tableOf(noun)} where ${raw(column)} is not null
          group by substr(${raw(column)}, 1, 1) order by count(*) desc, 1 limit 1`,
      )
      const common = String(placed(letter?.['value'] ?? 'b')) || 'b'
      return [
        hit,
        { name: `q: begins as many ${column} (${common})`, query: { q: common } },
        { name: `q: begins as ${column} (${value.slice(0, 3)})`, query: { q: value.slice(0, 3) } },
      ]
    }),
  )
  const misses = ['999999999', 'nobody-at-all', 'q'].map((q) => ({ name: `q: ${q}`, query: { q } }))
  return noun.search.length === 0 ? [] : [...found.flat(), ...misses]
}
