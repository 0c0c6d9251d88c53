// Rows of a list beyond a place, along its order. Where what is wanted lies thinly along it, the order is walked piece by piece: so that
// no statement reads more than a bound, and everybody else has a turn between two of them.
import { scheduler } from 'node:timers/promises'
import { type Database, join, raw, type Row, type Sql, sql } from '../../storage/index.ts'
import type { Cursor } from '../list-query.ts'
import type { Noun } from '../noun.ts'
import { tableOf, type WaySource, whereAll } from '../ways/store.ts'

export interface Branch {
  readonly index: number
  readonly table: Sql
  /** What lies along the order: an index gives it. */
  readonly along: readonly Sql[]
  readonly where: readonly Sql[]
  readonly order: Sql
  /** The expression as a column of the result. */
  readonly isDescending: boolean
  /** All that lies along is sorted alike: only the keys tell it apart. */
  readonly isAlike?: boolean
  readonly otherwise?: WaySource['otherwise'] | undefined
}

/** So many rows are sorted within a tenth of a second. */
const mostSorted = 50_000

/** First those that are sorted alike, then those beyond: each of the two is one piece of an index, however many are alike. */
export async function rowsBeyond(
  database: Database,
  noun: Noun,
  branch: Branch,
  place: Cursor | undefined,
  most: number,
): Promise<readonly Row[]> {
  if (place === undefined) return walk(database, noun, branch, most)
  const { order, along, isDescending } = branch
  const key = raw(noun.key.column)
  const [alike, others] = isDescending
    ? [sql`${key} < ${place.key}`, sql`${order} < ${place.value}`]
    : [sql`${key} > ${place.key}`, sql`${order} > ${place.value}`]
  if (order.text === key.text) return walk(database, noun, { ...branch, along: [...along, alike] }, most)
  const same = { ...branch, along: [...along, sql`${order} = ${place.value}`, alike], isAlike: true }
  const rows = await walk(database, noun, same, most)
  if (rows.length === most) return rows
  return [...rows, ...(await walk(database, noun, { ...branch, along: [...along, others] }, most - rows.length))]
}

async function walk(database: Database, noun: Noun, branch: Branch, most: number): Promise<readonly Row[]> {
  const { otherwise, where, along } = branch
  if (otherwise === undefined) return database.all(pageOf(noun, branch, most))
  const rows: Row[] = []
  for (let passed: readonly Sql[] = []; ; ) {
    const rest = { ...branch, along: [...along, ...passed] }
    const [end] = await database.all(placesOf(noun, rest, otherwise.after))
    if (end === undefined) return [...rows, ...(await database.all(pageOf(noun, rest, most - rows.length)))]
    const place = { value: placeOf(end, 'sorted_by'), key: placeOf(end, noun.key.column) }
    const near = { ...rest, where: [...upTo(noun, branch, place), ...where] }
    rows.push(...(await database.all(pageOf(noun, near, most - rows.length))))
    if (rows.length === most) return rows
    if (passed.length === 0 && (await isSortable(database, otherwise))) {
      return database.all(pageOf(noun, { ...branch, ...otherwise.source }, most))
    }
    passed = beyond(noun, branch, place)
    await scheduler.yield()
  }
}

/** Whether sorting takes no longer than walking on. */
async function isSortable(database: Database, { unlessMany }: NonNullable<WaySource['otherwise']>): Promise<boolean> {
  if (unlessMany === undefined) return true
  const [row] = await database.all(sql`
    select count(*) as counted from (
      select 1 as one from ${unlessMany.table} ${whereAll(unlessMany.where)} limit ${mostSorted + 1}) some_rows`)
  return Number(row?.['counted'] ?? 0) <= mostSorted
}

type Place = Pick<Cursor, 'value' | 'key'>

function upTo(noun: Noun, branch: Branch, place: Place): readonly Sql[] {
  const { isDescending } = branch
  return between(noun, branch, place, isDescending ? ['>=', '>', '>='] : ['<=', '<', '<='])
}

function beyond(noun: Noun, branch: Branch, place: Place): readonly Sql[] {
  const { isDescending } = branch
  return between(noun, branch, place, isDescending ? ['<=', '<', '<'] : ['>=', '>', '>'])
}

/** The first half is what an index can use. */
function between(
  noun: Noun,
  { order, isAlike }: Branch,
  { value, key: last }: Place,
  [outer, inner, ofKey]: readonly [string, string, string],
): readonly Sql[] {
  const key = raw(noun.key.column)
  const byKey = sql`${key} ${raw(ofKey)} ${last}`
  if (isAlike === true || order.text === key.text) return [byKey]
  return [sql`${order} ${raw(outer)} ${value}`, sql`(${order} ${raw(inner)} ${value} or ${byKey})`]
}

export function placeOf(row: Row, column: string): string | number {
  const value = row[column]
  if (typeof value === 'string' || typeof value === 'number') return value
  throw new TypeError(`The column ${column} sorts a list and is neither text nor number.`)
}

function pageOf(noun: Noun, branch: Branch, limit: number): Sql {
  const { table, along, where, order } = branch
  return sql`select ${columnsOf(noun)}, ${order} as sorted_by from ${table} ${whereAll([...along, ...where])}
    ${orderOf(noun, branch)} limit ${limit}`
}

/** The place so many rows ahead. */
function placesOf(noun: Noun, branch: Branch, ahead: number): Sql {
  return sql`select ${raw(noun.key.column)}, ${branch.order} as sorted_by from ${tableOf(noun)} ${whereAll(branch.along)}
    ${orderOf(noun, branch)} limit 1 offset ${ahead}`
}

/** An engine sorts by what it does not see to be alike, and by what stands there twice. */
function orderOf(noun: Noun, { order, isDescending, isAlike }: Branch): Sql {
  const direction = raw(isDescending ? 'desc' : 'asc')
  const key = raw(noun.key.column)
  const byKey = isAlike === true || order.text === key.text
  return byKey ? sql`order by ${key} ${direction}` : sql`order by ${order} ${direction}, ${key} ${direction}`
}

export function columnsOf(noun: Noun): Sql {
  const columns = new Set([noun.key.column, ...noun.label, ...noun.fields.flatMap(({ column }) => column ?? [])])
  if (noun.version !== undefined) columns.add(noun.version)
  return join([...columns].map((one) => raw(one)))
}
