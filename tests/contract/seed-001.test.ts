// Seed 001, "Django Oauth2 server with separate resource server": what is sent to the resource server, in the order of the
// text. The bodies are JSON, as its screenshots have them; each is sent as a form and as multipart as well.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { basic, passwordTokens, postForm, startTestServer, type TestServer } from '../support/server.ts'
import { type RunningItems, startItems } from './items.ts'
import { bearerHeader, membersOf, sendJson, tokensOf } from './requests.ts'
import { assertRow } from './row.ts'

const account = { email: 'new@email.com', password: 'testpass123', password2: 'testpass123' }
const signIn = { email: 'new@email.com', password: 'testpass123' }

async function send(url: string, method: string, body: unknown, token?: string): Promise<Response> {
  const authorization = token === undefined ? {} : bearerHeader(token)
  const headers = { ...authorization, 'content-type': 'application/json' }
  return fetch(url, { method, headers, redirect: 'manual', body: JSON.stringify(body) })
}

describe('seed 001, from the sign-up to the items', () => {
  let server: TestServer
  let items: RunningItems
  before(async () => {
    server = await startTestServer()
    items = await startItems(server)
  })
  after(async () => {
    await items.close()
    await server.close()
  })

  test('the documented requests, one after another', async (t) => {
    const { url } = items
    let access = ''
    let refresh = ''

    await t.test('POST /users/signup/ makes the account at the authorization server', async () => {
      const response = await send(`${url}/users/signup/`, 'POST', account)
      await assertRow(response, {
        status: 201,
        body: { email: 'new@email.com' },
        headers: { 'content-type': 'application/json' },
      })
    })

    await t.test('POST /users/token/ answers the tokens of the authorization server', async () => {
      const response = await send(`${url}/users/token/`, 'POST', signIn)
      assert.equal(response.headers.get('content-type'), 'application/json')
      assert.equal(response.headers.get('cache-control'), 'no-store')
      const tokens = await tokensOf(response)
      ;({ access_token: access, refresh_token: refresh } = tokens)
      const shown = { access_token: access, expires_in: 3600, token_type: 'Bearer', scope: 'read write' }
      assert.deepEqual(tokens, { ...shown, refresh_token: refresh })
    })

    await t.test('GET /items/ is an empty array', async () => {
      const response = await fetch(`${url}/items/`, { headers: bearerHeader(access) })
      await assertRow(response, {
        status: 200,
        body: [],
        headers: { 'content-type': 'application/json', allow: 'GET, POST, HEAD, OPTIONS' },
      })
    })

    await t.test('POST /items/ makes an item of the caller', async () => {
      const response = await send(`${url}/items/`, 'POST', { name: 'i1', description: 'd', price: '9.99' }, access)
      assert.equal(response.status, 201)
      assert.equal(
        await response.text(),
        '{"id":1,"name":"i1","description":"d","price":"9.99","user":{"id":1,"email":"new@email.com"}}',
      )
    })

    await t.test('GET, PUT, PATCH and DELETE /items/1/', async () => {
      const one = `${url}/items/1/`
      const item = { id: 1, name: 'i1', description: 'd', price: '9.99', user: { id: 1, email: 'new@email.com' } }
      await assertRow(await fetch(one, { headers: bearerHeader(access) }), { status: 200, body: item })
      const put = { name: 'i2', description: 'other', price: 5 }
      const changed = { ...item, ...put, price: '5.00' }
      await assertRow(await send(one, 'PUT', put, access), { status: 200, body: changed })
      const patched = { ...changed, price: '0.50' }
      await assertRow(await send(one, 'PATCH', { price: '0.5' }, access), { status: 200, body: patched })
      const list = await fetch(`${url}/items/`, { headers: bearerHeader(access) })
      await assertRow(list, { status: 200, body: [patched] })
      const headers = bearerHeader(access)
      await assertRow(await fetch(one, { method: 'DELETE', headers }), { status: 204, body: '' })
      await assertRow(await fetch(one, { headers }), {
        status: 404,
        body: { detail: 'No Item matches the given query.' },
      })
    })

    await t.test('PUT /users/password/ changes the password with the caller’s token', async () => {
      const change = { old_password: 'testpass123', password: 'another-pass-9', password2: 'another-pass-9' }
      await assertRow(await send(`${url}/users/password/`, 'PUT', change, access), { status: 200, body: {} })
      await assertRow(await send(`${url}/users/token/`, 'POST', signIn), {
        status: 400,
        body: { error: 'invalid_grant', error_description: 'Invalid credentials given.' },
      })
      await tokensOf(await send(`${url}/users/token/`, 'POST', { ...signIn, password: 'another-pass-9' }))
    })

    await t.test('POST /users/token/refresh/ renews the tokens, and the old ones end', async () => {
      const renewed = await tokensOf(await send(`${url}/users/token/refresh/`, 'POST', { refresh }))
      assert.notEqual(renewed.access_token, access)
      assert.notEqual(renewed.refresh_token, refresh)
      const list = await fetch(`${url}/items/`, { headers: bearerHeader(renewed.access_token) })
      assert.equal(list.status, 200)
      server.clock.advance(5_000)
      const old = await fetch(`${url}/items/`, { headers: bearerHeader(access) })
      assert.equal(old.status, 401, 'within the bound of the cache')
      await assertRow(await send(`${url}/users/token/refresh/`, 'POST', { refresh }), {
        status: 400,
        body: /^{"error":"invalid_grant"/,
      })
    })
  })

  test('a form and a multipart body do as well as JSON', async () => {
    const { url } = items
    const { access_token: token } = await passwordTokens(server.url)
    const fields = { name: 'from a form', description: 'd', price: '1' }
    const form = await postForm(`${url}/items/`, fields, bearerHeader(token))
    assert.equal(form.status, 201)
    const body = new FormData()
    for (const [name, value] of Object.entries({ ...fields, name: 'from multipart' })) body.append(name, value)
    const multipart = await fetch(`${url}/items/`, { method: 'POST', headers: bearerHeader(token), body })
    assert.equal((await membersOf(multipart))['name'], 'from multipart')
    const own = { email: 'form@email.com', password: 'testpass123', password2: 'testpass123' }
    assert.equal((await postForm(`${url}/users/signup/`, own)).status, 201)
    assert.equal((await postForm(`${url}/users/token/`, own)).status, 200)
  })

  test('the paths are served without their trailing slash as well, never by redirect', async () => {
    const { url } = items
    const { access_token: token, refresh_token: refresh } = await passwordTokens(server.url, {
      client_id: 'rs-id',
      client_secret: 'rs-secret',
    })
    const made = await send(`${url}/items`, 'POST', { name: 'bare', description: 'd', price: '1' }, token)
    const { id } = await membersOf(made)
    for (const path of ['/items', `/items/${String(id)}`]) {
      const response = await fetch(url + path, { headers: bearerHeader(token), redirect: 'manual' })
      assert.equal(response.status, 200, path)
    }
    assert.equal((await sendJson(`${url}/users/signup`, 'POST', token, '{}')).status, 400)
    assert.equal((await sendJson(`${url}/users/token`, 'POST', token, '{}')).status, 400)
    assert.equal((await sendJson(`${url}/users/password`, 'PUT', token, '{}')).status, 400)
    await tokensOf(await send(`${url}/users/token/refresh`, 'POST', { refresh_token: refresh }))
  })
})

// §6 row 15 of the contract: who may change what.
describe('seed 001, who may do what', () => {
  let server: TestServer
  let items: RunningItems
  let admin = ''
  let alice = ''
  const item = { name: 'of alice', description: 'd', price: '1.00' }
  before(async () => {
    server = await startTestServer()
    items = await startItems(server)
    ;({ access_token: admin } = await passwordTokens(server.url))
    const { access_token } = await passwordTokens(server.url, {
      username: 'alice@example.com',
      password: 'correct-horse-battery',
    })
    alice = access_token
    assert.equal((await send(`${items.url}/items/`, 'POST', item, alice)).status, 201)
  })
  after(async () => {
    await items.close()
    await server.close()
  })

  test('another user reads the item and can neither change nor delete it', async () => {
    const one = `${items.url}/items/1/`
    assert.equal((await fetch(one, { headers: bearerHeader(admin) })).status, 200)
    const forbidden = { status: 403, body: { detail: 'You do not have permission to perform this action.' } }
    await assertRow(await send(one, 'PUT', { ...item, name: 'mine now' }, admin), forbidden)
    await assertRow(await send(one, 'PATCH', { price: '0' }, admin), forbidden)
    await assertRow(await fetch(one, { method: 'DELETE', headers: bearerHeader(admin) }), forbidden)
    const form = await postForm(one, { _method: 'DELETE' }, bearerHeader(admin))
    await assertRow(form, forbidden)
    assert.deepEqual(Object(await (await fetch(one, { headers: bearerHeader(alice) })).json()).name, 'of alice')
  })

  test('a token of the scope read reads and cannot write (RFC 6750 §3.1)', async () => {
    const { access_token: reader } = await passwordTokens(server.url, {
      username: 'alice@example.com',
      password: 'correct-horse-battery',
      scope: 'read',
    })
    assert.equal((await fetch(`${items.url}/items/1/`, { headers: bearerHeader(reader) })).status, 200)
    const refused = {
      status: 403,
      body: { detail: 'You do not have permission to perform this action.' },
      headers: { 'www-authenticate': /error="insufficient_scope".*scope="write"/ },
    }
    await assertRow(await send(`${items.url}/items/`, 'POST', { ...item, name: 'n' }, reader), refused)
    await assertRow(await send(`${items.url}/items/1/`, 'PATCH', { price: '2' }, reader), refused)
    await assertRow(await fetch(`${items.url}/items/1/`, { method: 'DELETE', headers: bearerHeader(reader) }), refused)
  })

  test('a token that no person stands behind makes nothing and changes nothing', async () => {
    const form = { grant_type: 'client_credentials', scope: 'read write' }
    const { access_token: machine } = await tokensOf(
      await postForm(`${server.url}/o/token/`, form, basic('web', 'web-secret')),
    )
    const forbidden = { status: 403, body: { detail: 'You do not have permission to perform this action.' } }
    await assertRow(await send(`${items.url}/items/`, 'POST', { ...item, name: 'n' }, machine), forbidden)
    await assertRow(await send(`${items.url}/items/1/`, 'PUT', item, machine), forbidden)
  })
})
