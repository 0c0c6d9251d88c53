// Rows of a list beyond a place, along its order. Where what is wanted lies thinly along it, the order is walked piece by piece: so that
// no statement reads more than a bound, and everybody else has a turn between two of them.
import { scheduler } from 'node:timers/promises'
import { type Database, join, raw, type Row, type Sql, sql } from '../../storage/index.ts'
import type { Cursor } from '../list-query.ts'
import type { Noun } from '../noun.ts'
import { countRows, tableOf, type WaySource, whereAll } from '../ways/store.ts'

export interface Branch {
  readonly index: number
  readonly table: Sql
  /** What lies along the order: an index gives it. */
  readonly along: readonly Sql[]
  readonly where: readonly Sql[]
  readonly order: Sql
  readonly isDescending: boolean
  readonly isGathered?: boolean | undefined
  readonly otherwise?: WaySource['otherwise'] | undefined
}

/** One piece of what lies along the order of a branch. */
interface Stretch {
  readonly along: readonly Sql[]
  /** All of it is sorted alike: only the keys tell it apart. */
  readonly isAlike: boolean
}

export async function rowsBeyond(
  database: Database,
  noun: Noun,
  branch: Branch,
  place: Cursor | undefined,
  most: number,
): Promise<readonly Row[]> {
  const { otherwise } = branch
  const rows: Row[] = []
  let isFirst = true
  let ahead = place === undefined ? [{ along: [], isAlike: false }] : stretchesBeyond(noun, branch, place)
  for (let [stretch, ...rest] = ahead; stretch !== undefined; [stretch, ...rest] = ahead) {
    const end = otherwise && (await placeAhead(database, noun, branch, stretch, otherwise.after))
    const near = end === undefined ? [] : upTo(noun, branch, stretch, end)
    rows.push(...(await database.all(pageOf(noun, branch, stretch, near, most - rows.length))))
    if (rows.length === most) return rows
    if (otherwise !== undefined && end !== undefined && isFirst && (await isSortable(database, otherwise))) {
      return rowsBeyond(database, noun, { ...branch, ...otherwise.source, otherwise: undefined }, place, most)
    }
    if (end !== undefined) {
      isFirst = false
      await scheduler.yield()
    }
    ahead = end === undefined ? rest : [...stretchesBeyond(noun, branch, end, stretch), ...rest]
  }
  return rows
}

/** Whether sorting takes no longer than walking on. */
async function isSortable(database: Database, { unlessMany }: NonNullable<WaySource['otherwise']>): Promise<boolean> {
  if (unlessMany === undefined) return true
  const { rows, most } = unlessMany
  return (await countRows(database, rows, most + 1)) <= most
}

type Place = Pick<Cursor, 'value' | 'key'>

/** First what is sorted alike, then what lies beyond: each is one piece of an index, however many are alike. */
function stretchesBeyond(
  noun: Noun,
  { order, isDescending, isGathered }: Branch,
  { value, key: last }: Place,
  within?: Stretch,
): readonly Stretch[] {
  const key = raw(noun.key.column)
  const sign = raw(isDescending ? '<' : '>')
  const byKey = sql`${key} ${sign} ${last}`
  if (order.text === key.text) return [{ along: [byKey], isAlike: true }]
  if (isGathered === true) {
    const either = sql`(${order} ${sign} ${value} or (${order} = ${value} and ${byKey}))`
    return [{ along: [either], isAlike: false }]
  }
  const alike = { along: [sql`${order} = ${value}`, byKey], isAlike: true }
  return within?.isAlike === true ? [alike] : [alike, { along: [sql`${order} ${sign} ${value}`], isAlike: false }]
}

/** The first half is what an index can use. */
function upTo(noun: Noun, { order, isDescending }: Branch, { isAlike }: Stretch, end: Place): readonly Sql[] {
  const key = raw(noun.key.column)
  const sign = isDescending ? '>' : '<'
  const byKey = sql`${key} ${raw(`${sign}=`)} ${end.key}`
  if (isAlike || order.text === key.text) return [byKey]
  return [sql`${order} ${raw(`${sign}=`)} ${end.value}`, sql`(${order} ${raw(sign)} ${end.value} or ${byKey})`]
}

/** The place so many rows ahead, if the stretch is as long. */
async function placeAhead(
  database: Database,
  noun: Noun,
  branch: Branch,
  stretch: Stretch,
  ahead: number,
): Promise<Place | undefined> {
  const [row] = await database.all(sql`
    select ${raw(noun.key.column)}, ${branch.order} as sorted_by from ${tableOf(noun)}
    ${whereAll([...branch.along, ...stretch.along])} ${orderOf(noun, branch, stretch)} limit 1 offset ${raw(String(Math.trunc(ahead)))}`)
  return row && { value: placeOf(row, 'sorted_by'), key: placeOf(row, noun.key.column) }
}

export function placeOf(row: Row, column: string): string | number {
  const value = row[column]
  if (typeof value === 'string' || typeof value === 'number') return value
  throw new TypeError(`The column ${column} sorts a list and is neither text nor number.`)
}

function pageOf(noun: Noun, branch: Branch, stretch: Stretch, near: readonly Sql[], limit: number): Sql {
  const { table, along, where, order, isGathered } = branch
  const sorted = orderOf(noun, branch, stretch)
  const rest = sql`${whereAll([...along, ...stretch.along, ...near, ...where])} ${sorted} limit ${limit}`
  if (isGathered !== true) return sql`select ${columnsOf(noun)}, ${order} as sorted_by from ${table} ${rest}`
  // What was gathered is sorted by its keys alone: to carry whole rows along took twice as long.
  const key = raw(noun.key.column)
  return sql`select ${columnsOf(noun)}, ${order} as sorted_by from ${tableOf(noun)}
    where ${key} in (select ${key} from ${table} ${rest}) ${sorted}`
}

/** An engine sorts by what it does not see to be alike, and by what stands there twice. */
function orderOf(noun: Noun, { order, isDescending }: Branch, { isAlike }: Stretch): Sql {
  const direction = raw(isDescending ? 'desc' : 'asc')
  const key = raw(noun.key.column)
  const byKey = isAlike || order.text === key.text
  return byKey ? sql`order by ${key} ${direction}` : sql`order by ${order} ${direction}, ${key} ${direction}`
}

export function columnsOf(noun: Noun): Sql {
  const columns = new Set([noun.key.column, ...noun.label, ...noun.fields.flatMap(({ column }) => column ?? [])])
  if (noun.version !== undefined) columns.add(noun.version)
  return join([...columns].map((one) => raw(one)))
}
