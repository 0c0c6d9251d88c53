// Seed 001, the relays of passwords: what a body lacks is said by name (§6 row 13), and what they hand on.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { passwordTokens, postForm, startTestServer, type TestServer } from '../support/server.ts'
import { type RunningItems, startItems } from './items.ts'
import { bearerHeader, sendJson } from './requests.ts'
import { assertRow } from './row.ts'

const required = ['This field is required.']
const blank = ['This field may not be blank.']

describe('seed 001, the relays', () => {
  let server: TestServer
  let items: RunningItems
  let token = ''
  before(async () => {
    server = await startTestServer()
    items = await startItems(server)
    ;({ access_token: token } = await passwordTokens(server.url))
  })
  after(async () => {
    await items.close()
    await server.close()
  })

  const rows: readonly (readonly [method: string, path: string, json: string, body: unknown])[] = [
    ['POST', '/users/signup/', '{}', { email: required, password: required, password2: required }],
    [
      'POST',
      '/users/signup/',
      '{"email":"","password":"","password2":""}',
      { email: blank, password: blank, password2: blank },
    ],
    ['POST', '/users/token/', '{"email":"a@b.c"}', { password: required }],
    [
      'POST',
      '/users/token/',
      '{"email":["a"],"password":null}',
      { email: ['Not a valid string.'], password: ['This field may not be null.'] },
    ],
    ['POST', '/users/token/refresh/', '{}', { refresh: required }],
    ['PUT', '/users/password/', '{}', { old_password: required, password: required, password2: required }],
    ['POST', '/users/token/', '[]', { non_field_errors: ['Invalid data. Expected a dictionary, but got list.'] }],
  ]
  for (const [method, path, json, body] of rows) {
    test(`${method} ${path} with ${json}: 400, ${JSON.stringify(body)}`, async () => {
      await assertRow(await sendJson(items.url + path, method, token, json), { status: 400, body })
    })
  }

  test('what the authorization server says of the fields arrives with its status', async () => {
    const admin = { email: 'admin@email.com', password: 'testpass123', password2: 'testpass123' }
    await assertRow(await postForm(`${items.url}/users/signup/`, admin), {
      status: 400,
      body: { email: ['This field must be unique.'] },
    })
    await assertRow(await postForm(`${items.url}/users/signup/`, { ...admin, email: 'n@email.com', password2: 'x' }), {
      status: 400,
      body: { password2: ['Password fields did not match'] },
    })
    await assertRow(await postForm(`${items.url}/users/token/`, { email: 'admin@email.com', password: 'wrong' }), {
      status: 400,
      body: { error: 'invalid_grant', error_description: 'Invalid credentials given.' },
    })
    await assertRow(await postForm(`${items.url}/users/token/refresh/`, { refresh: 'unknown' }), {
      status: 400,
      body: /^{"error":"invalid_grant"/,
    })
    const wrong = '{"old_password":"wrong","password":"another-pass-9","password2":"another-pass-9"}'
    await assertRow(await sendJson(`${items.url}/users/password/`, 'PUT', token, wrong), {
      status: 400,
      body: { old_password: ['Old password is incorrect'] },
    })
  })

  test('a token is needed to change a password, and it must be one that may write', async () => {
    const change = '{"old_password":"testpass123","password":"another-pass-9","password2":"another-pass-9"}'
    const options = { method: 'PUT', headers: { 'content-type': 'application/json' }, body: change }
    await assertRow(await fetch(`${items.url}/users/password/`, options), {
      status: 401,
      body: { detail: 'Authentication credentials were not provided.' },
      headers: { 'www-authenticate': /^Bearer / },
    })
    const { access_token: reader } = await passwordTokens(server.url, { scope: 'read' })
    const refused = await sendJson(`${items.url}/users/password/`, 'PUT', reader, change)
    assert.equal(refused.status, 403)
  })

  test('a bad token in the way does not keep anybody from signing up or in', async () => {
    const person = '{"email":"p@email.com","password":"testpass123","password2":"testpass123"}'
    assert.equal((await sendJson(`${items.url}/users/signup/`, 'POST', 'bad', person)).status, 201)
    assert.equal((await sendJson(`${items.url}/users/token/`, 'POST', 'bad', person)).status, 200)
  })

  test('GET tells a program the method, and shows a browser the form', async () => {
    for (const path of ['/users/signup/', '/users/token/', '/users/token/refresh/']) {
      await assertRow(await fetch(items.url + path), {
        status: 405,
        body: { detail: 'Method "GET" not allowed.' },
        headers: { allow: 'POST, OPTIONS' },
      })
      const page = await fetch(items.url + path, { headers: { accept: 'text/html' } })
      assert.equal(page.status, 200)
      assert.match(await page.text(), new RegExp(`<form method="post" action="${path}"`))
    }
    assert.equal((await fetch(`${items.url}/users/password/`)).status, 405)
    assert.equal((await fetch(`${items.url}/users/password/`, { headers: { accept: 'text/html' } })).status, 200)
  })

  test('they are marked as legacy, and lead to code and PKCE (RFC 9700 §2.4)', async () => {
    const json = await postForm(`${items.url}/users/token/`, {})
    assert.equal(json.headers.get('link'), '</#tokens>; rel="deprecation"; type="text/html"')
    const page = await fetch(`${items.url}/users/token/`, { headers: { accept: 'text/html' } })
    assert.match(await page.text(), />Legacy<.*<a href="\/#tokens">code and PKCE<\/a>/s)
    const home = await (await fetch(`${items.url}/`)).text()
    assert.match(home, /id="tokens".*code_challenge=.*&#62;?|code_challenge_method=S256/s)
  })

  test('a sign-up that should answer 200, as it did, can', async () => {
    const old = await startItems(server, { SIGNUP_STATUS: '200' })
    const person = { email: 'old@email.com', password: 'testpass123', password2: 'testpass123' }
    await assertRow(await postForm(`${old.url}/users/signup/`, person), {
      status: 200,
      body: { email: 'old@email.com' },
    })
    await old.close()
  })

  test('a token for this API that its own client was given works like any other', async () => {
    const response = await postForm(`${items.url}/users/token/`, { email: 'admin@email.com', password: 'testpass123' })
    const { access_token: own } = Object(await response.json())
    assert.equal((await fetch(`${items.url}/items/`, { headers: bearerHeader(String(own)) })).status, 200)
  })
})
