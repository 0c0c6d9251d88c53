// The stores of sessions and accounts behave alike, and what they hold signs nobody in.
import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import { after, before, describe, test } from 'node:test'
import type { AccountStore, Profile, SessionStore, StoredSession } from '@latchkey/client'
import { memoryAccounts, memorySessions } from '@latchkey/client/stores/memory'
import { postgresAccounts, postgresLoginTables, postgresSessions } from '@latchkey/client/stores/postgres'
import { sqliteAccounts, sqliteSessions } from '@latchkey/client/stores/sqlite'
import { Pool } from 'pg'
import { type PostgresPlace, postgresPlace } from '../support/postgres.ts'

const provider = 'https://a.test'
const alice: Profile & { readonly username: string } = {
  subject: '7',
  username: 'alice',
  email: 'alice@example.com',
  emailVerified: true,
  name: 'Alice',
  givenName: undefined,
  familyName: undefined,
}

function aSession(changes: Partial<StoredSession> & { readonly id: string }): StoredSession {
  return {
    provider,
    subject: '7',
    sid: 's1',
    account: undefined,
    sealed: 'sealed',
    version: 1,
    leaseUntil: 0,
    createdAt: 1_000,
    seenAt: 1_000,
    expiresAt: 100_000,
    ...changes,
  }
}

function sessionsBehave(open: () => SessionStore): void {
  test('a session comes back as it was stored', async () => {
    const store = open()
    const session = aSession({ id: 'back', account: 5 })
    await store.create(session)
    assert.deepEqual(await store.find('back'), session)
    assert.equal(await store.find('nothing'), undefined)
    await store.touch('back', 2_000)
    await store.touch('back', 1_500)
    assert.equal((await store.find('back'))?.seenAt, 2_000)
  })

  test('of many who want to refresh, one gets the lease, until it ends or is given back', async () => {
    const store = open()
    await store.create(aSession({ id: 'lease' }))
    const tries = await Promise.all(Array.from({ length: 10 }, () => store.lease('lease', 1, 5_000, 8_000)))
    assert.equal(tries.filter(Boolean).length, 1)
    assert.equal(await store.lease('lease', 1, 7_999, 9_000), false)
    assert.equal(await store.lease('lease', 1, 8_000, 9_000), true, 'who died holds it no longer')
    await store.release('lease', 1)
    assert.equal(await store.lease('lease', 1, 8_001, 9_000), true)
    assert.equal(await store.lease('lease', 2, 20_000, 21_000), false, 'another version')
  })

  test('a new content replaces one version once, and gives the lease back', async () => {
    const store = open()
    await store.create(aSession({ id: 'replace' }))
    await store.lease('replace', 1, 5_000, 8_000)
    const tries = await Promise.all(['a', 'b', 'c'].map((sealed) => store.replace('replace', 1, sealed)))
    assert.equal(tries.filter(Boolean).length, 1)
    const now = await store.find('replace')
    assert.deepEqual([now?.version, now?.leaseUntil], [2, 0])
    assert.equal(await store.end('replace', 1), false, 'the refusal of an old version ends nothing')
    assert.equal(await store.end('replace', 2), true)
    assert.equal(await store.replace('replace', 2, 'd'), false, 'nothing revives an ended session')
  })

  test('a logout ends what it names and was there before it', async () => {
    const store = open()
    const make = (id: string, changes: Partial<StoredSession> = {}) =>
      store.create(aSession({ id, provider: 'https://l.test', ...changes }))
    await make('one')
    await make('two', { sid: 's2' })
    await make('later', { createdAt: 9_000 })
    await make('other', { subject: '8' })
    await make('elsewhere', { provider: 'https://m.test' })
    const match = { provider: 'https://l.test', createdBefore: 5_000 }
    assert.equal(await store.endMatching({ ...match, sid: 's1', subject: '7' }), 1)
    assert.equal(await store.endMatching({ ...match, subject: '7' }), 1)
    assert.equal((await store.find('later'))?.id, 'later')
    assert.equal((await store.find('other'))?.id, 'other')
    assert.equal((await store.find('elsewhere'))?.id, 'elsewhere')
  })

  test('an administrator lists and ends the sessions of an account', async () => {
    const store = open()
    await store.create(aSession({ id: 'acc1', account: 77, createdAt: 1 }))
    await store.create(aSession({ id: 'acc2', account: 77, createdAt: 2 }))
    await store.create(aSession({ id: 'acc3', account: 78 }))
    assert.deepEqual(
      (await store.list(5_000, 77)).map(({ id }) => id),
      ['acc2', 'acc1'],
    )
    assert.deepEqual(await store.list(100_000, 77), [])
    assert.equal(
      (await store.list(5_000)).some(({ id }) => id === 'acc3'),
      true,
    )
    assert.equal(await store.endAccount(77), 2)
  })

  test('a name is remembered once until it expires, also by many at once', async () => {
    const store = open()
    const tries = await Promise.all(Array.from({ length: 10 }, () => store.once('jti', 1_000, 5_000)))
    assert.equal(tries.filter(Boolean).length, 1)
    assert.equal(await store.once('jti', 4_999, 9_000), false)
    assert.equal(await store.once('jti', 5_000, 9_000), true)
    await store.create(aSession({ id: 'old', expiresAt: 500 }))
    assert.equal(await store.purge(600), 1)
    assert.equal(await store.find('old'), undefined)
  })
}

function accountsBehave(open: () => AccountStore): void {
  test('an account is made with its link, once, whoever asks at the same time', async () => {
    const store = open()
    const race = { provider, subject: 'race' }
    const made = await Promise.all([
      store.create({ username: 'one' }, race, 1_000),
      store.create({ username: 'two' }, race, 1_000),
    ])
    assert.deepEqual(made.map((one) => (typeof one === 'object' ? 'made' : one)).toSorted(), ['link-taken', 'made'])
    assert.equal((await store.list()).length, 1, 'the loser has left no account')
    await store.create(alice, { provider, subject: '7' }, 1_000)
    const account = await store.findByLink(provider, '7')
    assert.deepEqual([account?.username, account?.isActive, account?.email], ['alice', true, 'alice@example.com'])
    const other = { provider: 'https://b.test', subject: '9' }
    assert.equal(await store.create(alice, other, 1_000), 'username-taken')
    assert.equal(await store.findByLink('https://b.test', '9'), undefined, 'nor a link')
  })

  test('usernames are unique whatever the case, and ids are not given twice', async () => {
    const store = open()
    assert.equal(await store.create({ username: 'ALICE' }, undefined, 1_000), 'username-taken')
    const bob = await store.create({ username: 'Bob', email: 'bob@example.com' }, undefined, 1_000)
    assert.equal(typeof bob, 'object')
    const id = typeof bob === 'object' ? bob.id : 0
    assert.equal(await store.change(id, { username: 'aLiCe' }), 'username-taken')
    const changed = await store.change(id, { username: 'bob', isStaff: true, email: undefined })
    assert.deepEqual(typeof changed === 'object' && [changed.username, changed.isStaff, changed.email], [
      'bob',
      true,
      undefined,
    ])
    assert.equal(await store.change(99_999, {}), 'unknown')
    assert.deepEqual(
      (await store.list(id)).map((one) => one.id),
      [],
    )
  })

  test('a sign-in refreshes what the provider says, and leaves what the app decided', async () => {
    const store = open()
    const id = (await store.findByLink(provider, '7'))?.id ?? 0
    await store.change(id, { isStaff: true })
    await store.refreshProfile(
      id,
      { ...alice, username: 'alicia', email: 'new@example.com', emailVerified: false },
      provider,
      9_000,
    )
    const account = await store.find(id)
    assert.deepEqual([account?.email, account?.emailVerified, account?.isStaff], ['new@example.com', false, true])
    assert.equal(account?.username, 'alice')
    assert.equal(account?.lastSignInAt, 9_000)
    assert.equal((await store.links(id))[0]?.label, 'alicia')
  })

  test('links belong to one account, and the last one stays, also when two are taken at once', async () => {
    const store = open()
    const id = (await store.findByLink(provider, '7'))?.id ?? 0
    assert.equal(await store.link(id, 'https://b.test', { ...alice, subject: 'x","y' }, 2_000), 'linked')
    assert.equal(await store.link(id, 'https://b.test', { ...alice, subject: 'x","y' }, 2_000), 'link-taken')
    assert.equal((await store.findByLink('https://b.test', 'x","y'))?.id, id)
    assert.deepEqual(
      (await store.links(id)).map((link) => link.subject),
      ['7', 'x","y'],
    )
    assert.equal(await store.unlink(id + 1, provider, '7'), 'unknown', 'of another account')
    const outcomes = await Promise.all([store.unlink(id, provider, '7'), store.unlink(id, 'https://b.test', 'x","y')])
    assert.deepEqual(outcomes.toSorted(), ['last-link', 'unlinked'])
    assert.equal((await store.links(id)).length, 1)
  })
}

describe('memory', () => {
  const [sessions, accounts] = [memorySessions(), memoryAccounts()]
  sessionsBehave(() => sessions)
  accountsBehave(() => accounts)
})

describe('SQLite', () => {
  const connection = new DatabaseSync(':memory:')
  const [sessions, accounts] = [sqliteSessions(connection), sqliteAccounts(connection)]
  sessionsBehave(() => sessions)
  accountsBehave(() => accounts)
})

describe('PostgreSQL', () => {
  let place: PostgresPlace
  let pool: Pool
  let stores: { readonly sessions: SessionStore; readonly accounts: AccountStore }
  before(async () => {
    place = await postgresPlace()
    pool = new Pool({ connectionString: place.url })
    await pool.query(postgresLoginTables)
    await pool.query(postgresLoginTables)
    const query = (text: string, values: unknown[]) => pool.query<object>(text, values)
    stores = { sessions: postgresSessions(query), accounts: postgresAccounts(query) }
  })
  after(async () => {
    await pool.end()
    await place.remove()
  })
  sessionsBehave(() => stores.sessions)
  accountsBehave(() => stores.accounts)
  test('no column is for a password', () => assert.doesNotMatch(postgresLoginTables, /pass|hash|secret/i))
})
