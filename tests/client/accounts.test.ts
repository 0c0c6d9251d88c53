// Local accounts: a person is provider and subject together; names and addresses open nothing. With every store.
import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import { after, before, describe, test } from 'node:test'
import type { AccountStore, Fetch } from '@latchkey/client'
import { memoryAccounts, memorySessions } from '@latchkey/client/stores/memory'
import { postgresAccounts, postgresLoginTables } from '@latchkey/client/stores/postgres'
import { sqliteAccounts } from '@latchkey/client/stores/sqlite'
import { createTestIssuer, TestBrowser, type TestIssuer } from '@latchkey/client/testing'
import { Pool } from 'pg'
import { type PostgresPlace, postgresPlace } from '../support/postgres.ts'
import { baseUrl, type Ground, groundWith } from './ground.ts'

const paul = { subject: '7', username: 'jo', email: 'jo@example.com', emailVerified: true }

interface Pair extends Ground {
  readonly accounts: AccountStore
  readonly other: TestIssuer
  browserAt(idp: TestIssuer): TestBrowser
}

/** An app with two providers, `first` and `second`. */
async function pairWith(accounts: AccountStore, name: string): Promise<Pair> {
  // Names of their own, so that tests may share a store.
  const first = await createTestIssuer({ issuer: `https://${name}.first.test` })
  const other = await createTestIssuer({ issuer: `https://${name}.second.test` })
  const fetch: Fetch = (url, init) => (url.startsWith(other.issuer) ? other : first).fetch(url, init)
  const { clientId, clientSecret, clock } = first.options
  const providers = [
    { id: 'first', issuer: first.issuer, clientId, clientSecret, name: 'First' },
    { id: 'second', issuer: other.issuer, clientId, clientSecret },
  ]
  const sessions = memorySessions()
  const ground = await groundWith({ app: 'shop', providers, fetch, clock, accounts, sessions })
  const browserAt = (idp: TestIssuer): TestBrowser => new TestBrowser(ground.app, baseUrl, idp)
  return { ...ground, idp: first, browser: browserAt(first), accounts, other, browserAt }
}

/** One browser at two issuers: what it begins at one it finishes there. */
async function link(pair: Pair, browser: TestBrowser, idp: TestIssuer, person: object): Promise<Response> {
  const begun = await browser.post('/auth/link', {
    provider: idp === pair.idp ? 'first' : 'second',
    next: '/connections',
  })
  assert.equal(begun.status, 303)
  const url = begun.headers.get('location') ?? ''
  assert.equal(new URL(url).searchParams.get('prompt'), 'login', 'the other side is proved anew')
  return browser.get(idp.authorize(url, person))
}

function behave(open: () => AccountStore, name: string): void {
  const pair = () => pairWith(open(), `${name}${Math.random().toString(36).slice(2)}`)

  test('the first sign-in makes an account, the next one opens it and refreshes its profile', async () => {
    const { browser, idp, accounts, sessions } = await pair()
    await browser.open('/auth/login?provider=first', { ...paul, username: `new-${name}` })
    await browser.open('/')
    const user = sessions.at(-1)?.user
    assert.deepEqual([user?.username, user?.email, user?.provider], [`new-${name}`, 'jo@example.com', idp.issuer])
    const id = user?.id ?? 0
    assert.equal((await accounts.find(id))?.username, `new-${name}`)
    await browser.post('/auth/logout', { where: 'here' })
    const changed = { ...paul, username: 'renamed', email: 'new@example.com', emailVerified: false }
    await browser.open('/auth/login?provider=first', changed)
    await browser.open('/')
    const again = sessions.at(-1)?.user
    assert.deepEqual([again?.id, again?.email, again?.emailVerified], [id, 'new@example.com', false])
    assert.equal(again?.username, `new-${name}`, 'what others know the person by stays')
  })

  test('usernames that collide: the person gets another name, and nobody else’s account is touched (seed 003)', async () => {
    const { browser, browserAt, idp, sessions } = await pair()
    await browser.open('/auth/login', { ...paul, username: `Same-${name}` })
    await browser.open('/')
    const first = sessions.at(-1)?.user
    const stranger = browserAt(idp)
    await stranger.open('/auth/login', { subject: '8', username: `same-${name}` })
    await stranger.open('/')
    const second = sessions.at(-1)?.user
    assert.notEqual(second?.id, first?.id)
    assert.equal(second?.username, `same-${name}2`)
    await browser.open('/')
    assert.equal(sessions.at(-1)?.user.username, `Same-${name}`)
  })

  test('the same e-mail address, verified or not, opens nobody else’s account (GHSA-g38m-r43w-p2q7)', async () => {
    const { browser, browserAt, other, sessions } = await pair()
    await browser.open('/auth/login?provider=first', { ...paul, username: `mail-${name}` })
    await browser.open('/')
    const owner = sessions.at(-1)?.user
    for (const [subject, emailVerified] of [
      ['attacker', false],
      ['attacker2', true],
    ] as const) {
      const attacker = browserAt(other)
      await attacker.open('/auth/login?provider=second', { ...paul, subject, emailVerified, username: `mail-${name}` })
      await attacker.open('/')
      const user = sessions.at(-1)?.user
      assert.equal(user?.email, 'jo@example.com')
      assert.notEqual(user?.id, owner?.id)
    }
  })

  test('the same subject of another provider is another person (OpenID Connect Core §5.7)', async () => {
    const { browser, browserAt, other, sessions } = await pair()
    await browser.open('/auth/login?provider=first', { ...paul, username: `sub-${name}` })
    await browser.open('/')
    const one = sessions.at(-1)?.user.id
    const stranger = browserAt(other)
    await stranger.open('/auth/login?provider=second', { ...paul, username: `sub-${name}` })
    await stranger.open('/')
    assert.notEqual(sessions.at(-1)?.user.id, one)
  })

  test('connecting: with proof of both sides either provider then opens the account', async () => {
    const ground = await pair()
    const { browser, browserAt, other, accounts, sessions } = ground
    await browser.open('/auth/login', { ...paul, username: `link-${name}` })
    await browser.open('/')
    const id = sessions.at(-1)?.user.id ?? 0
    const linked = await link(ground, browser, other, { subject: 'x' })
    assert.equal(linked.headers.get('location'), '/connections')
    assert.deepEqual(
      (await accounts.links(id)).map(({ subject }) => subject),
      ['7', 'x'],
    )
    const elsewhere = browserAt(other)
    await elsewhere.open('/auth/login?provider=second', { subject: 'x' })
    await elsewhere.open('/')
    assert.equal(sessions.at(-1)?.user.id, id)
    assert.equal((await link(ground, browser, other, { subject: 'x' })).status, 303, 'again changes nothing')
    assert.equal((await accounts.links(id)).length, 2)
  })

  test('a sign-in that opens another account is not taken from it', async () => {
    const ground = await pair()
    const { browser, browserAt, other, failures } = ground
    const owner = browserAt(other)
    await owner.open('/auth/login?provider=second', { subject: 'x', username: `owner-${name}` })
    await browser.open('/auth/login', { ...paul, username: `taker-${name}` })
    assert.equal((await link(ground, browser, other, { subject: 'x' })).status, 409)
    assert.equal(failures.at(-1)?.reason, 'already-linked')
  })

  test('connecting needs the session that began it: not another browser, not somebody else, not another site', async () => {
    const ground = await pair()
    const { browser, browserAt, idp, other, accounts, failures, sessions } = ground
    await browser.open('/auth/login', { ...paul, username: `victim-${name}` })
    await browser.open('/')
    const id = sessions.at(-1)?.user.id ?? 0
    const csrf = await browser.post(
      '/auth/link',
      { provider: 'second' },
      { origin: 'https://evil.test', 'sec-fetch-site': 'cross-site' },
    )
    assert.equal(csrf.status, 403)
    assert.equal(failures.at(-1)?.reason, 'cross-site')
    assert.equal((await browser.get('/auth/link?provider=second')).status, 403)
    assert.equal((await browserAt(idp).post('/auth/link', { provider: 'second' })).status, 403)
    assert.equal(failures.at(-1)?.reason, 'not-signed-in')
    // Begun as one person, finished while somebody else is signed in.
    const begun = await browser.post('/auth/link', { provider: 'second' })
    await browser.post('/auth/logout', { where: 'here' })
    await browser.open('/auth/login', { subject: '99', username: `other-${name}` })
    const back = other.authorize(begun.headers.get('location') ?? '', { subject: 'x' })
    assert.equal((await browser.get(back)).status, 403)
    assert.equal(failures.at(-1)?.reason, 'not-signed-in')
    // An attacker's answer, placed in the victim's browser.
    const attacker = browserAt(idp)
    await attacker.open('/auth/login?provider=first', { subject: '66', username: `attacker-${name}` })
    const planted = await attacker.post('/auth/link', { provider: 'second' })
    await browser.get(other.authorize(planted.headers.get('location') ?? '', { subject: 'attacker' }))
    assert.equal(failures.at(-1)?.reason, 'other-browser')
    assert.equal((await accounts.links(id)).length, 1)
  })

  test('a provider that did not ask the person anew is not believed when connecting (auth_time)', async () => {
    const ground = await pair()
    ground.other.bending = { idToken: (claims) => ({ ...claims, auth_time: Number(claims['iat']) - 3_600 }) }
    await ground.browser.open('/auth/login', { ...paul, username: `anew-${name}` })
    assert.equal((await link(ground, ground.browser, ground.other, { subject: 'x' })).status, 400)
    assert.equal(ground.failures.at(-1)?.reason, 'interaction-required')
  })

  test('disconnecting: by the owner, from this site, and never the last one', async () => {
    const ground = await pair()
    const { browser, idp, other, accounts, failures, sessions } = ground
    await browser.open('/auth/login', { ...paul, username: `unlink-${name}` })
    await browser.open('/')
    const id = sessions.at(-1)?.user.id ?? 0
    const first = { provider: idp.issuer, subject: '7' }
    assert.equal((await browser.post('/auth/unlink', first)).status, 409)
    assert.equal(failures.at(-1)?.reason, 'last-link')
    await link(ground, browser, other, { subject: 'x' })
    const foreign = { origin: 'https://evil.test', 'sec-fetch-site': 'cross-site' }
    assert.equal((await browser.post('/auth/unlink', first, foreign)).status, 403)
    assert.equal(
      (await browser.post('/auth/unlink', { ...first, next: '/connections' })).headers.get('location'),
      '/connections',
    )
    assert.deepEqual(
      (await accounts.links(id)).map(({ subject }) => subject),
      ['x'],
    )
    assert.equal((await browser.post('/auth/unlink', { provider: other.issuer, subject: 'x' })).status, 409)
  })

  test('a deactivated account is out with the next request, and cannot come in again', async () => {
    const { browser, accounts, failures, sessions } = await pair()
    await browser.open('/auth/login', { ...paul, username: `out-${name}` })
    await browser.open('/')
    const id = sessions.at(-1)?.user.id ?? 0
    await accounts.change(id, { isActive: false })
    assert.equal(await (await browser.get('/')).text(), 'Hello world!')
    assert.equal((await browser.open('/auth/login')).status, 403)
    assert.equal(failures.at(-1)?.reason, 'account-deactivated')
    await accounts.change(id, { isActive: true })
    assert.equal(await (await browser.get('/')).text(), 'Hello world!', 'the old session is not revived')
  })

  test('two first sign-ins of one person at once make one account', async () => {
    const { browserAt, idp, accounts, sessions } = await pair()
    const person = { subject: 'twice', username: `twice-${name}` }
    await Promise.all([1, 2, 3].map(() => browserAt(idp).open('/auth/login', person)))
    await Promise.all(
      [1, 2].map(async () => {
        const browser = browserAt(idp)
        await browser.open('/auth/login', person)
        await browser.open('/')
      }),
    )
    assert.equal(new Set(sessions.slice(-2).map((session) => session?.user.id)).size, 1)
    const all = (await accounts.list()).filter(({ username }) => username.startsWith(`twice-${name}`))
    assert.equal(all.length, 1)
  })
}

describe('memory', () => {
  const accounts = memoryAccounts()
  behave(() => accounts, 'memory')
})
describe('SQLite', () => {
  const accounts = sqliteAccounts(new DatabaseSync(':memory:'))
  behave(() => accounts, 'sqlite')
})
describe('PostgreSQL', () => {
  let place: PostgresPlace
  let pool: Pool
  let accounts: AccountStore
  before(async () => {
    place = await postgresPlace()
    pool = new Pool({ connectionString: place.url })
    await pool.query(postgresLoginTables)
    accounts = postgresAccounts((text, values) => pool.query<object>(text, values))
  })
  after(async () => {
    await pool.end()
    await place.remove()
  })
  behave(() => accounts, 'postgres')
})

test('usernames are made of what there is, cleaned of what nobody can see', async () => {
  const accounts = memoryAccounts()
  const { browserAt, idp, sessions } = await pairWith(accounts, 'names')
  const people = [
    [{ subject: '1', claims: { preferred_username: undefined }, email: 'mail@example.com' }, 'mail'],
    [{ subject: '2', claims: { preferred_username: undefined, name: 'Ada Lovelace' } }, 'Ada Lovelace'],
    [{ subject: '3', claims: { preferred_username: undefined } }, 'user'],
    [{ subject: '4', username: 'a\u202eb\u0000c' }, 'a b c'],
    [{ subject: '5', username: 'ｆｕｌｌ' }, 'full'],
  ] as const
  for (const [person, username] of people) {
    const browser = browserAt(idp)
    await browser.open('/auth/login', person)
    await browser.open('/')
    assert.equal(sessions.at(-1)?.user.username, username)
  }
})
