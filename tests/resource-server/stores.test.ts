// The stores of local users behave alike, and no table has a place for a password.
import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import { after, before, describe, test } from 'node:test'
import type { LocalUserStore } from '@latchkey/resource-server'
import { memoryUsers } from '@latchkey/resource-server/stores/memory'
import { postgresUsers, postgresUsersTable } from '@latchkey/resource-server/stores/postgres'
import { sqliteUsers } from '@latchkey/resource-server/stores/sqlite'
import { Client } from 'pg'
import { type PostgresPlace, postgresPlace } from '../support/postgres.ts'

const alice = { issuer: 'https://a.test', subject: 'alice', username: 'alice', email: undefined }

function behaves(open: () => LocalUserStore): void {
  test('a user is made once, however many see them first, and is active', async () => {
    const users = open()
    assert.equal(await users.find(alice.issuer, alice.subject), undefined)
    const made = await Promise.all([users.create(alice, 1_000), users.create({ ...alice, username: 'b' }, 2_000)])
    const expected = { ...alice, id: made[0].id, isActive: true, createdAt: 1_000 }
    assert.deepEqual(made, [expected, expected])
    assert.deepEqual(await users.find(alice.issuer, alice.subject), expected)
  })

  test('the same subject of another issuer is another user, whatever the names contain', async () => {
    const users = open()
    await users.create({ ...alice, issuer: 'https://b.test' }, 1_000)
    await users.create({ ...alice, issuer: 'x","y', subject: "'; DROP TABLE local_users; --" }, 1_000)
    assert.equal(new Set((await users.list()).map(({ id }) => id)).size, 3)
  })

  test('a user who is shut out stays known', async () => {
    const users = open()
    const { id } = await users.create(alice, 3_000)
    assert.equal(await users.setActive(id, false), true)
    assert.equal((await users.find(alice.issuer, alice.subject))?.isActive, false)
    assert.equal((await users.create(alice, 4_000)).isActive, false, 'coming again revives nothing')
    assert.equal(await users.setActive(99_999, true), false)
  })
}

describe('memory', () => {
  const users = memoryUsers()
  behaves(() => users)
})

describe('SQLite', () => {
  const connection = new DatabaseSync(':memory:')
  const users = sqliteUsers(connection)
  behaves(() => users)
  test('no column is for a password', () => {
    const columns = connection.prepare('PRAGMA table_info(local_users)').all()
    assert.doesNotMatch(JSON.stringify(columns), /pass|hash|secret/i)
  })
})

describe('PostgreSQL', () => {
  let place: PostgresPlace
  let client: Client
  let users: LocalUserStore
  before(async () => {
    place = await postgresPlace()
    client = new Client({ connectionString: place.url })
    await client.connect()
    await client.query(postgresUsersTable)
    users = postgresUsers((statement, values) => client.query<object>(statement, values))
  })
  after(async () => {
    await client.end()
    await place.remove()
  })
  behaves(() => users)
  test('no column is for a password', () => assert.doesNotMatch(postgresUsersTable, /pass|hash|secret/i))
})
