// The conformance of migrations on an engine: order, once only, newer databases refused, nothing half-done.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { StoragePlace } from './conformance.ts'
import { integer, text } from './decode.ts'
import { type Migration, migrate, pendingMigrations } from './migrate.ts'
import { type Database, sql } from './sql.ts'

const clock = { now: (): number => 1_700_000_000_000 }

const users: Migration = {
  id: '0001-users',
  up: (c) => [
    `create table users (id ${c.identity}, subject ${c.text} not null) ${c.strict}`,
    'create unique index users_subject on users (subject)',
  ],
}

const seeded: Migration = { id: '0002-seeded', up: () => ["insert into users (subject) values ('first')"] }

const broken: Migration = {
  id: '0003-broken',
  up: (c) => [`create table half (id ${c.identity}) ${c.strict}`, 'insert into no_such_table (id) values (1)'],
}

const duplicate: Migration = {
  id: '0003-duplicate',
  up: (c) => [`create table half (id ${c.identity}) ${c.strict}`, "insert into users (subject) values ('first')"],
}

export function migrationConformance(open: () => Promise<StoragePlace>): void {
  const withHandles = async (count: number, use: (...handles: readonly Database[]) => Promise<void>): Promise<void> => {
    const place = await open()
    const handles = await Promise.all(Array.from({ length: count }, () => place.connect()))
    try {
      await use(...handles)
    } finally {
      await Promise.all(handles.map((handle) => handle.close()))
      await place.remove()
    }
  }
  const withOne = (use: (database: Database) => Promise<void>): Promise<void> =>
    withHandles(1, async (database) => {
      assert.ok(database)
      await use(database)
    })

  void describe('migrations', () => {
    void test('run once each, in order of their ids, and are recorded with the time', () =>
      withOne(async (database) => {
        assert.deepEqual(await pendingMigrations(database, [seeded, users]), [users, seeded])
        assert.deepEqual(await migrate(database, [users], clock), ['0001-users'])
        assert.deepEqual(await migrate(database, [seeded, users], clock), ['0002-seeded'])
        assert.deepEqual(await migrate(database, [seeded, users], clock), [])
        assert.deepEqual(await pendingMigrations(database, [seeded, users]), [])
        const rows = await database.all(sql`select id, applied_at from schema_migrations order by id`)
        assert.deepEqual(
          rows.map((row) => [text(row, 'id'), integer(row, 'applied_at')]),
          [
            ['0001-users', clock.now()],
            ['0002-seeded', clock.now()],
          ],
        )
        assert.equal((await database.all(sql`select id from users`)).length, 1)
      }))

    void test('that several processes start at once run once all the same', () =>
      withHandles(4, async (...handles) => {
        const applied = await Promise.all(handles.map((handle) => migrate(handle, [users, seeded], clock)))
        assert.deepEqual(applied.flat().toSorted(), ['0001-users', '0002-seeded'])
        const [first] = handles
        assert.equal((await first?.all(sql`select id from users`))?.length, 1)
      }))

    void test('that the code does not know stop the start: a newer version wrote them', () =>
      withOne(async (database) => {
        await migrate(database, [users, seeded], clock)
        await assert.rejects(migrate(database, [users], clock), /newer version.*0002-seeded/)
        await assert.rejects(pendingMigrations(database, [users]), /newer version.*0002-seeded/)
      }))

    void test('that fail leave nothing half-done, and can be repaired and run again', () =>
      withOne(async (database) => {
        await assert.rejects(migrate(database, [users, seeded, broken], clock), /0003-broken/)
        await assert.rejects(migrate(database, [users, seeded, duplicate], clock), /0003-duplicate.*statement 2/)
        await assert.rejects(database.all(sql`select id from half`), /half/)
        assert.deepEqual(await pendingMigrations(database, [users, seeded, broken]), [broken])
        const repaired: Migration = { id: broken.id, up: (c) => broken.up(c).slice(0, 1) }
        assert.deepEqual(await migrate(database, [users, seeded, repaired], clock), ['0003-broken'])
        assert.deepEqual(await database.all(sql`select id from half`), [])
      }))

    void test('with the same id twice are refused', () =>
      withOne(async (database) => {
        await assert.rejects(migrate(database, [users, users], clock), /Two migrations are called 0001-users/)
      }))
  })
}
