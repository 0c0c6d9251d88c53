// The first page of the console and /api/v1/overview: what was counted appears there, leads to its rows, and shows nobody more than
// they may view. A flood of strangers makes a bounded number of rows. Issue: charts and what needs care.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, before, describe, test } from 'node:test'
import { commonOperations } from '../../packages/authorization-server/src/platform/console/index.ts'
import type { Database, Query } from '../../packages/authorization-server/src/platform/storage/index.ts'
import { sql } from '../../packages/authorization-server/src/platform/storage/index.ts'
import { plainMetadata } from '../../packages/authorization-server/src/records/clients/index.ts'
import { flushUsage, type Usage } from '../../packages/authorization-server/src/records/usage/index.ts'
import { registerClient } from '../races/ground.ts'
import type { FormBrowser } from '../support/form-browser.ts'
import { type PostgresPlace, postgresPlace } from '../support/postgres.ts'
import { basic, passwordTokens, postForm, startTestServer, type TestServer } from '../support/server.ts'
import { administrator, browserOf, call, groupOf, password, person, signedIn } from './ground.ts'

const day = 86_400_000
let server: TestServer
let admin: FormBrowser
let staff: FormBrowser
let setPermissions: (permissions: readonly string[]) => Promise<void>
const asked: Query[] = []

function listening(database: Database): Database {
  return {
    engine: database.engine,
    commit: (writes) => database.commit(writes),
    close: () => database.close(),
    all(query) {
      asked.push(query)
      return database.all(query)
    },
  }
}

before(async () => {
  server = await startTestServer({ deps: { wrapDatabase: listening } })
  setPermissions = await groupOf(server, 'limited', await person(server, 'limited', { isStaff: true }))
  staff = await signedIn(server, 'limited')
  admin = await administrator(server)
})
after(() => server.close())

interface Point {
  readonly label?: string
  readonly counts: Readonly<Record<string, number>>
  readonly rows: Readonly<Record<string, string | null>> | string | null
}
interface Figure {
  readonly name: string
  readonly count: number
  readonly rows: string | null
  readonly points?: readonly Point[]
}
interface Care {
  readonly name: string
  readonly items: readonly { readonly label: string; readonly rows: string | null }[]
}
interface Overview {
  readonly nouns: Readonly<Record<string, { readonly count: number }>>
  readonly figures: readonly Figure[]
  readonly cares: readonly Care[]
}

async function overview(browser: FormBrowser = admin, at: TestServer = server): Promise<Overview> {
  const { status, body, text } = await call(at, browser, 'GET', '/api/v1/overview')
  assert.equal(status, 200, text)
  return body as unknown as Overview
}

function figure({ figures }: Overview, name: string): Figure {
  const found = figures.find((one) => one.name === name)
  assert.ok(found !== undefined, name)
  return found
}

const care = ({ cares }: Overview, name: string): Care | undefined => cares.find((one) => one.name === name)
const sums = ({ points = [] }: Figure): Readonly<Record<string, number>> => {
  const all: Record<string, number> = {}
  for (const { counts } of points)
    for (const [name, count] of Object.entries(counts)) all[name] = (all[name] ?? 0) + count
  return all
}

const flush = (at: TestServer = server): Promise<void> => flushUsage(at.context)
const rowsStored = async ({ context }: TestServer): Promise<number> =>
  (await context.database.all(sql`select 1 as one from usage_hours`)).length

test('sign-ins, refusals and tokens appear once they were written down, and not before', async () => {
  await flush()
  const earlier = await overview()
  const wrong = browserOf(server)
  await assert.rejects(passwordTokens(server.url, { password: 'wrong' }))
  await assert.rejects(passwordTokens(server.url, { username: 'nobody@example.com' }))
  await wrong.signIn('nobody-else@example.com', 'wrong')
  await signedIn(server, 'limited')
  await passwordTokens(server.url)
  assert.deepEqual(sums(figure(await overview(), 'sign-ins')), sums(figure(earlier, 'sign-ins')))
  await flush()
  const now = await overview()
  const [signIns, refusals] = [figure(now, 'sign-ins'), figure(now, 'refused-sign-ins')]
  assert.equal(sums(signIns)['page'], (sums(figure(earlier, 'sign-ins'))['page'] ?? 0) + 1)
  assert.equal(sums(signIns)['password-grant'], 1)
  assert.equal(sums(refusals)['wrong-password'], 1)
  assert.equal(sums(refusals)['unknown-account'], 2)
  assert.equal(refusals.count, 3)
  const tokens = figure(now, 'tokens')
  assert.deepEqual(
    tokens.points?.map(({ counts }) => counts),
    [{ password: 1 }],
  )
})

test('tokens are counted by application and grant type, client credentials as well, without a row for each', async () => {
  const grantTypes = ['authorization_code', 'refresh_token', 'client_credentials'] as const
  const app = await registerClient(server.context, 'counted', { grantTypes, scopes: ['read'] })
  const ask = (fields: Readonly<Record<string, string>>) =>
    postForm(`${server.url}/o/token/`, { ...fields, ...app.credentials })
  for (let n = 0; n < 5; n += 1) assert.equal((await ask({ grant_type: 'client_credentials' })).status, 200)
  await flush()
  const point = figure(await overview(), 'tokens').points?.find(({ label }) => label === 'counted')
  assert.equal(point?.counts['client_credentials'], 5)
  assert.ok(typeof point?.rows === 'string')
  const { status, body } = await call(server, admin, 'GET', point.rows)
  assert.equal(status, 200)
  assert.equal(body['client_id'], app.clientId)
})

test('ten thousand refused sign-ins and as many strangers make a handful of rows', async () => {
  await flush()
  const earlier = await rowsStored(server)
  for (let n = 0; n < 10_000; n += 1) server.context.usage.refused(n % 3 === 0 ? 'unknown-account' : 'throttled')
  const strangers = Array.from({ length: 40 }, (_, n) =>
    postForm(`${server.url}/o/token/`, { grant_type: 'client_credentials' }, basic(`stranger-${n}`, 'x')),
  )
  for (const answer of await Promise.all(strangers)) assert.notEqual(answer.status, 200)
  await flush()
  assert.ok((await rowsStored(server)) - earlier <= 2)
  assert.ok(figure(await overview(), 'refused-sign-ins').count >= 10_000)
})

test('every number leads to rows that are there, as many as it says', async () => {
  const seen = await overview()
  let followed = 0
  for (const { name, rows, points = [], count } of seen.figures) {
    const links = points.flatMap(({ rows: all, counts }) =>
      typeof all === 'object' && all !== null
        ? Object.entries(all).map(([series, link]) => ({ link, expected: counts[series] ?? 0 }))
        : [],
    )
    const isExact = name === 'sessions' || name === 'new-users'
    for (const { link, expected } of [...links, ...(isExact ? [{ link: rows, expected: count }] : [])]) {
      if (link === null || expected === 0) continue
      followed += 1
      const { status, body, text } = await call(server, admin, 'GET', link)
      assert.equal(status, 200, `${name} ${link}: ${text}`)
      assert.equal(body['count'], expected, `${name} ${link}`)
    }
  }
  assert.ok(followed >= 3, String(followed))
})

test('the page shows the same figures, with a table for each chart, and its links lead to pages', async () => {
  const page = await admin.get('/admin/')
  assert.equal(page.status, 200)
  for (const title of ['Active sessions', 'Sign-ins', 'Refused sign-ins', 'Tokens by application', 'New users']) {
    assert.ok(page.text.includes(title), title)
  }
  assert.equal(page.body.match(/<svg class="plot-area" role="img"/g)?.length, 4)
  assert.equal(page.body.match(/<details class="numbers">/g)?.length, 5)
  assert.ok(!/ style=|<script(?! src)/.test(page.body))
  const links = [...page.body.matchAll(/href="(\/admin\/(?:users|sessions|events|clients)\/[^"]*)"/g)].map(
    ([, href = '']) => href.replaceAll('&amp;', '&'),
  )
  assert.ok(links.some((href) => href.includes('joined=')) && links.some((href) => href.includes('last_seen=')))
  for (const href of new Set(links)) assert.equal((await admin.get(href)).status, 200, href)
})

describe('who sees what', () => {
  const namesOf = async (permissions: readonly string[]): Promise<readonly (readonly string[])[]> => {
    await setPermissions(permissions)
    const { figures, cares, nouns } = await overview(staff)
    return [figures.map(({ name }) => name), cares.map(({ name }) => name), Object.keys(nouns)]
  }

  test('staff see the figures of the nouns that they may view, and no link to any other', async () => {
    assert.deepEqual((await namesOf(['users.view']))[0], ['new-users'])
    assert.deepEqual((await namesOf(['sessions.view']))[0], ['sessions'])
    assert.deepEqual((await namesOf(['events.view']))[0], ['sign-ins', 'refused-sign-ins'])
    const page = await staff.get('/admin/')
    assert.equal(page.status, 200)
    assert.ok(!/href="\/admin\/(users|sessions)\//.test(page.body))
    assert.ok(!page.text.includes('New users'))
  })

  test("without permissions only one's own applications are counted", async () => {
    await setPermissions([])
    const [owner] = await server.context.database.all(sql`select id from users where email = 'limited@example.com'`)
    const own = await registerClient(server.context, 'own-app', {
      grantTypes: ['client_credentials'],
      scopes: ['read'],
      ownerId: Number(owner?.['id']),
    })
    await postForm(`${server.url}/o/token/`, { grant_type: 'client_credentials', ...own.credentials })
    await flush()
    const { figures, cares } = await overview(staff)
    assert.deepEqual(
      figures.map(({ name, count }) => [name, count]),
      [['tokens', 1]],
    )
    assert.deepEqual(
      cares.flatMap(({ items }) => items.map(({ label }) => label)),
      [],
    )
  })

  test('nobody is let in without a sign-in; everybody who signed in is', async () => {
    const nobody = browserOf(server)
    for (const { surface, path } of commonOperations) {
      if (surface === 'api') assert.equal((await call(server, nobody, 'GET', path)).status, 401, path)
      else assert.match((await nobody.get(path)).location ?? '', /^\/accounts\/login\//)
      const reply = surface === 'api' ? await call(server, staff, 'GET', path) : await staff.get(path)
      assert.equal(reply.status, 200, path)
    }
  })
})

describe('what needs care', () => {
  let quiet: TestServer
  let boss: FormBrowser
  before(async () => {
    quiet = await startTestServer({ development: false })
    await person(quiet, 'boss', { isStaff: true, isSuperuser: true })
    boss = await signedIn(quiet, 'boss')
  })
  after(() => quiet.close())
  const seen = (): Promise<Overview> => overview(boss, quiet)

  test('the last superuser alone, until there is another', async () => {
    const alone = care(await seen(), 'last-superuser')
    assert.equal(alone?.items[0]?.label, 'boss@example.com')
    await person(quiet, 'second', { isStaff: true, isSuperuser: true })
    assert.equal(care(await seen(), 'last-superuser'), undefined)
  })

  test('secrets and keys from the age on that is set, each with a way to its row', async () => {
    await registerClient(quiet.context, 'aged', {})
    assert.equal(care(await seen(), 'old-secrets'), undefined)
    assert.equal(care(await seen(), 'old-keys'), undefined)
    quiet.clock.advance(366 * day)
    boss = await signedIn(quiet, 'boss')
    const old = care(await seen(), 'old-secrets')
    const keys = care(await seen(), 'old-keys')
    assert.ok(old !== undefined && keys !== undefined)
    for (const { rows } of [...old.items, ...keys.items]) {
      assert.equal((await call(quiet, boss, 'GET', rows ?? '')).status, 200, String(rows))
    }
    await quiet.context.keys.rotateSigningKey('RS256', 3_600_000, 3_600_000)
    const left = care(await seen(), 'old-keys')?.items.map(({ label }) => label)
    assert.ok(left !== undefined && !left.includes('RS256') && left.includes('ES256'))
  })

  test('applications that got no token for long, only where the figures reach back so far', async () => {
    assert.equal(care(await seen(), 'unused-clients'), undefined)
    const app = await registerClient(quiet.context, 'worker', { grantTypes: ['client_credentials'], scopes: ['read'] })
    await registerClient(quiet.context, 'forgotten', {})
    const work = () => postForm(`${quiet.url}/o/token/`, { grant_type: 'client_credentials', ...app.credentials })
    await work()
    await flush(quiet)
    assert.equal(care(await seen(), 'unused-clients'), undefined)
    quiet.clock.advance(91 * day)
    boss = await signedIn(quiet, 'boss')
    await work()
    await flush(quiet)
    const names = care(await seen(), 'unused-clients')?.items.map(({ label }) => label) ?? []
    assert.ok(names.includes('forgotten') && !names.includes('worker'), names.join())
  })

  test('logout tokens that were not delivered, by application', async () => {
    const { context } = quiet
    const { row } = await registerClient(context, 'deaf', {})
    const someone = await person(quiet, 'left')
    const insert = (session: string, state: string) => ({
      statement: sql`
        insert into logout_deliveries (session_id, client_row, user_id, subject, state, attempts, created_at, settled_at)
        values (${session}, ${row}, ${someone.id}, ${someone.subject}, ${state}, 1, ${context.clock.now()}, ${context.clock.now()})`,
      rows: 1,
    })
    await context.database.commit([insert('a', 'delivered')])
    assert.equal(care(await seen(), 'failed-logouts'), undefined)
    await context.database.commit([insert('b', 'given-up'), insert('c', 'refused')])
    assert.equal(care(await seen(), 'failed-logouts')?.items[0]?.label, 'deaf')
    const page = await boss.get('/admin/')
    assert.match(page.text, /deaf 2 times/)
  })

  test('what is switched on of old ways is told of enabled applications', async () => {
    await registerClient(quiet.context, 'modern', {})
    assert.equal(care(await seen(), 'legacy-clients'), undefined)
    const metadata = { ...plainMetadata, responseTypes: ['code', 'id_token token'] as const }
    await registerClient(quiet.context, 'with-passwords', { grantTypes: ['password'] })
    await registerClient(quiet.context, 'without-pkce', { pkce: 'optional' })
    await registerClient(quiet.context, 'in-addresses', { metadata })
    const names = care(await seen(), 'legacy-clients')?.items.map(({ label }) => label)
    assert.deepEqual(names, ['with-passwords', 'without-pkce', 'in-addresses'])
  })
})

test('all is well where nothing needs care', async () => {
  const calm = await startTestServer({ development: false })
  try {
    for (const name of ['one', 'two']) await person(calm, name, { isStaff: true, isSuperuser: true })
    const browser = await signedIn(calm, 'one', password)
    assert.deepEqual((await overview(browser, calm)).cares, [])
    const page = await browser.get('/admin/')
    assert.ok(page.text.includes('All is well.'))
    assert.ok(page.text.includes('Nothing in this time.'))
  } finally {
    await calm.close()
  }
})

describe('two nodes on one database', () => {
  let place: PostgresPlace
  const nodes: TestServer[] = []
  before(async () => {
    place = await postgresPlace()
    const masterKey = randomBytes(32).toString('hex')
    for (let n = 0; n < 2; n += 1) {
      nodes.push(await startTestServer({ settings: { server: { databaseUrl: place.url, masterKey } } }))
    }
  })
  after(async () => {
    await Promise.all(nodes.map((node) => node.close()))
    await place.remove()
  })

  test('add up, and either shows what both counted', async () => {
    const [one] = nodes
    assert.ok(one !== undefined)
    const browser = await administrator(one)
    for (const node of nodes) {
      await passwordTokens(node.url)
      await passwordTokens(node.url)
    }
    await Promise.all(nodes.map((node) => flush(node)))
    const seen = await overview(browser, one)
    assert.equal(sums(figure(seen, 'sign-ins'))['password-grant'], 4)
    assert.equal(figure(seen, 'tokens').count, 4)
    assert.equal((await browser.get('/admin/')).status, 200)
  })
})

test('a server that stops writes down what it counted', async () => {
  const stopping = await startTestServer()
  let usage: Usage | undefined
  try {
    await passwordTokens(stopping.url)
    usage = stopping.context.usage
  } finally {
    await stopping.close()
  }
  assert.deepEqual(usage?.take(0), [])
})

test('each look goes through an index: no table is read from end to end', async () => {
  const { database } = server.context
  asked.length = 0
  await overview()
  const tables = ['users', 'sessions', 'usage_hours', 'logout_deliveries', 'client_secrets', 'events']
  // The counts of the tiles end at ten thousand and one, and are not of this test.
  const looks = asked.filter(({ sql: text }) => !/limit \?\) some_rows/.test(text) || text.includes('>='))
  let planned = 0
  for (const look of looks) {
    const plan = await database.all({ ...look, sql: `explain query plan ${look.sql}` })
    for (const step of plan.map((row) => String(row['detail']))) {
      planned += 1
      for (const table of tables) assert.notEqual(step, `SCAN ${table}`, look.sql)
    }
  }
  assert.ok(planned > 20, String(planned))
})
