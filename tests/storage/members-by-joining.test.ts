// A database of the version before: who was in a group already stands in its list where they joined.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { migrate, sql, unguarded } from '../../packages/authorization-server/src/platform/storage/index.ts'
import { fixedClock } from '../../packages/authorization-server/src/platform/time/index.ts'
import { addMember, findGroup, insertGroup } from '../../packages/authorization-server/src/records/groups/index.ts'
import { insertUser, listUsers } from '../../packages/authorization-server/src/records/users/index.ts'
import { migrations } from '../../packages/authorization-server/src/schema.ts'
import { postgresPlace } from '../support/postgres.ts'
import { sqlitePlace } from './place.ts'

for (const [engine, newPlace] of [
  ['SQLite', sqlitePlace],
  ['PostgreSQL', postgresPlace],
] as const) {
  test(`who was in a group before the migration keeps their place in its order (${engine})`, async (t) => {
    const place = await newPlace()
    const database = await place.connect()
    t.after(async () => {
      await database.close()
      await place.remove()
    })
    const change = '0050-members-by-joining'
    const clock = fixedClock(1_000)
    await migrate(
      database,
      migrations.filter(({ id }) => id < change),
      clock,
    )
    await database.commit([
      insertGroup('group1', [], 1),
      insertUser({ subject: 'first', email: 'a@example.com' }, 20),
      insertUser({ subject: 'second', email: 'b@example.com' }, 10),
    ])
    const group = (await findGroup(database, 'group1'))?.id ?? 0
    const [first, second] = await listUsers(database, 0, 2)
    await database.commit([unguarded(sql`insert into memberships (user_id, group_id) values (${first?.id}, ${group})`)])
    assert.equal((await migrate(database, migrations, clock))[0], change)
    await database.commit([addMember(group, second?.id ?? 0)])
    assert.deepEqual(
      (await database.all(sql`select user_id, user_created_at from memberships order by user_created_at`)).map(
        (row) => [row['user_id'], row['user_created_at']],
      ),
      [
        [second?.id, 10],
        [first?.id, 20],
      ],
    )
  })
}
