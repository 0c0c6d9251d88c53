import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import * as fc from 'fast-check'
import { hmacSha256, type KeyedDigests } from '../../../platform/crypto/index.ts'
import { type Database, migrate, openSqlite, type Sql, sql, unguarded } from '../../../platform/storage/index.ts'
import { systemClock } from '../../../platform/time/index.ts'
import { eventsMigrations } from '../migrations.ts'
import { chainBatch } from './chain-job.ts'
import type { FaultKind } from './fault.ts'
import type { StoredEvent } from './link.ts'
import { verifyChain } from './verify.ts'

let folder = ''
let database: Database

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'latchkey-chain-'))
  database = await openSqlite({ file: join(folder, 'latchkey.db') })
  await migrate(database, eventsMigrations, systemClock)
})
after(async () => {
  await database.close()
  await rm(folder, { recursive: true })
})

/** A ring of these generations; the last one is that of now. */
function ring(secret: string, ...ids: readonly number[]): KeyedDigests {
  return {
    current: () => ids.at(-1) ?? 0,
    digest: (id, text) => (ids.includes(id) ? hmacSha256(Buffer.from(`${secret} ${id}`), text) : undefined),
  }
}

const before2 = ring('ours', 1)
const keys = ring('ours', 1, 2)

async function write(...statements: readonly Sql[]): Promise<void> {
  assert.ok((await database.commit(statements.map((one) => unguarded(one)))).won)
}

function insertEvent(e: StoredEvent): Sql {
  return sql`insert into events (id, kind, at, actor_id, user_id, client_row, address, detail, noun, target)
    values (${e.id}, ${e.kind}, ${e.at}, ${e.actorId ?? null}, ${e.userId ?? null}, ${e.clientRow ?? null}, ${e.address}, ${e.detail}, ${e.noun ?? null}, ${e.target ?? null})`
}

/** An empty log, then these events, chained a few at a time, the first of them before the key was rotated. */
async function chained(events: readonly StoredEvent[], batches: readonly number[]): Promise<string> {
  await write(sql`delete from event_chain`, sql`delete from events`)
  let rest = [...events]
  for (const [round, size] of [...batches, events.length].entries()) {
    const some = rest.slice(0, size)
    rest = rest.slice(size)
    if (some.length > 0) await write(...some.map(insertEvent))
    for (;;) if ((await chainBatch(database, round === 0 ? before2 : keys, 7)) === 0) break
  }
  const found = await verifyChain({ database, keys })
  assert.equal(found.kind, 'whole')
  assert.ok(found.kind === 'whole')
  assert.equal(found.chained, events.length)
  assert.equal(found.waiting, 0)
  return found.head?.digest ?? ''
}

const optionalId = fc.option(fc.integer({ min: 1, max: 999 }), { nil: undefined })
const anyText = fc.string({ unit: 'grapheme', maxLength: 12 }).filter((text) => !text.includes('\0'))
const optionalText = fc.option(anyText, { nil: undefined })
const content = fc.record({
  kind: fc.constantFrom('user.changed', 'grant.created', 'user.signed-in'),
  at: fc.integer({ min: 0, max: 4_000_000_000_000 }),
  actorId: optionalId,
  userId: optionalId,
  clientRow: optionalId,
  address: anyText,
  detail: fc.json({ maxDepth: 1 }).map((text) => text.replaceAll('\0', '')),
  noun: optionalText,
  target: optionalText,
})

/** Numbers with gaps, in an order that is nearly theirs, as commits become visible. */
const log = fc
  .record({
    contents: fc.array(content, { minLength: 3, maxLength: 24 }),
    gaps: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 24, maxLength: 24 }),
    late: fc.nat({ max: 23 }),
    batches: fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 4 }),
  })
  .map(({ contents, gaps, late, batches }) => {
    let id = 0
    const events = contents.map((one, at) => ({ ...one, id: (id += gaps[at] ?? 1) }))
    const moved = events[late % events.length]
    const order = moved === undefined ? events : [...events.filter((one) => one !== moved), moved]
    return { events: order, batches }
  })

const runs = { numRuns: 60 }

test('a log that nobody touched is whole, whatever is in it, in whatever order its events became visible', async () => {
  await fc.assert(
    fc.asyncProperty(log, async ({ events, batches }) => {
      const head = await chained(events, batches)
      const again = await verifyChain({ database, keys, head })
      assert.equal(again.kind, 'whole')
    }),
    runs,
  )
})

interface Tampering {
  readonly name: string
  /** What it may be called. */
  readonly kinds: readonly FaultKind[]
  /** Positions from 1 to `last`; `at` is before `other`. */
  statements(at: number, other: number, last: number): readonly Sql[]
}

const eventAt = (position: number): Sql => sql`(select event_id from event_chain where position = ${position})`
/** By way of numbers that nobody has: a position is unique at each moment. */
const moveAll = (from: number, by: number): readonly Sql[] => [
  sql`update event_chain set position = -position where position >= ${from}`,
  sql`update event_chain set position = -position + ${by} where position < 0`,
]
const columns = ['kind', 'at', 'actor_id', 'user_id', 'client_row', 'address', 'detail', 'noun', 'target'] as const

const changes: readonly Sql[] = [
  sql`kind = kind || '.'`,
  sql`at = at + 1`,
  sql`actor_id = coalesce(actor_id, 0) + 1`,
  sql`user_id = coalesce(user_id, 0) + 1`,
  sql`client_row = coalesce(client_row, 0) + 1`,
  sql`address = address || ' '`,
  sql`detail = detail || ' '`,
  sql`noun = coalesce(noun, '') || 'x'`,
  sql`target = coalesce(target, '') || 'x'`,
  // What one column loses another gains.
  sql`address = address || detail, detail = ''`,
]

const tamperings: readonly Tampering[] = [
  ...changes.map((change, n) => ({
    name: `change ${columns[n] ?? 'two columns'}`,
    kinds: ['changed'] as const,
    statements: (at: number) => [sql`update events set ${change} where id = ${eventAt(at)}`],
  })),
  {
    name: 'another digest',
    kinds: ['changed'],
    statements: (at) => [sql`update event_chain set digest = 'A' || substr(digest, 2) || 'x' where position = ${at}`],
  },
  {
    name: 'another key',
    kinds: ['changed', 'wrong-key'],
    statements: (at) => [sql`update event_chain set key_id = key_id % 2 + 1 where position = ${at}`],
  },
  {
    name: 'no such key',
    kinds: ['wrong-key'],
    statements: (at) => [sql`update event_chain set key_id = 9 where position = ${at}`],
  },
  {
    name: 'remove an event',
    kinds: ['removed'],
    statements: (at) => [sql`delete from events where id = ${eventAt(at)}`],
  },
  {
    name: 'remove an event with its link',
    kinds: ['removed', 'truncated'],
    statements: (at) => [
      sql`delete from events where id = ${eventAt(at)}`,
      sql`delete from event_chain where position = ${at}`,
    ],
  },
  {
    name: 'remove an event and move the rest up',
    kinds: ['changed', 'truncated'],
    statements: (at) => [
      sql`delete from events where id = ${eventAt(at)}`,
      sql`delete from event_chain where position = ${at}`,
      ...moveAll(at, -1),
    ],
  },
  {
    name: 'insert an event',
    kinds: ['inserted'],
    statements: (at) => [
      ...moveAll(at, 1),
      sql`insert into events (id, kind, at, address, detail) values (10000, 'user.created', 5, '', '{}')`,
      sql`insert into event_chain (position, event_id, digest, key_id) select ${at}, 10000, 'x' || digest, key_id
        from event_chain where position = ${at + 1}`,
    ],
  },
  {
    name: 'swap two links',
    kinds: ['reordered'],
    statements: (at, other) => [
      sql`update event_chain set position = -${at} where position = ${at}`,
      sql`update event_chain set position = ${at} where position = ${other}`,
      sql`update event_chain set position = ${other} where position = -${at}`,
    ],
  },
  {
    name: 'swap the events of two links',
    kinds: ['changed'],
    statements: (at, other) => [
      sql`update event_chain set event_id = -event_id where position in (${at}, ${other})`,
      sql`update event_chain set event_id = -(select c.event_id from event_chain c
        where c.position = ${at} + ${other} - event_chain.position) where position = ${at}`,
      sql`update event_chain set event_id = (select e.id from events e where not exists (
        select 1 from event_chain c where c.event_id = e.id)) where position = ${other}`,
    ],
  },
  {
    name: 'cut off the end',
    kinds: ['truncated'],
    statements: (at) => [
      sql`delete from events where id in (select event_id from event_chain where position >= ${at})`,
      sql`delete from event_chain where position >= ${at}`,
    ],
  },
  {
    name: 'cut off the links of the end',
    kinds: ['truncated'],
    statements: (at) => [sql`delete from event_chain where position >= ${at}`],
  },
]

for (const { name, kinds, statements } of tamperings) {
  test(`tampering is found where it was done: ${name}`, async () => {
    await fc.assert(
      fc.asyncProperty(log, fc.nat(), fc.nat(), async ({ events, batches }, one, two) => {
        const head = await chained(events, batches)
        const last = events.length
        const at = 1 + (one % (last - 1))
        const other = at + 1 + (two % (last - at))
        await write(...statements(at, other, last))
        const found = await verifyChain({ database, keys, head })
        assert.ok(found.kind === 'broken', 'it was not found')
        assert.ok(kinds.includes(found.fault.kind), `${found.fault.kind} at ${found.fault.position}, done at ${at}`)
        assert.ok(found.fault.kind === 'truncated' || found.fault.position === at)
      }),
      { numRuns: 12 },
    )
  })
}

test('a log that is made anew, or goes on after its end was cut off, does not hold the head of before', async () => {
  await fc.assert(
    fc.asyncProperty(log, content, async ({ events, batches }, more) => {
      const head = await chained(events, batches)
      const last = events.length
      await write(
        sql`delete from events where id = ${eventAt(last)}`,
        sql`delete from event_chain where position = ${last}`,
        insertEvent({ ...more, id: 20_000 }),
      )
      await chainBatch(database, keys, 100)
      assert.equal((await verifyChain({ database, keys })).kind, 'whole', 'without a head nothing tells')
      const found = await verifyChain({ database, keys, head })
      assert.ok(found.kind === 'broken')
      assert.equal(found.fault.kind, 'truncated')
    }),
    { numRuns: 20 },
  )
})

test('under another master key nothing fits, and that is what is said', async () => {
  await fc.assert(
    fc.asyncProperty(log, async ({ events }) => {
      await chained(events, [])
      const found = await verifyChain({ database, keys: ring('theirs', 1, 2) })
      assert.ok(found.kind === 'broken')
      assert.deepEqual([found.fault.kind, found.fault.position], ['wrong-key', 1])
    }),
    { numRuns: 10 },
  )
})

test('events that have no link yet are counted, not called a fault', async () => {
  await chained([], [])
  const empty = await verifyChain({ database, keys })
  assert.deepEqual(empty, { kind: 'whole', chained: 0, late: 0, head: undefined, waiting: 0, waitingSince: undefined })
  const event: StoredEvent = {
    id: 1,
    kind: 'user.created',
    at: 7_000,
    actorId: undefined,
    userId: 1,
    clientRow: undefined,
    address: '',
    detail: '{}',
    noun: undefined,
    target: undefined,
  }
  await write(insertEvent(event), insertEvent({ ...event, id: 2, at: 6_000 }))
  const found = await verifyChain({ database, keys })
  assert.ok(found.kind === 'whole')
  assert.deepEqual([found.waiting, found.waitingSince], [2, 6_000])
})
