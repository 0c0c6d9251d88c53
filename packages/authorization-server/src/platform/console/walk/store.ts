// Rows of a list beyond a place, along its order. Where what is wanted lies thinly along it, the order is walked piece by piece: so that
// no statement reads more than a bound, and everybody else has a turn between two of them.
import { scheduler } from 'node:timers/promises'
import { type Database, join, raw, type Row, type Sql, sql } from '../../storage/index.ts'
import { type Branch, type Place, placeOf } from '../branches/store.ts'
import type { Noun } from '../noun.ts'
import { type Source, tableOf, whereAll } from '../ways/store.ts'

/** One piece of what lies along the order of a branch. */
interface Stretch {
  /** With what lies along the branch. */
  readonly along: readonly Sql[]
  /** All of it is sorted alike: only the keys tell it apart. */
  readonly isAlike: boolean
}

export async function rowsBeyond(
  database: Database,
  noun: Noun,
  branch: Branch,
  place: Place | undefined,
  most: number,
): Promise<readonly Row[]> {
  const { otherwise } = branch
  const rows: Row[] = []
  const read = async (source: Source, stretch: Stretch, near: readonly Sql[]): Promise<void> => {
    rows.push(...(await database.all(pageOf(noun, { ...branch, ...source }, stretch, near, most - rows.length))))
  }
  let walked = 0
  let ahead = stretchesFrom(noun, branch, place)
  for (let [stretch, ...rest] = ahead; stretch !== undefined && rows.length < most; [stretch, ...rest] = ahead) {
    ahead = rest
    const end = otherwise && (await placeAhead(database, noun, branch, stretch, otherwise.piece))
    if (otherwise === undefined || end === undefined) {
      await read(branch, stretch, [])
    } else if (stretch.isAlike && otherwise.alike !== undefined) {
      await read(otherwise.alike, stretch, [])
    } else {
      await read(branch, stretch, upTo(noun, branch, stretch, end))
      if (rows.length === most) return rows
      const isLong = walked < otherwise.most && walked + otherwise.piece >= otherwise.most
      walked += otherwise.piece
      if (isLong && (await otherwise.isSortable(database))) {
        return rowsBeyond(database, noun, { ...branch, ...otherwise.gathered, otherwise: undefined }, place, most)
      }
      ahead = [...stretchesBeyond(noun, branch, end, stretch), ...rest]
      await scheduler.yield()
    }
  }
  return rows
}

function stretchesFrom(noun: Noun, branch: Branch, place: Place | undefined): readonly Stretch[] {
  const { along, order, isDescending, isSeen } = branch
  if (place === undefined) return [{ along, isAlike: false }]
  if (isSeen !== true) return stretchesBeyond(noun, branch, place)
  // Of what is alike alone PostgreSQL would rather walk all the keys.
  const sign = raw(isDescending ? '<' : '>')
  const beyond = sql`(${order}, ${raw(noun.key.column)}) ${sign} (${place.value}, ${place.key})`
  return [{ along: [...along, beyond], isAlike: false }]
}

/** First what is sorted alike, then what lies beyond: each is one piece of an index, however many are alike. */
function stretchesBeyond(
  noun: Noun,
  { along, isRange, order, isDescending, kind }: Branch,
  { value, key: last }: Place,
  within?: Stretch,
): readonly Stretch[] {
  const key = raw(noun.key.column)
  const sign = raw(isDescending ? '<' : '>')
  const byKey = sql`${key} ${sign} ${last}`
  if (order.text === key.text) return [{ along: [...along, byKey], isAlike: true }]
  if (kind === 'gathered') {
    const either = sql`(${order} ${sign} ${value} or (${order} = ${value} and ${byKey}))`
    return [{ along: [...along, either], isAlike: false }]
  }
  // Said twice, it would seem to PostgreSQL that there are few.
  const alike = { along: [...(isRange === true ? [] : along), sql`${order} = ${value}`, byKey], isAlike: true }
  if (within?.isAlike === true) return [alike]
  return [alike, { along: [...along, sql`${order} ${sign} ${value}`], isAlike: false }]
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
    ${whereAll(stretch.along)} ${orderOf(noun, branch, stretch)} limit 1 offset ${raw(String(Math.trunc(ahead)))}`)
  return row && { value: placeOf(row, 'sorted_by'), key: placeOf(row, noun.key.column) }
}

function pageOf(noun: Noun, branch: Branch, stretch: Stretch, near: readonly Sql[], limit: number): Sql {
  const { table, others, where, order, kind } = branch
  const rest = sql`${whereAll([...stretch.along, ...near, ...others, ...where])} ${orderOf(noun, branch, stretch)} limit ${limit}`
  if (kind === undefined) return sql`select ${columnsOf(noun)}, ${order} as sorted_by from ${table} ${rest}`
  // What was gathered is sorted by its keys alone: to carry whole rows along took twice as long.
  const key = raw(noun.key.column)
  return sql`select ${columnsOf(noun)}, sorted_by from ${tableOf(noun)}
    join (select ${key} as sorted_key, ${order} as sorted_by from ${table} ${rest}) sorted_rows on ${key} = sorted_key
    ${orderOf(noun, branch, stretch, { key: raw('sorted_key'), order: raw('sorted_by') })}`
}

/** An engine sorts by what it does not see to be alike, and by what stands there twice. */
function orderOf(
  noun: Noun,
  branch: Branch,
  { isAlike }: Stretch,
  named = { key: raw(noun.key.column), order: branch.order },
): Sql {
  const direction = raw(branch.isDescending ? 'desc' : 'asc')
  const { key, order } = named
  const byKey = isAlike || branch.order.text === noun.key.column
  return byKey ? sql`order by ${key} ${direction}` : sql`order by ${order} ${direction}, ${key} ${direction}`
}

export function columnsOf(noun: Noun): Sql {
  const columns = new Set([noun.key.column, ...noun.label, ...noun.fields.flatMap(({ column }) => column ?? [])])
  if (noun.version !== undefined) columns.add(noun.version)
  return join([...columns].map((one) => raw(one)))
}
