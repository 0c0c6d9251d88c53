// The conformance of a storage engine: what every engine must do, as a node:test suite. Anything that a room may rely on
// is here; what only one engine promises is tested beside it.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { asFlag, asJson } from './bindings.ts'
import { columnsFor } from './columns.ts'
import { lookupConformance } from './conformance-lookups.ts'
import { migrationConformance } from './conformance-migrations.ts'
import {
  bytes,
  flag,
  instant,
  integer,
  json,
  maybeBytes,
  maybeInstant,
  maybeInteger,
  maybeText,
  text,
} from './decode.ts'
import { type Database, guarded, join, raw, type Sql, sql, unguarded, type Write } from './sql.ts'

/** An empty database of its own. `connect` may be called several times: a second handle, or a reopened one. */
export interface StoragePlace {
  connect(): Promise<Database>
  remove(): Promise<void>
}

/** Registers the suite for one engine; `open` makes a new place each time. */
export function storageConformance(name: string, open: () => Promise<StoragePlace>): void {
  void describe(`${name} conforms`, () => {
    const place = sharedPlace(open)
    valueConformance(place)
    guardConformance(place)
    isolationConformance(place)
    raceConformance(place)
    durabilityConformance(place)
    lookupConformance(open)
    migrationConformance(open)
  })
}

interface SharedPlace {
  database(): Database
  /** Another handle on the same data; the caller closes it. */
  connect(): Promise<Database>
  /** A new table `(id text primary key, owner text, count integer not null)`, so that tests do not meet. */
  table(...names: readonly string[]): Promise<Sql>
}

function sharedPlace(open: () => Promise<StoragePlace>): SharedPlace {
  let place: StoragePlace | undefined
  let database: Database | undefined
  let tables = 0
  before(async () => {
    place = await open()
    database = await place.connect()
  })
  after(async () => {
    await database?.close()
    await place?.remove()
  })
  const shared: SharedPlace = {
    database: () => present(database),
    connect: () => present(place).connect(),
    async table(...names) {
      tables += 1
      const c = columnsFor(shared.database().engine)
      const table = raw(`things_${tables}`)
      const id = `id ${c.text} primary key not null`
      const create = `create table things_${tables} (${id}, owner ${c.text}, count ${c.integer} not null) ${c.strict}`
      await won(shared.database(), [unguarded(raw(create)), ...names.map((name) => insert(table, name))])
      return table
    },
  }
  return shared
}

function present<T>(value: T | undefined): T {
  assert.ok(value !== undefined)
  return value
}

function insert(table: Sql, id: string): Write {
  return guarded(sql`insert into ${table} (id, count) values (${id}, ${0})`)
}

function part(thing: string): Write {
  return guarded(sql`insert into parts (thing) values (${thing})`)
}

function take(table: Sql, id: string, owner: string): Write {
  return guarded(sql`update ${table} set owner = ${owner} where id = ${id} and owner is null`)
}

async function won(database: Database, writes: readonly Write[]): Promise<void> {
  assert.deepEqual(await database.commit(writes), { won: true })
}

async function ids(database: Database, table: Sql): Promise<readonly string[]> {
  return (await database.all(sql`select id from ${table} order by id`)).map((row) => text(row, 'id'))
}

function valueConformance(place: SharedPlace): void {
  void test('every kind of value comes back as it was written', async () => {
    const database = place.database()
    const c = columnsFor(database.engine)
    const fields = `n ${c.integer}, t ${c.text} not null, i ${c.instant}, f ${c.flag} not null, b ${c.bytes}, j ${c.json} not null`
    await won(database, [unguarded(raw(`create table kinds (id ${c.identity}, ${fields}) ${c.strict}`))])
    const octets = Uint8Array.from({ length: 256 }, (_, index) => index)
    const document = { name: 'é', list: [1, null, '\u0000'] }
    const far = 253_402_300_799_999
    await won(database, [
      guarded(sql`insert into kinds (n, t, i, f, b, j)
        values (${Number.MAX_SAFE_INTEGER}, ${"naïve '☂' 𝕏"}, ${far}, ${asFlag(true)}, ${octets}, ${asJson(document)})`),
      guarded(
        sql`insert into kinds (n, t, i, f, b, j) values (${null}, ${''}, ${null}, ${asFlag(false)}, ${null}, 'null')`,
      ),
    ])
    const [full, bare] = await database.all(sql`select * from kinds order by id`)
    assert.ok(full && bare)
    assert.equal(integer(full, 'n'), Number.MAX_SAFE_INTEGER)
    assert.equal(text(full, 't'), "naïve '☂' 𝕏")
    assert.equal(instant(full, 'i'), far)
    assert.equal(flag(full, 'f'), true)
    assert.deepEqual(Uint8Array.from(bytes(full, 'b')), octets)
    assert.deepEqual(
      json(full, 'j', (value) => value),
      document,
    )
    assert.equal(flag(bare, 'f'), false)
    assert.equal(text(bare, 't'), '')
    assert.deepEqual(
      [maybeInteger(bare, 'n'), maybeInstant(bare, 'i'), maybeBytes(bare, 'b'), json(bare, 'j', (value) => value)],
      [undefined, undefined, undefined, null],
    )
    assert.equal(maybeText(full, 't'), text(full, 't'))
    assert.ok(integer(bare, 'id') > integer(full, 'id'))
  })

  void test('whole numbers count and divide as integers; a flag may be computed', async () => {
    const [row] = await place.database().all(sql`select ${7} / 2 as half, count(*) as n, exists (select 1) as found`)
    assert.ok(row)
    assert.deepEqual([integer(row, 'half'), integer(row, 'n'), flag(row, 'found')], [3, 1, true])
  })

  void test('text is compared and ordered byte by byte', async () => {
    const table = await place.table('b', 'A', 'a', 'é', 'Z')
    assert.deepEqual(await ids(place.database(), table), ['A', 'Z', 'a', 'b', 'é'])
  })

  void test('a value that only one engine could store is refused before it reaches either', async () => {
    const table = await place.table('a')
    for (const value of [undefined, true, Number.NaN, 0.5, 2 ** 53, 1n, 'a\0b', new Date(0), {}]) {
      await assert.rejects(place.database().commit([guarded(sql`update ${table} set owner = ${value}`)]), TypeError)
      await assert.rejects(place.database().all(sql`select id from ${table} where owner = ${value}`), TypeError)
    }
  })

  void test('a caller may reuse its buffer while its commit waits', async () => {
    const database = place.database()
    const c = columnsFor(database.engine)
    await won(database, [unguarded(raw(`create table digests (d ${c.bytes} not null) ${c.strict}`))])
    const digest = new Uint8Array([1, 2, 3])
    const committed = database.commit([guarded(sql`insert into digests (d) values (${digest})`)])
    digest.fill(0)
    await committed
    const [row] = await database.all(sql`select d from digests`)
    assert.deepEqual(Uint8Array.from(bytes(row ?? {}, 'd')), new Uint8Array([1, 2, 3]))
  })
}

function guardConformance(place: SharedPlace): void {
  void test('rows are inserted, read, updated and deleted', async () => {
    const table = await place.table('a', 'b')
    await won(place.database(), [guarded(sql`update ${table} set count = count + ${5} where id = ${'a'}`)])
    await won(place.database(), [guarded(sql`delete from ${table} where id = ${'b'}`)])
    const rows = await place.database().all(sql`select * from ${table} where id in (${join(['a', 'b'])})`)
    assert.deepEqual(
      rows.map((row) => ({ ...row })),
      [{ id: 'a', owner: null, count: 5 }],
    )
  })

  void test('an unmet guard undoes its whole list and tells which write it was', async () => {
    const table = await place.table('a')
    const list = [insert(table, 'b'), insert(table, 'c'), take(table, 'nobody', 'x'), insert(table, 'd')]
    assert.deepEqual(await place.database().commit(list), { won: false, at: 2 })
    assert.deepEqual(await ids(place.database(), table), ['a'])
  })

  void test('a guard is unmet by too many rows as well, and may expect another number', async () => {
    const table = await place.table('a', 'b')
    const all = sql`update ${table} set count = count + 1`
    assert.deepEqual(await place.database().commit([guarded(all)]), { won: false, at: 0 })
    await won(place.database(), [{ statement: all, rows: 2 }])
    await won(place.database(), [{ statement: sql`delete from ${table} where id = ${'z'}`, rows: 0 }])
    await won(place.database(), [unguarded(sql`delete from ${table} where id = ${'z'}`)])
    const [row] = await place.database().all(sql`select sum(count) as total from ${table}`)
    assert.equal(Number(row?.['total']), 2)
  })

  void test('a broken constraint loses the list, and undoes it', async () => {
    const table = await place.table('a')
    assert.deepEqual(await place.database().commit([insert(table, 'b'), insert(table, 'a')]), { won: false, at: 1 })
    assert.deepEqual(await ids(place.database(), table), ['a'])
  })

  void test('a foreign key is enforced at its write, and cascades', async () => {
    const database = place.database()
    const c = columnsFor(database.engine)
    const table = await place.table('a')
    const reference = `${c.text} not null references ${table.sql} (id) on delete cascade`
    await won(database, [unguarded(raw(`create table parts (thing ${reference}) ${c.strict}`))])
    assert.deepEqual(await database.commit([part('a'), part('b'), insert(table, 'b')]), { won: false, at: 1 })
    await won(database, [part('a')])
    await won(database, [guarded(sql`delete from ${table} where id = ${'a'}`)])
    assert.deepEqual(await database.all(sql`select thing from parts`), [])
  })

  void test('later writes of a list see the earlier ones', async () => {
    const table = await place.table()
    await won(place.database(), [insert(table, 'a'), take(table, 'a', 'x'), guarded(sql`delete from ${table}`)])
  })

  void test('an empty list wins', async () => {
    await won(place.database(), [])
  })
}

function isolationConformance(place: SharedPlace): void {
  void test('in one batch a losing and a mistaken list leave their neighbours alone', async () => {
    const table = await place.table('taken')
    const database = place.database()
    const answers = await Promise.allSettled([
      database.commit([insert(table, 'first')]),
      database.commit([insert(table, 'lost'), insert(table, 'taken')]),
      database.commit([insert(table, 'mistaken'), unguarded(sql`insert into no_such_table (id) values (${1})`)]),
      database.commit([insert(table, 'last')]),
    ])
    assert.deepEqual(
      answers.map((answer) => (answer.status === 'fulfilled' ? answer.value : 'rejected')),
      [{ won: true }, { won: false, at: 1 }, 'rejected', { won: true }],
    )
    assert.deepEqual(await ids(database, table), ['first', 'last', 'taken'])
  })

  void test('wrong SQL rejects with the statement, and never with its values', async () => {
    const table = await place.table('a')
    const secret = 'correct-horse-battery'
    const mistakes = [
      sql`updaet ${table} set owner = ${secret}`,
      sql`update ${table} set no_such_column = ${secret}`,
      sql`update ${table} set count = ${secret}`,
      sql`update ${table} set owner = ${secret}; delete from ${table}`,
    ]
    for (const mistake of mistakes) {
      await assert.rejects(place.database().commit([insert(table, 'b'), unguarded(mistake)]), (error: Error) => {
        assert.match(error.message, /upda/)
        assert.doesNotMatch(error.message, /horse/)
        return true
      })
    }
    await assert.rejects(place.database().all(sql`select no_such_column from ${table}`), /no_such_column/)
    assert.deepEqual(await ids(place.database(), table), ['a'])
  })

  void test('a list cannot end its own transaction, and a read cannot write', async () => {
    const table = await place.table('a')
    for (const end of ['commit', 'rollback', ' /* so */ end', 'select 1']) {
      await assert.rejects(place.database().commit([insert(table, 'b'), unguarded(raw(end))]))
    }
    await assert.rejects(place.database().all(sql`delete from ${table}`))
    assert.deepEqual(await ids(place.database(), table), ['a'])
  })
}

function raceConformance(place: SharedPlace): void {
  void test('of 200 commits that race for one row exactly one wins', async () => {
    const table = await place.table('prize')
    const owners = Array.from({ length: 200 }, (_, index) => `owner-${index}`)
    const results = await Promise.all(
      owners.map((owner) => place.database().commit([insert(table, owner), take(table, 'prize', owner)])),
    )
    const winners = owners.filter((_, index) => results[index]?.won)
    assert.equal(winners.length, 1)
    assert.deepEqual(await ids(place.database(), table), [...winners, 'prize'])
    for (const result of results) assert.ok(result.won || result.at === 1)
  })

  void test('two handles that race for one row: exactly one wins', async () => {
    const table = await place.table('prize')
    const other = await place.connect()
    try {
      const handles = Array.from({ length: 40 }, (_, index) => (index % 2 === 0 ? place.database() : other))
      const results = await Promise.all(
        handles.map((handle, index) => handle.commit([take(table, 'prize', `${index}`)])),
      )
      assert.equal(results.filter((result) => result.won).length, 1)
    } finally {
      await other.close()
    }
  })

  void test('increments from many commits are all counted', async () => {
    const table = await place.table('counter')
    const increment = guarded(sql`update ${table} set count = count + 1 where id = ${'counter'}`)
    await Promise.all(Array.from({ length: 100 }, () => won(place.database(), [increment])))
    const [row] = await place.database().all(sql`select count from ${table}`)
    assert.equal(integer(row ?? {}, 'count'), 100)
  })
}

function durabilityConformance(place: SharedPlace): void {
  void test('a read sees every write that was acknowledged before it', async () => {
    const table = await place.table()
    for (let index = 0; index < 50; index += 1) {
      await won(place.database(), [insert(table, `${index}`)])
      const found = await place.database().all(sql`select id from ${table} where id = ${`${index}`}`)
      assert.equal(found.length, 1)
    }
  })

  void test('commits that wait for one another are applied in that order', async () => {
    const table = await place.table('row')
    for (let index = 1; index <= 20; index += 1) {
      const step = sql`update ${table} set count = ${index} where id = ${'row'} and count = ${index - 1}`
      await won(place.database(), [guarded(step)])
    }
  })

  void test('a new handle finds what an earlier one wrote before it was closed', async () => {
    const table = await place.table('kept')
    const first = await place.connect()
    const committed = first.commit([insert(table, 'late')])
    await first.close()
    await committed
    await first.close()
    await assert.rejects(first.commit([insert(table, 'too late')]))
    await assert.rejects(first.all(sql`select id from ${table}`))
    const second = await place.connect()
    assert.deepEqual(await ids(second, table), ['kept', 'late'])
    await second.close()
  })

  void test('a statement that was prepared before a column was added reads the new column', async () => {
    const table = await place.table('a')
    const query = sql`select * from ${table}`
    await place.database().all(query)
    await won(place.database(), [
      unguarded(sql`alter table ${table} add column extra ${raw(columnsFor(place.database().engine).text)}`),
    ])
    const [row] = await place.database().all(query)
    assert.equal(maybeText(row ?? {}, 'extra'), undefined)
  })
}
