// Saved views: a list under a name, in the one spelling of its address, for the person who saved it and for nobody else.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { mostViews } from '../../packages/authorization-server/src/records/views/index.ts'
import type { FormBrowser } from '../support/form-browser.ts'
import { type PostgresPlace, postgresPlace } from '../support/postgres.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { administrator, call, person, signedIn } from './ground.ts'

let server: TestServer
let admin: FormBrowser

before(async () => {
  server = await startTestServer()
  admin = await administrator(server)
})
after(() => server.close())

async function save(browser: FormBrowser, name: string, query: string, list = 'users', where = server) {
  return call(where, browser, 'POST', '/api/v1/views', { body: { name, list, query } })
}

test('what somebody looks at is saved under a name, stands above the list, and leads back to it', async () => {
  const page = await admin.get('/admin/users/?is_staff=yes&sort=email')
  const { url } = await admin.follow(await admin.submit(page, { name: 'Our staff' }, { action: '/admin/views/add/' }))
  assert.equal(url, '/admin/users/?is_staff=yes&sort=email')
  const again = await admin.get(url)
  assert.match(again.body, /aria-current="page"><bdi>Our staff/)
  assert.ok(!again.body.includes('/admin/views/add/'), 'what is saved already is not offered')
  assert.ok(!(await admin.get('/admin/groups/')).text.includes('Our staff'))
})

test('a view is renamed and deleted; two of one list do not share a name', async () => {
  const made = await save(admin, 'Idle', 'is_active=no')
  assert.equal(made.status, 201, made.text)
  const path = `/api/v1/views/${String(made.body['id'])}`
  assert.equal((await save(admin, 'Idle', 'q=a')).status, 400)
  assert.equal((await save(admin, 'Idle', 'enabled=no', 'clients')).status, 201)
  assert.equal((await call(server, admin, 'PATCH', path, { body: { name: 'Our staff' } })).status, 400)
  assert.equal((await call(server, admin, 'PATCH', path, { body: { query: 'q=x' } })).status, 400)
  const renamed = await call(server, admin, 'PATCH', path, { body: { name: 'Away' } })
  assert.equal(renamed.body['name'], 'Away')
  assert.equal((await call(server, admin, 'DELETE', path)).status, 204)
  assert.equal((await call(server, admin, 'GET', path)).status, 404)
})

test('only what the list can be asked for is kept, in one spelling', async () => {
  for (const query of ['is_staff=perhaps', 'password=x', 'sort=password', 'after=x', 'q=%ff']) {
    assert.equal((await save(admin, `bad ${query}`, query)).status, 400, query)
  }
  assert.equal((await save(admin, 'no list', '', 'views')).status, 400)
  const { body } = await save(admin, 'spelled', 'limit=50&sort=-created_at&is_staff=yes&q=')
  assert.equal(body['query'], 'is_staff=yes')
})

test('each person has their own: a superuser sees no other, and ids lead nowhere', async () => {
  await person(server, 'other', { isStaff: true, isSuperuser: true })
  const other = await signedIn(server, 'other')
  const { body } = await save(admin, 'mine', 'q=mine')
  const path = `/api/v1/views/${String(body['id'])}`
  for (const method of ['GET', 'PATCH', 'DELETE'] as const) {
    const answer = await call(server, other, method, path, method === 'PATCH' ? { body: { name: 'x' } } : {})
    assert.equal(answer.status, 404, method)
  }
  assert.equal((await call(server, other, 'GET', '/api/v1/views')).body['count'], 0)
  assert.ok(!(await other.get('/admin/users/')).text.includes('mine'))
  const csv = await call(server, other, 'GET', '/api/v1/views/export.csv')
  assert.equal(csv.text.trim().split('\r\n').length, 1)
})

test('a list that somebody may not see, they cannot save', async () => {
  await person(server, 'plain')
  const plain = await signedIn(server, 'plain')
  assert.equal((await save(plain, 'all', 'is_staff=yes')).status, 400)
  assert.equal((await save(plain, 'mine', 'enabled=no', 'clients')).status, 201)
})

test('nobody keeps more than fifty, on either engine', async () => {
  const place: PostgresPlace = await postgresPlace()
  const other = await startTestServer({ settings: { server: { databaseUrl: place.url } } })
  try {
    for (const where of [server, other]) {
      await person(where, 'keeper')
      const keeper = await signedIn(where, 'keeper')
      const kept = Array.from({ length: mostViews - 1 }, (_, n) => save(keeper, `view ${n}`, '', 'clients', where))
      for (const made of await Promise.all(kept)) assert.equal(made.status, 201, made.text)
      assert.equal((await save(keeper, 'the last one', '', 'clients', where)).status, 201)
      assert.equal((await save(keeper, 'one too many', '', 'clients', where)).status, 403)
    }
  } finally {
    await other.close()
    await place.remove()
  }
})
