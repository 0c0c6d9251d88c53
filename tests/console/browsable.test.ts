// The API in a browser: the answer as a page, with plain forms for what the reader may do there; nobody else's page can send one.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Fields, FormBrowser, Page } from '../support/form-browser.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { administrator, browserOf, call, groupOf, person, signedIn, tokenOf } from './ground.ts'

let server: TestServer
let admin: FormBrowser
let id: number

before(async () => {
  server = await startTestServer()
  id = (await person(server, 'ann')).id
  admin = await administrator(server)
})
after(() => server.close())

/** Sends the form of a method, as it stands or with another body. */
async function send(
  browser: FormBrowser,
  page: Page,
  method: string,
  content?: unknown,
  action?: string,
): Promise<Page> {
  const form = page.forms.find(
    (one) =>
      one.fields.some(([name, value]) => name === '_method' && value === method) &&
      (action === undefined || one.action === action),
  )
  assert.ok(form, `a form for ${method}`)
  const typed =
    content === undefined ? {} : { _content: typeof content === 'string' ? content : JSON.stringify(content) }
  return browser.post(form.action, { ...Object.fromEntries(form.fields), ...typed })
}

function methodsOf(page: Page): readonly string[] {
  return page.forms.flatMap((form) => form.fields.flatMap(([name, value]) => (name === '_method' ? [value] : [])))
}

test('a row is added, changed, acted upon and deleted by the forms of its page', async () => {
  const list = await admin.get('/api/v1/groups')
  const added = await send(admin, list, 'POST', { name: 'made by form', permissions: [] }, '/api/v1/groups')
  assert.equal(added.status, 201)
  const groupId = /&quot;id&quot;: (\d+)|"id": (\d+)/.exec(added.text)?.slice(1).find(Boolean)
  const row = await admin.get(`/api/v1/groups/${groupId}`)
  const changed = await send(admin, row, 'PATCH', { name: 'changed by form' })
  assert.equal(changed.status, 200)
  assert.match(changed.text, /changed by form/)
  const own = await admin.get('/api/v1/users/1')
  assert.match(own.field('_content') ?? '', /"groups": \[\s+1\s+\]/, 'a form holds all that is stored')
  const user = await admin.get(`/api/v1/users/${id}`)
  const disabled = await send(admin, user, 'POST', {}, `/api/v1/users/${id}/disable`)
  assert.match(disabled.text, /"is_active": false/)
  assert.ok(!disabled.forms.some(({ action }) => action.endsWith('/disable')), 'what is done is not offered again')
  const gone = await send(admin, await admin.get(`/api/v1/groups/${groupId}`), 'DELETE')
  assert.match(gone.text, /204 No Content/)
  assert.equal((await admin.get(`/api/v1/groups/${groupId}`)).status, 404)
})

test('what is wrong is told on the same page, with what was typed; a password is not sent back', async () => {
  const list = await admin.get('/api/v1/groups')
  const wrong = await send(admin, list, 'POST', { name: '', colour: 'red' }, '/api/v1/groups')
  assert.equal(wrong.status, 400)
  assert.match(wrong.text, /There is no such field/)
  assert.match(wrong.field('_content') ?? '', /colour/)
  assert.match((await send(admin, list, 'POST', '{"name": ', '/api/v1/groups')).text, /not valid JSON/)
  const users = await admin.get('/api/v1/users')
  const secret = await send(admin, users, 'POST', { email: 'x', password: 'my-own-password-1' }, '/api/v1/users')
  assert.equal(secret.status, 400)
  assert.ok(!secret.body.includes('my-own-password-1'))
})

test('an answer leads on: to the rows of a list, to its other pages, and from the index to every list', async () => {
  const hrefs = (page: Page): readonly string[] =>
    [...page.body.matchAll(/<a href="(\/api\/v1\/[^"]*)"/g)].map(([, href = '']) =>
      href.replaceAll('&#38;', '&').replaceAll('&amp;', '&'),
    )
  const index = await admin.get('/api/v1')
  for (const name of ['users', 'groups', 'views']) assert.ok(hrefs(index).includes(`/api/v1/${name}`), name)
  const first = await admin.get('/api/v1/users?limit=1&sort=email')
  assert.ok(hrefs(first).includes('/api/v1/users/1'))
  const next = hrefs(first).find((href) => href.includes('after='))
  const second = await admin.get(next ?? '')
  assert.equal(second.status, 200)
  const back = hrefs(second).find((href) => href.includes('before='))
  assert.ok(hrefs(await admin.get(back ?? '')).includes('/api/v1/users/1'))
})

test('a form is only for what the reader may do, and does no more', async () => {
  const member = await person(server, 'member', { isStaff: true })
  const setPermissions = await groupOf(server, 'readers', member)
  await setPermissions(['users.view'])
  const browser = await signedIn(server, 'member')
  const page = await browser.get(`/api/v1/users/${id}`)
  assert.deepEqual(methodsOf(page), [])
  const token = await tokenOf(browser)
  const fields: Fields = { csrf_token: token, _method: 'PATCH', _content: '{"first_name":"x"}' }
  assert.equal((await browser.post(`/api/v1/users/${id}`, fields)).status, 403)
  assert.equal((await browser.post(`/api/v1/users/${id}`, { ...fields, _method: 'TRACE' })).status, 400)
  await setPermissions(['users.change'])
  assert.deepEqual(new Set(methodsOf(await browser.get(`/api/v1/users/${id}`))), new Set(['PATCH', 'POST']))
})

test('no other site, and no script without the token, sends such a form', async () => {
  const token = await tokenOf(admin)
  const path = `/api/v1/users/${id}`
  const fields: Fields = { csrf_token: token, _method: 'PATCH', _content: '{"first_name":"Forged"}' }
  const foreign = [
    admin.post(path, fields, { 'sec-fetch-site': 'cross-site' }),
    admin.post(path, fields, { origin: 'https://evil.example', 'sec-fetch-site': 'same-site' }),
    admin.post(path, fields, { origin: 'null' }),
    admin.post(path, { ...fields, csrf_token: undefined }),
    admin.post(path, { ...fields, csrf_token: await tokenOf(await signedIn(server, 'member')) }),
  ]
  for (const page of await Promise.all(foreign)) assert.equal(page.status, 403)
  // Nor does a form with a bearer token: programs send JSON.
  const bearer = await admin.post(path, fields, { authorization: 'Bearer x' })
  assert.equal(bearer.status, 404)
  // A simple request of a foreign page (Fetch §cors-safelisted) with JSON in disguise.
  const disguised = await call(server, admin, 'POST', '/api/v1/groups', {
    body: '{"name":"forged"}',
    headers: { 'content-type': 'text/plain', origin: 'https://evil.example' },
  })
  assert.ok([403, 415].includes(disguised.status))
  const { body } = await call(server, admin, 'GET', path)
  assert.notEqual(body['first_name'], 'Forged')
})

test('a form that was filled in before somebody else changed the row is refused', async () => {
  const one = await person(server, 'twice')
  const page = await admin.get(`/api/v1/users/${one.id}`)
  await call(server, admin, 'PATCH', `/api/v1/users/${one.id}`, { body: { first_name: 'Meanwhile' } })
  assert.equal((await send(admin, page, 'PATCH', { first_name: 'Late' })).status, 412)
})

test('who is not signed in is asked to, and who gave the password long ago gives it again; programs are told by status', async () => {
  const stranger = browserOf(server)
  assert.equal((await stranger.get('/api/v1/users')).location, '/accounts/login/?next=%2Fapi%2Fv1%2Fusers')
  assert.equal((await call(server, stranger, 'GET', '/api/v1/users')).status, 401)
  const own = await startTestServer()
  try {
    const browser = await administrator(own)
    const page = await browser.get('/api/v1/groups')
    own.clock.advance(11 * 60_000)
    const asked = await send(browser, page, 'POST', { name: 'late', permissions: [] }, '/api/v1/groups')
    assert.equal(asked.location, '/admin/confirm/?next=%2Fapi%2Fv1%2Fgroups')
    const there = await browser.follow(await browser.submit(await browser.follow(asked), { password: 'testpass123' }))
    assert.equal(there.url, '/api/v1/groups')
  } finally {
    await own.close()
  }
})
