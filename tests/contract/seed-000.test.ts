// Seed 000, "Django REST Oauth2 SSO authentication server", section 4: every request as it is printed.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { basic, passwordTokens, postForm, startTestServer, type TestServer } from '../support/server.ts'
import { bearerHeader, fromOtherHost, membersOf, sendJson } from './requests.ts'

const passwordGrant = {
  grant_type: 'password',
  username: 'admin@email.com',
  password: 'testpass123',
  client_id: 'clientId',
  client_secret: 'clientSecret',
}
const clientForm = { client_id: 'clientId', client_secret: 'clientSecret' }

function assertTokenHeaders({ headers }: Response): void {
  assert.equal(headers.get('content-type'), 'application/json')
  assert.equal(headers.get('cache-control'), 'no-store')
  assert.equal(headers.get('pragma'), 'no-cache')
}

/** What is printed, with tokens of our own in their places. */
function assertTokenBody(text: string): { access_token: string; refresh_token: string } {
  const body = JSON.parse(text)
  const { access_token, refresh_token } = body
  const printed = { access_token, expires_in: 3600, token_type: 'Bearer', scope: 'read write', refresh_token }
  assert.equal(text, JSON.stringify(printed), 'the printed members in the printed order')
  for (const token of [access_token, refresh_token]) assert.match(token, /^[\w-]{30,255}$/)
  return body
}

describe('seed 000, from the password to the profile', () => {
  let server: TestServer
  let url = ''
  before(async () => {
    server = await startTestServer()
    url = server.url
  })
  after(() => server.close())

  test('the documented requests, one after another', async (t) => {
    let access = ''
    let refresh = ''

    await t.test('POST /o/token/ with grant_type password answers the printed object', async () => {
      const response = await postForm(`${url}/o/token/`, passwordGrant)
      assert.equal(response.status, 200)
      assertTokenHeaders(response)
      ;({ access_token: access, refresh_token: refresh } = assertTokenBody(await response.text()))
    })

    await t.test('POST /o/token/ with grant_type refresh_token answers the same object with new tokens', async () => {
      const first = access
      const form = { grant_type: 'refresh_token', refresh_token: refresh, ...clientForm }
      const response = await postForm(`${url}/o/token/`, form)
      assert.equal(response.status, 200)
      assertTokenHeaders(response)
      const renewed = assertTokenBody(await response.text())
      assert.notEqual(renewed.access_token, first)
      assert.notEqual(renewed.refresh_token, refresh)
      access = renewed.access_token

      const old = await fetch(`${url}/user/profile/`, { headers: bearerHeader(first) })
      assert.equal(old.status, 401, 'the first access token ends with the refresh')
    })

    await t.test('GET /user/profile/ answers the printed object', async () => {
      const response = await fetch(`${url}/user/profile/`, { headers: bearerHeader(access) })
      assert.equal(response.status, 200)
      assert.equal(response.headers.get('content-type'), 'application/json')
      assert.equal(response.headers.get('cache-control'), 'no-store')
      assert.equal(response.headers.get('allow'), 'GET, PUT, PATCH, HEAD, OPTIONS')
      assert.match(response.headers.get('vary') ?? '', /\bAccept\b/)
      assert.equal(
        await response.text(),
        '{"id":1,"email":"admin@email.com","first_name":"","last_name":"","groups":["group1"]}',
      )
    })

    await t.test('PUT /user/profile/ changes the names and answers the printed object', async () => {
      const literal = '{"email": "admin@email.com", "first_name": "admin", "last_name": "admin"}'
      const response = await sendJson(`${url}/user/profile/`, 'PUT', access, literal)
      assert.equal(response.status, 200)
      assert.equal(response.headers.get('content-type'), 'application/json')
      const printed = '{"id":1,"email":"admin@email.com","first_name":"admin","last_name":"admin","groups":["group1"]}'
      assert.equal(await response.text(), printed)
      const again = await fetch(`${url}/user/profile/`, { headers: bearerHeader(access) })
      assert.equal(await again.text(), printed, 'it was stored')
    })
  })

  test('the client may come by HTTP Basic instead', async () => {
    const { client_id: _id, client_secret: _secret, ...form } = passwordGrant
    const response = await postForm(`${url}/o/token/`, form, basic('clientId', 'clientSecret'))
    assert.equal(response.status, 200)
    assertTokenBody(await response.text())
  })

  test('the paths are served without their trailing slash as well, never by redirect', async () => {
    const token = await postForm(`${url}/o/token`, passwordGrant)
    assert.equal(token.status, 200)
    const { access_token: access } = assertTokenBody(await token.text())
    for (const path of ['/user/profile', '/user/profile/', '/users/profile', '/users/profile/']) {
      const response = await fetch(url + path, { headers: bearerHeader(access), redirect: 'manual' })
      assert.equal(response.status, 200, path)
    }
    for (const path of ['/user/password', '/user/password/', '/users/password', '/users/password/']) {
      const response = await sendJson(url + path, 'PUT', access, '{}')
      assert.equal(response.status, 400, path)
    }
    for (const path of ['/user/signup', '/user/signup/', '/users/signup', '/users/signup/']) {
      const response = await sendJson(url + path, 'POST', access, '{}')
      assert.equal(response.status, 400, path)
    }
  })

  test('token, introspection and profile answer under any Host header', async () => {
    const host = 'my-oauth2-server.dev:8000'
    const token = await fromOtherHost(`${url}/o/token/`, host, {}, passwordGrant)
    assert.equal(token.status, 200)
    const { access_token: access } = assertTokenBody(token.text)
    const form = { token: access, ...clientForm }
    const introspection = await fromOtherHost(`${url}/o/introspect/`, host, {}, form)
    assert.equal(introspection.status, 200)
    assert.equal(JSON.parse(introspection.text).active, true)
    const profile = await fromOtherHost(`${url}/user/profile/`, host, bearerHeader(access))
    assert.equal(profile.status, 200)
    assert.equal(JSON.parse(profile.text).email, 'admin@email.com')
  })

  test('POST /users/signup/ makes an account that can get tokens', async () => {
    const literal = '{"email": "new@email.com", "password": "testpass123", "password2": "testpass123"}'
    const response = await sendJson(`${url}/users/signup/`, 'POST', 'not-a-token', literal)
    assert.equal(response.status, 201, 'an Authorization header that means nothing does not block it')
    assert.equal(await response.text(), '{"email":"new@email.com"}')
    const tokens = await passwordTokens(url, { username: 'new@email.com' })
    const profile = await fetch(`${url}/user/profile/`, { headers: bearerHeader(tokens.access_token) })
    assert.equal((await membersOf(profile))['email'], 'new@email.com')
  })
})

// The documented passwords are in Django's list of common ones, so the tutorial's policy is switched on by name.
describe('seed 000, the change of the password', () => {
  let server: TestServer
  let access = ''
  let url = ''
  const change = (json: string) => sendJson(`${url}/user/password/`, 'PUT', access, json)

  before(async () => {
    server = await startTestServer({ settings: { identity: { passwordPolicy: 'tutorial' } } })
    url = server.url
    const account = '{"email": "reader@email.com", "password": "oldpassword", "password2": "oldpassword"}'
    const response = await sendJson(`${url}/users/signup/`, 'POST', 'none', account)
    assert.equal(response.status, 201)
    ;({ access_token: access } = await passwordTokens(url, { username: 'reader@email.com', password: 'oldpassword' }))
  })
  after(() => server.close())

  test('the literal body repeats another value as password2: 400 that names it', async () => {
    const response = await change(
      '{"old_password": "oldpassword", "newpassword": "oldpassword", "password2": "newpassword"}',
    )
    assert.equal(response.status, 400)
    assert.deepEqual(await response.json(), { password2: ['Password fields did not match'] })
  })

  test('with the serializer’s own keys it answers the printed empty object, and the new password works', async () => {
    const response = await change(
      '{"old_password": "oldpassword", "password": "newpassword", "password2": "newpassword"}',
    )
    assert.equal(response.status, 200)
    assert.equal(response.headers.get('content-type'), 'application/json')
    assert.equal(await response.text(), '{}')
    await passwordTokens(url, { username: 'reader@email.com', password: 'newpassword' })
  })

  test('newpassword and new_password are other spellings of password', async () => {
    const spelled = ['newpassword', 'new_password']
    const passwords = ['newpassword', 'third-password', 'fourth-password']
    for (const [index, key] of spelled.entries()) {
      const [old, next] = [passwords[index], passwords[index + 1]]
      const response = await change(JSON.stringify({ old_password: old, [key]: next, password2: next }))
      assert.equal(response.status, 200, key)
      assert.equal(await response.text(), '{}')
    }
  })
})
