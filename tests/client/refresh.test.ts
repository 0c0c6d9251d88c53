// Tokens are renewed once, whoever asks, and no session is lost on a race; with every way to keep sessions.
import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import { after, before, describe, test } from 'node:test'
import { login, type SessionStore } from '@latchkey/client'
import { fetchLogin } from '@latchkey/client/fetch'
import { memorySessions } from '@latchkey/client/stores/memory'
import { postgresLoginTables, postgresSessions } from '@latchkey/client/stores/postgres'
import { sqliteSessions } from '@latchkey/client/stores/sqlite'
import { createTestIssuer, signInAs, TestBrowser, type TestIssuer } from '@latchkey/client/testing'
import { Pool } from 'pg'
import { type PostgresPlace, postgresPlace } from '../support/postgres.ts'
import { baseUrl } from './ground.ts'

type App = (request: Request) => Promise<Response>

/** One process of the app; several may share a store. */
function processOf(idp: TestIssuer, sessions: SessionStore | undefined): App {
  const auth = login({ ...idp.options, baseUrl, ...(sessions === undefined ? {} : { sessions }) })
  return fetchLogin(auth)((_request, { session }) =>
    Response.json({ user: session?.user.username ?? null, token: session?.accessToken ?? null }),
  )
}

async function ask(app: App, cookie: string): Promise<{ readonly user: string | null; readonly token: string | null }> {
  return (await app(new Request(`${baseUrl}/`, { headers: { cookie } }))).json() as ReturnType<typeof ask>
}

function exchanges(idp: TestIssuer): number {
  return (idp.requests.get('/token') ?? 0) - 1
}

function renews(open: () => SessionStore | undefined): void {
  async function signedIn() {
    const idp = await createTestIssuer()
    const sessions = open()
    const apps = [processOf(idp, sessions), processOf(idp, sessions), processOf(idp, sessions)]
    const [app] = apps
    assert.ok(app)
    const browser = new TestBrowser(app, baseUrl, idp)
    await browser.open('/auth/login')
    return { idp, apps, app, browser, cookie: browser.cookie }
  }

  test('50 parallel requests with an expired access token: one refresh, no session lost', async () => {
    const { idp, app, cookie } = await signedIn()
    const first = await ask(app, cookie)
    idp.clock.advance(301_000)
    const answers = await Promise.all(Array.from({ length: 50 }, () => ask(app, cookie)))
    assert.deepEqual(new Set(answers.map(({ user }) => user)), new Set(['alice']))
    const tokens = new Set(answers.map(({ token }) => token))
    assert.equal(tokens.size, 1)
    assert.ok(!tokens.has(first.token) && !tokens.has(null))
    assert.equal(exchanges(idp), 1)
  })

  test('the same, when the reply is dropped once', async () => {
    const { idp, app, cookie } = await signedIn()
    idp.clock.advance(301_000)
    idp.dropReply()
    const answers = await Promise.all(Array.from({ length: 50 }, () => ask(app, cookie)))
    assert.deepEqual(new Set(answers.map(({ user }) => user)), new Set(['alice']))
    assert.equal(new Set(answers.map(({ token }) => token)).size, 1)
    assert.equal(exchanges(idp), 2, 'one refresh, and the retry of it')
  })

  test('50 requests over three processes: no session lost', async () => {
    const { idp, apps, cookie } = await signedIn()
    idp.clock.advance(301_000)
    const answers = await Promise.all(
      Array.from({ length: 51 }, (_, at) => ask(apps[at % 3] ?? (async () => new Response()), cookie)),
    )
    assert.deepEqual(new Set(answers.map(({ user }) => user)), new Set(['alice']))
    assert.ok(!answers.some(({ token }) => token === null))
    // A store lets one process ask; with cookies the server gives each process the same successor.
    assert.equal(exchanges(idp), open() === undefined ? 3 : 1)
  })

  test('a request that comes late with the old cookie is served, and loses nothing', async () => {
    const { idp, app, browser, cookie } = await signedIn()
    idp.clock.advance(301_000)
    await browser.get('/')
    idp.clock.advance(20_000)
    assert.equal((await ask(app, cookie)).user, 'alice')
    assert.equal(exchanges(idp), 1)
    idp.clock.advance(301_000)
    assert.equal(((await (await browser.get('/')).json()) as { user: string }).user, 'alice')
    assert.equal(exchanges(idp), 2)
  })

  test('a server that does not answer costs no session, and is left alone for a while', async () => {
    const { idp, app, cookie } = await signedIn()
    idp.clock.advance(301_000)
    idp.down()
    assert.deepEqual(await ask(app, cookie), { user: 'alice', token: null })
    assert.deepEqual(await ask(app, cookie), { user: 'alice', token: null })
    idp.up()
    assert.equal(exchanges(idp), 0)
    idp.clock.advance(5_000)
    const later = await ask(app, cookie)
    assert.equal(later.user, 'alice')
    assert.notEqual(later.token, null)
  })

  test('a session that ended at the server ends here, and its cookie is not taken away (it may be an old one)', async () => {
    const { idp, app, cookie } = await signedIn()
    idp.clock.advance(301_000)
    idp.endSession()
    const response = await app(new Request(`${baseUrl}/`, { headers: { cookie } }))
    assert.deepEqual(await response.json(), { user: null, token: null })
    assert.deepEqual(response.headers.getSetCookie(), [])
    await Promise.all(Array.from({ length: 10 }, () => ask(app, cookie)))
    assert.equal(exchanges(idp), 1, 'the server is not asked again')
  })

  test('refresh-token-invalid-sub, refresh-token-invalid-issuer: a changed sub or iss ends the session (OpenID Connect Core §12.2)', async () => {
    for (const changes of [{ sub: 'somebody else' }, { iss: 'https://evil.test' }, { aud: 'another' }]) {
      const { idp, app, cookie } = await signedIn()
      idp.clock.advance(301_000)
      idp.bending = { idToken: (claims) => ({ ...claims, ...changes }) }
      assert.deepEqual(await ask(app, cookie), { user: null, token: null })
    }
  })

  test('a session ends after its time, whatever the tokens say', async () => {
    const { idp, app, browser } = await signedIn()
    idp.clock.advance(604_800_000 - 1)
    idp.clock.advance(2)
    assert.equal((await ask(app, browser.cookie)).user, null)
  })

  test('signing out and in again gives a new session, and the old cookie opens nothing', async () => {
    const { app, browser, cookie } = await signedIn()
    await browser.post('/auth/logout', { where: 'here' })
    assert.equal((await ask(app, browser.cookie)).user, null)
    assert.equal((await ask(app, cookie)).user, null, 'a copy of the old cookie')
    await browser.open('/auth/login')
    assert.equal((await ask(app, browser.cookie)).user, 'alice')
    assert.equal((await ask(app, cookie)).user, null)
  })
}

describe('sealed cookies', () => renews(() => undefined))
describe('memory', () => {
  const sessions = memorySessions()
  renews(() => sessions)
})
describe('SQLite', () => {
  const sessions = sqliteSessions(new DatabaseSync(':memory:'))
  renews(() => sessions)
})
describe('PostgreSQL', () => {
  let place: PostgresPlace
  let pool: Pool
  let sessions: SessionStore
  before(async () => {
    place = await postgresPlace()
    pool = new Pool({ connectionString: place.url })
    await pool.query(postgresLoginTables)
    sessions = postgresSessions((text, values) => pool.query<object>(text, values))
  })
  after(async () => {
    await pool.end()
    await place.remove()
  })
  renews(() => sessions)

  test('the table holds no token and no id of a cookie', async () => {
    const { rows } = await pool.query<Record<string, string>>('SELECT * FROM login_sessions')
    assert.ok(rows.length > 0)
    assert.doesNotMatch(JSON.stringify(rows), /eyJ|access|refresh/)
  })
})

test('a store forgets a session that nobody uses: idle for a day', async () => {
  const idp = await createTestIssuer({ accessTokenSeconds: 1_000_000 })
  const app = processOf(idp, memorySessions())
  const browser = new TestBrowser(app, baseUrl, idp)
  await browser.open('/auth/login')
  for (let hour = 0; hour < 30; hour += 10) {
    idp.clock.advance(36_000_000)
    assert.equal((await ask(app, browser.cookie)).user, 'alice')
  }
  idp.clock.advance(86_400_000)
  assert.equal((await ask(app, browser.cookie)).user, null)
})

test('where no cookie can be set, only a session in a store is renewed (server components)', async () => {
  for (const [sessions, renewals] of [
    [undefined, 0],
    [memorySessions(), 1],
  ] as const) {
    const idp = await createTestIssuer()
    const auth = login({ ...idp.options, baseUrl, ...(sessions === undefined ? {} : { sessions }) })
    const cookie = await signInAs(auth, idp)
    idp.clock.advance(301_000)
    const visit = await auth.open({ header: (name) => (name === 'cookie' ? cookie : undefined) }, false)
    assert.equal(visit.session?.user.username, 'alice')
    assert.equal(visit.session.accessToken === undefined, renewals === 0)
    assert.deepEqual(visit.setCookie, [])
    assert.equal(exchanges(idp), renewals)
  }
})

test('a process that died while it refreshed is followed by another, within the grace of the server', async () => {
  const idp = await createTestIssuer()
  const sessions = memorySessions()
  const browser = new TestBrowser(processOf(idp, sessions), baseUrl, idp)
  await browser.open('/auth/login')
  idp.clock.advance(301_000)
  const [row] = await sessions.list(idp.clock.now())
  assert.ok(row)
  await sessions.lease(row.id, row.version, idp.clock.now(), idp.clock.now() + 5_000)
  const waiting = ask(processOf(idp, sessions), browser.cookie)
  setTimeout(() => idp.clock.advance(5_000), 150)
  const answer = await waiting
  assert.equal(answer.user, 'alice')
  assert.notEqual(answer.token, null)
})
