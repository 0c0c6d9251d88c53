// A list is the same list by whichever way its rows are found: gathered and sorted, met along the order in one piece or in many.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import {
  countListed,
  listEntries,
  type ListQuery,
  parseListQuery,
} from '../../packages/authorization-server/src/platform/console/index.ts'
import { type Bounds, listBounds } from '../../packages/authorization-server/src/platform/console/ways/store.ts'
import { Parameters } from '../../packages/authorization-server/src/platform/http/index.ts'
import { type Database, sql, unguarded } from '../../packages/authorization-server/src/platform/storage/index.ts'
import { addMember, removeMember } from '../../packages/authorization-server/src/records/groups/index.ts'
import { insertUser, usersNoun } from '../../packages/authorization-server/src/records/users/index.ts'
import { bothServers } from './both-engines.ts'

const people = 300
const noSeal = { tag: () => '', untag: () => undefined }
let both: Awaited<ReturnType<typeof bothServers>>

before(async () => {
  both = await bothServers()
  for (const { context } of both.servers) {
    const day = Date.parse('2027-01-01')
    const rows = Array.from({ length: people }, (_, n) =>
      insertUser(
        {
          // One that a search for it finds wholly, before those that begin so.
          subject: n === 95 ? 'b' : `subject-${n}`,
          email: n % 7 === 0 ? undefined : `row${(n * 37) % people}@example.com`,
          username: n % 7 === 0 || n % 3 === 0 ? `name${n}` : undefined,
          lastName: ['', '', 'Berg', 'Adams', 'berg'][n % 5] ?? '',
          firstName: ['Row', 'Bo', 'Ann'][n % 3] ?? '',
          isStaff: n % 20 === 0,
        },
        day + n * 7_200_000,
      ),
    )
    assert.ok((await context.database.commit(rows)).won)
    // The last ones, so that they lie at the far end of an order.
    await context.database.commit([
      unguarded(sql`insert into memberships (user_id, group_id, user_created_at)
        select id, (select min(id) from groups), created_at from users where subject >= 'subject-9' and subject < 'subject-a'`),
      unguarded(sql`update users set is_active = 0 where subject like 'subject-2%'`),
    ])
  }
})
after(() => both.close())

const walkedBy = (piece: number, most: number): Bounds['walked'] => ({
  sqlite: { piece, most },
  postgres: { piece, most },
})
const asUsual: Bounds = listBounds
const inPieces: Bounds = { few: 0, sorted: 0, walked: walkedBy(9, 9), looked: 20 }

/** The bounds of one page after the other, over again. */
const ways: Readonly<Record<string, readonly [Bounds, ...Bounds[]]>> = {
  'few are sorted': [asUsual],
  'of many, the order is walked in one piece': [{ ...inPieces, walked: walkedBy(10_000, 10_000), looked: 10_000 }],
  'of many, the order is walked in pieces': [inPieces],
  'many are sorted at last': [{ ...inPieces, sorted: 10_000, looked: 10_000 }],
  'many are sorted after some pieces': [{ ...inPieces, sorted: 10_000, walked: walkedBy(5, 20), looked: 10_000 }],
  'they become many, and few again': [asUsual, inPieces],
}

async function wayThrough(
  database: Database,
  parsed: ListQuery,
  bounds: readonly [Bounds, ...Bounds[]],
): Promise<{ readonly forwards: readonly string[]; readonly backwards: readonly string[] }> {
  const noun = await usersNoun()
  const forwards: string[] = []
  const backwards: string[] = []
  let query = parsed
  let page = 0
  const bound = (): Bounds => bounds[page++ % bounds.length] ?? bounds[0]
  for (;;) {
    const { entries, next } = await listEntries(database, noun, query, undefined, bound())
    forwards.push(...entries.map(({ id }) => id))
    if (next === undefined) break
    query = { ...parsed, after: next }
  }
  for (;;) {
    const { entries, previous } = await listEntries(database, noun, query, undefined, bound())
    backwards.unshift(...entries.map(({ id }) => id))
    if (previous === undefined) break
    query = { ...parsed, before: previous }
  }
  return { forwards, backwards }
}

const filters = ['is_active=no', 'is_staff=no', 'group=1', 'joined=2027-01-20..', 'is_staff=yes&group=1']
const orders = [
  'sort=created_at',
  'sort=email',
  'sort=-username',
  'sort=last_name',
  'sort=-last_name',
  'sort=joined',
  'sort=-joined',
  'q=row',
  'q=b',
]

test('each filter with each order brings the same rows by every way, from both ends, on both engines', async () => {
  const noun = await usersNoun()
  let inexact = 0
  for (const filter of filters) {
    for (const order of orders) {
      const { query, faults } = parseListQuery(
        noun,
        new Parameters([...new URLSearchParams(`${filter}&${order}`)]),
        noSeal,
      )
      assert.deepEqual(faults, [])
      const seen = new Map<string, readonly string[]>()
      for (const { context } of both.servers) {
        for (const [name, bounds] of Object.entries(ways)) {
          const { forwards, backwards } = await wayThrough(context.database, { ...query, limit: 25 }, bounds)
          assert.deepEqual(backwards, forwards, `${filter} ${order} ${name} ${context.database.engine} backwards`)
          assert.equal(new Set(forwards).size, forwards.length, `${filter} ${order} ${name}`)
          const { count, isExact } = await countListed(context.database, noun, query, undefined, bounds[0])
          assert.ok(
            isExact ? count === forwards.length : count <= forwards.length,
            `${filter} ${order} ${name} ${count}`,
          )
          inexact += isExact ? 0 : 1
          const [first = forwards] = seen.values()
          assert.deepEqual(forwards, first, `${filter} ${order} ${name} ${context.database.engine}`)
          seen.set(name, forwards)
        }
      }
      assert.ok([...seen.values()][0]?.length !== 0 || filter.includes('&'), `${filter} ${order} finds nothing`)
    }
  }
  assert.ok(inexact > 0, 'a bounded count says so')
})

test('members of a group stand in the order in which they joined, whenever they came into it', async () => {
  const noun = await usersNoun()
  for (const { context } of both.servers) {
    const { database } = context
    const [group] = await database.all(sql`select min(id) as id from groups`)
    const id = Number(group?.['id'])
    const later = await database.all(
      sql`select id from users where subject in ('subject-7', 'subject-70', 'subject-150')`,
    )
    assert.ok((await database.commit(later.map((row) => addMember(id, Number(row['id']))))).won)
    const rows = await database.all(sql`
      select id from users where id in (select user_id from memberships where group_id = ${id}) order by created_at, id`)
    const expected = rows.map((row) => String(row['id']))
    assert.ok(later.every((row) => expected.includes(String(row['id']))))
    for (const [sort, order] of [
      ['joined', expected],
      ['-joined', expected.toReversed()],
    ] as const) {
      const { query } = parseListQuery(
        noun,
        new Parameters([...new URLSearchParams({ group: String(id), sort })]),
        noSeal,
      )
      const seen = await wayThrough(database, { ...query, limit: 5 }, [asUsual])
      assert.deepEqual(seen, { forwards: order, backwards: order }, `${sort} ${database.engine}`)
    }
    await database.commit(later.map((row) => removeMember(id, Number(row['id']))))
  }
})

test('an order sees only what its index holds', async () => {
  const { database } = both.servers.find(({ context }) => context.database.engine === 'postgres')?.context ?? {}
  const noun = await usersNoun()
  const rows = await database?.all(sql`select indexdef from pg_indexes where tablename = ${noun.table}`)
  const indexes = (rows ?? []).map(({ indexdef }) => String(indexdef).toLowerCase().replaceAll('::text', ''))
  const seeing = [
    ...noun.sorts,
    ...noun.search.map((key) => ({ ...key, column: key.fold === 'lower' ? `lower(${key.column})` : key.column })),
  ].filter(({ sees }) => sees !== undefined)
  assert.ok(seeing.length > 0)
  for (const { column, absent, sees = [] } of seeing) {
    const order = absent === undefined ? column : `coalesce(${column}, '${absent}')`
    const wanted = `(${[order, noun.key.column, ...sees].join(', ')})`
    assert.ok(
      indexes.some((index) => index.endsWith(wanted)),
      wanted,
    )
  }
})
