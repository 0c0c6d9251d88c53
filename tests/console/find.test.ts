// One box for whatever somebody was told: it leads to the row, or to what it could be, and shows nobody more than they may see.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Database, Query } from '../../packages/authorization-server/src/platform/storage/index.ts'
import { codeTokens } from '../support/code-flow.ts'
import type { FormBrowser, Page } from '../support/form-browser.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { administrator, call, groupOf, person, signedIn } from './ground.ts'

let server: TestServer
let admin: FormBrowser
let tokens: Awaited<ReturnType<typeof codeTokens>>
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
  await Promise.all([person(server, 'ann', { username: 'ann' }), person(server, 'anna'), person(server, 'plain')])
  admin = await administrator(server)
  tokens = await codeTokens(await signedIn(server, 'ann'), server.url, 'read')
})
after(() => server.close())

async function paste(browser: FormBrowser, q: string): Promise<Page> {
  return browser.submit(await browser.get('/admin/find/'), { q }, { action: '/admin/find/' })
}

async function rows(query: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const { body } = await call(server, admin, 'GET', `/api/v1/${query}`)
  return body['items'] as readonly Readonly<Record<string, unknown>>[]
}

test('a whole e-mail, username, subject, client id, grant, session or key leads to its row', async () => {
  const [ann] = await rows('users?q=ann%40example.com')
  const [grant] = await rows(`grants?user=${String(ann?.['id'])}`)
  const [session] = await rows(`sessions?user=${String(ann?.['id'])}`)
  const [key] = await rows('keys')
  const expected: readonly (readonly [unknown, string])[] = [
    ['ann@example.com', `/admin/users/${String(ann?.['id'])}/`],
    [' ANN@example.com ', `/admin/users/${String(ann?.['id'])}/`],
    ['ann', `/admin/users/${String(ann?.['id'])}/`],
    [ann?.['subject'], `/admin/users/${String(ann?.['id'])}/`],
    [grant?.['id'], `/admin/grants/${String(grant?.['id'])}/`],
    [session?.['id'], `/admin/sessions/${String(session?.['id'])}/`],
    [key?.['id'], `/admin/keys/${String(key?.['id'])}/`],
  ]
  for (const [text, path] of expected) assert.equal((await paste(admin, String(text))).location, path, String(text))
  const [client] = await rows('clients?q=web')
  assert.equal((await paste(admin, 'web')).location, `/admin/clients/${String(client?.['id'])}/`)
})

test('what several rows could be is listed by noun: a number, or what begins so', async () => {
  const number = await paste(admin, '1')
  assert.equal(number.status, 200)
  for (const path of ['/admin/users/1/', '/admin/clients/1/', '/admin/events/1/'])
    assert.ok(number.body.includes(path), path)
  const begins = await paste(admin, 'ann@')
  assert.ok(begins.text.includes('ann@example.com'))
  assert.match((await paste(admin, 'nobody-at-all')).text, /Nothing matches/)
  assert.equal((await paste(admin, ' ')).status, 200)
})

test('a token leads to what stands behind it, and is in no address, page or log', async () => {
  const [grant] = await rows('grants')
  for (const token of [tokens.access_token, tokens.refresh_token ?? '']) {
    assert.equal((await paste(admin, token)).location, `/admin/grants/${String(grant?.['id'])}/`)
    const refused = await call(server, admin, 'GET', `/api/v1/find?q=${token}`)
    assert.equal(refused.status, 400)
    assert.ok(!refused.text.includes(token))
    const answer = await call(server, admin, 'POST', '/api/v1/find', { body: { q: token } })
    assert.deepEqual((answer.body['items'] as readonly { noun: string }[])[0]?.noun, 'grants')
  }
  const forged = `${tokens.access_token.slice(0, -4)}AAAA`
  const page = await paste(admin, forged)
  assert.match(page.text, /This server did not make it/)
  assert.ok(!page.body.includes(forged))
})

test('an ID token leads to the session that it is of, and to the person', async () => {
  const { id_token: idToken = '' } = await codeTokens(await signedIn(server, 'ann'), server.url, 'openid')
  const [ann] = await rows('users?q=ann%40example.com')
  const sessions = await rows(`sessions?user=${String(ann?.['id'])}`)
  const page = await paste(admin, idToken)
  assert.equal(page.status, 200)
  assert.ok(page.body.includes(`/admin/users/${String(ann?.['id'])}/`))
  assert.equal(sessions.filter(({ id }) => page.body.includes(`/admin/sessions/${String(id)}/`)).length, 1)
  assert.ok(!page.body.includes(idToken))
  const [head, payload] = idToken.split('.')
  assert.match((await paste(admin, `${head}.${payload}.${'A'.repeat(86)}`)).text, /This server did not make it/)
  const { body } = await call(server, await signedIn(server, 'plain'), 'POST', '/api/v1/find', { body: { q: idToken } })
  assert.deepEqual(body['items'], [])
})

test('an incident is found by its id, by those who may read all events', async () => {
  const refused = await server.server.app.http.inject({
    method: 'GET',
    url: '/api/v1/users',
    headers: { accept: 'application/json' },
  })
  const incident = String(refused.headers['latchkey-incident'])
  assert.match((await paste(admin, incident.toLowerCase())).text, new RegExp(`Incident ${incident}`))
  const plain = await signedIn(server, 'plain')
  assert.match((await paste(plain, incident)).text, /Nothing matches/)
})

test('nobody finds what they may not see', async () => {
  const plain = await signedIn(server, 'plain')
  for (const text of ['ann@example.com', '1', 'ann', tokens.access_token]) {
    assert.match((await paste(plain, text)).text, /Nothing matches/, text)
    const { body } = await call(server, plain, 'POST', '/api/v1/find', { body: { q: text } })
    assert.deepEqual(body['items'], [], text)
  }
  const member = await person(server, 'member', { isStaff: true })
  await (await groupOf(server, 'finders', member))(['users.view'])
  const browser = await signedIn(server, 'member')
  const { body } = await call(server, browser, 'GET', '/api/v1/find?q=1')
  assert.deepEqual([...new Set((body['items'] as readonly { noun: string }[]).map(({ noun }) => noun))], ['users'])
})

test('every look goes through an index', async () => {
  const { database } = server.context
  for (const q of ['ann@example.com', 'no-such-thing', '42']) {
    asked.length = 0
    await call(server, admin, 'GET', `/api/v1/find?q=${q}`)
    const looks = asked.filter(({ sql }) => /^\s*select[\s\S]* order by /.test(sql) && sql.includes('where'))
    assert.ok(looks.length > 5)
    for (const look of looks) {
      const plan = await database.all({ ...look, sql: `explain query plan ${look.sql}` })
      // What an index found before, and is few, is then read as it is.
      for (const row of plan) assert.doesNotMatch(String(row['detail']), /^SCAN (?!chosen_rows|sorted_rows)/, look.sql)
    }
  }
})
