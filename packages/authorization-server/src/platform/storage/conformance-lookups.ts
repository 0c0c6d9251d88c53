// The conformance of lookups: however an engine asks for those that wait together, each gets its own answer.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { columnsFor } from './columns.ts'
import type { StoragePlace } from './conformance.ts'
import { integer, text } from './decode.ts'
import { type Database, guarded, sql, unguarded } from './sql.ts'
import { lookup } from './statement.ts'

const keys: readonly string[] = [
  'plain',
  'comma,',
  '"quoted"',
  'back\\slash',
  '{braces}',
  ' spaces ',
  'NULL',
  'null',
  '',
  'ключ',
  "o'clock",
]

export function lookupConformance(open: () => Promise<StoragePlace>): void {
  const withThings = async (use: (database: Database) => Promise<void>): Promise<void> => {
    const place = await open()
    const database = await place.connect()
    const c = columnsFor(database.engine)
    const things = `create table things (id ${c.text} primary key not null, count ${c.integer} not null) ${c.strict}`
    try {
      await database.commit([
        unguarded(sql([things])),
        ...keys.map((key) => guarded(sql`insert into things (id, count) values (${key}, 0)`)),
      ])
      await use(database)
    } finally {
      await database.close()
      await place.remove()
    }
  }

  void test('of lookups that wait together each gets its own row, or none', () =>
    withThings(async (database) => {
      const find = lookup<{ id: string; count: number }>(
        (at) => sql`
          select t.*, (select count(*) from things o where o.id = ${at.id}) as namesakes
          from things t where t.id = ${at.id} and t.count = ${at.count} -- a comment at the end`,
      )
      const asked = [...keys, 'nobody', ...keys]
      const found = await Promise.all(asked.map((id) => database.all(find({ id, count: 0 }))))
      assert.deepEqual(
        found.map((rows) => rows.map((row) => [text(row, 'id'), integer(row, 'namesakes')])),
        asked.map((id) => (id === 'nobody' ? [] : [[id, 1]])),
      )
      const counts = await Promise.all([0, 1, 0, 2].map((count) => database.all(find({ id: 'plain', count }))))
      assert.deepEqual(
        counts.map(({ length }) => length),
        [1, 0, 1, 0],
      )
    }))

  void test('lookups that were asked together before a column was added read the new column', () =>
    withThings(async (database) => {
      const find = lookup<{ id: string }>((at) => sql`select * from things where id = ${at.id}`)
      const all = async () => {
        const found = await Promise.all(['plain', 'nobody', 'comma,', 'ключ'].map((id) => database.all(find({ id }))))
        return found.flat()
      }
      assert.equal((await all()).length, 3)
      const added = `alter table things add column extra ${columnsFor(database.engine).integer} default 7`
      await database.commit([unguarded(sql([added]))])
      assert.deepEqual(
        (await all()).map((row) => integer(row, 'extra')),
        [7, 7, 7],
      )
    }))
}
