// /o/revoke_token/ and /o/introspect/, row by row.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { setUserActive } from '../../packages/authorization-server/src/records/users/index.ts'
import { basic, passwordTokens, postForm, startTestServer, type TestServer } from '../support/server.ts'
import { bearerHeader, membersOf, register, tokensOf } from './requests.ts'
import { assertRow, refusal } from './row.ts'

const client = basic('clientId', 'clientSecret')
const inactive = { status: 200, body: /^{"active":false}$/, headers: { 'cache-control': 'no-store' } }
const basicChallenge = { 'www-authenticate': /^Basic realm="/ }

let server: TestServer
let url = ''
before(async () => {
  server = await startTestServer()
  url = server.url
})
after(() => server.close())

describe('/o/introspect/', () => {
  let access = ''
  let refresh = ''
  const ask = (token: string, headers: Readonly<Record<string, string>> = client) =>
    postForm(`${url}/o/introspect/`, { token }, headers)
  before(async () => {
    ;({ access_token: access, refresh_token: refresh } = await passwordTokens(url))
  })

  test('active: the documented members first, then what RFC 7662 adds', async () => {
    const response = await ask(access)
    assert.equal(response.headers.get('content-type'), 'application/json')
    assert.equal(response.headers.get('cache-control'), 'no-store')
    const { active, scope, exp, client_id, username, ...more } = JSON.parse(await response.text())
    const now = Math.floor(server.clock.now() / 1_000)
    assert.deepEqual(
      { active, scope, exp, client_id, username },
      { active: true, scope: 'read write', exp: now + 3_600, client_id: 'clientId', username: 'admin@email.com' },
    )
    assert.deepEqual(Object.keys(more), ['token_type', 'iat', 'sub', 'iss', 'jti'], 'no aud: it is not resource-bound')
  })

  test('the caller may be any client that may introspect, also of other clients’ tokens', async () => {
    const answer = await membersOf(await ask(access, basic('rs-id', 'rs-secret')))
    assert.equal(answer['active'], true)
  })

  test('a client without that permission learns of its own tokens only', async () => {
    await assertRow(await ask(access, basic('site', 'site-secret')), inactive)
    const own = await tokensOf(
      await postForm(
        `${url}/o/token/`,
        { grant_type: 'client_credentials', scope: 'read' },
        basic('web', 'web-secret'),
      ),
    )
    assert.equal((await membersOf(await ask(own.access_token, basic('web', 'web-secret'))))['active'], true)
  })

  test('username is absent for client_credentials', async () => {
    const form = { grant_type: 'client_credentials', scope: 'read' }
    const { access_token: token } = await tokensOf(await postForm(`${url}/o/token/`, form, basic('web', 'web-secret')))
    const answer = await membersOf(await ask(token))
    assert.equal(answer['active'], true)
    assert.equal('username' in answer, false)
    assert.equal('sub' in answer, false)
  })

  test('body credentials', async () => {
    const form = { token: access, client_id: 'clientId', client_secret: 'clientSecret' }
    assert.equal((await membersOf(await postForm(`${url}/o/introspect/`, form)))['active'], true)
  })

  test('GET ?token=', async () => {
    const response = await fetch(`${url}/o/introspect/?token=${access}`, { headers: client })
    assert.equal((await membersOf(response))['active'], true)
  })

  test('a secret in the query of a GET is refused', async () => {
    const query = `token=${access}&client_id=clientId&client_secret=clientSecret`
    await assertRow(await fetch(`${url}/o/introspect/?${query}`), refusal(400, 'invalid_request'))
  })

  test('a Bearer token with scope `introspection`', async () => {
    const rights = { grantTypes: ['client_credentials'], scopes: ['introspection'], introspection: 'any' } as const
    await register(server, 'bearer-api', rights, 'bearer-secret')
    const form = { grant_type: 'client_credentials', scope: 'introspection' }
    const issued = await tokensOf(await postForm(`${url}/o/token/`, form, basic('bearer-api', 'bearer-secret')))
    assert.equal((await membersOf(await ask(access, bearerHeader(issued.access_token))))['active'], true)
  })

  test('a Bearer token without that scope: 401 in the scheme that was used (django-oauth-toolkit: 403)', async () => {
    const response = await ask(access, bearerHeader(access))
    const expected = refusal(401, 'invalid_client')
    await assertRow(response, { ...expected, headers: { ...expected.headers, 'www-authenticate': /^Bearer / } })
  })

  test('a Bearer token that is none: 401 invalid_token (RFC 7662 §2.3, RFC 6750 §3.1)', async () => {
    const response = await ask(access, bearerHeader('wrong'))
    const expected = refusal(401, 'invalid_token')
    await assertRow(response, { ...expected, headers: { ...expected.headers, 'www-authenticate': /^Bearer / } })
  })

  const strangers: readonly (readonly [title: string, headers: Readonly<Record<string, string>>])[] = [
    ['nobody', {}],
    ['unknown client', basic('nobody', 'secret')],
    ['wrong secret', basic('clientId', 'wrong')],
    ['another scheme', { authorization: 'Digest username="clientId"' }],
  ]
  for (const [title, headers] of strangers) {
    test(`caller ${title}: 401 invalid_client with a challenge (django-oauth-toolkit: 403)`, async () => {
      const expected = refusal(401, 'invalid_client')
      await assertRow(await ask(access, headers), { ...expected, headers: { ...expected.headers, ...basicChallenge } })
    })
  }

  test('a public client proves nothing: 401 (django-oauth-toolkit: confidential clients only)', async () => {
    const response = await postForm(`${url}/o/introspect/`, { token: access, client_id: 'spa' })
    await assertRow(response, refusal(401, 'invalid_client'))
  })

  test('missing token', async () => {
    const expected = refusal(400, 'invalid_request', 'Token parameter is missing.')
    await assertRow(await postForm(`${url}/o/introspect/`, {}, client), expected)
    await assertRow(await fetch(`${url}/o/introspect/`, { headers: client }), expected)
  })

  test('refresh token: inactive', async () => assertRow(await ask(refresh), inactive))
  test('unknown token: inactive', async () => assertRow(await ask('QSonardmmRy4dZRdQlFHkmGmXIdNWf'), inactive))
  test('a token with one more character: inactive', async () => {
    await assertRow(await ask(`${access}A`), inactive)
  })
  test('a revoked token: inactive', async () => {
    const { access_token: token } = await passwordTokens(url)
    await postForm(`${url}/o/revoke_token/`, { token }, client)
    await assertRow(await ask(token), inactive)
  })
  test('a deactivated user’s token: inactive', async () => {
    await server.context.database.commit([setUserActive(1, false, server.clock.now())])
    await assertRow(await ask(access), inactive)
    await server.context.database.commit([setUserActive(1, true, server.clock.now())])
    await assertRow(await ask(access), inactive)
  })

  for (const method of ['PUT', 'DELETE']) {
    test(`${method}: 405`, async () => {
      await assertRow(await fetch(`${url}/o/introspect/`, { method }), refusal(405, 'invalid_request'))
    })
  }
})

describe('/o/revoke_token/', () => {
  const revoke = (form: Readonly<Record<string, string>>, headers: Readonly<Record<string, string>> = client) =>
    postForm(`${url}/o/revoke_token/`, form, headers)
  const done = { status: 200, body: '' }
  const profileStatus = async (token: string) =>
    (await fetch(`${url}/user/profile/`, { headers: bearerHeader(token) })).status
  const refreshStatus = async (token: string) =>
    (await postForm(`${url}/o/token/`, { grant_type: 'refresh_token', refresh_token: token }, client)).status

  for (const half of ['access_token', 'refresh_token'] as const) {
    test(`success with the ${half}: 200, empty, and both halves are dead`, async () => {
      const pair = await passwordTokens(url)
      await assertRow(await revoke({ token: pair[half] }), done)
      assert.equal(await profileStatus(pair.access_token), 401)
      assert.equal(await refreshStatus(pair.refresh_token), 400)
    })
  }

  test('a second time: 200', async () => {
    const { access_token: token } = await passwordTokens(url)
    await revoke({ token })
    await assertRow(await revoke({ token }), done)
  })

  test('unknown token: 200', async () => assertRow(await revoke({ token: 'unknown' }), done))

  test('another client’s token: 200, left untouched', async () => {
    const pair = await passwordTokens(url)
    await assertRow(await revoke({ token: pair.refresh_token }, basic('rs-id', 'rs-secret')), done)
    assert.equal(await profileStatus(pair.access_token), 200)
  })

  for (const hint of ['access_token', 'refresh_token', 'nonsense']) {
    test(`token_type_hint ${hint}: a refresh token is found whatever the hint says`, async () => {
      const pair = await passwordTokens(url)
      await assertRow(await revoke({ token: pair.refresh_token, token_type_hint: hint }), done)
      assert.equal(await refreshStatus(pair.refresh_token), 400)
    })
  }

  test('missing token', async () => {
    await assertRow(await revoke({}), refusal(400, 'invalid_request', 'Missing token parameter.'))
  })

  test('bad client: 401 invalid_client', async () => {
    const expected = refusal(401, 'invalid_client')
    const response = await revoke({ token: 'any' }, basic('clientId', 'wrong'))
    await assertRow(response, { ...expected, headers: { ...expected.headers, ...basicChallenge } })
  })

  test('a public client may revoke with its client_id', async () => {
    await assertRow(await revoke({ token: 'any', client_id: 'spa' }, {}), done)
  })

  test('a client_credentials token dies by itself', async () => {
    const headers = basic('web', 'web-secret')
    const form = { grant_type: 'client_credentials', scope: 'read' }
    const first = await tokensOf(await postForm(`${url}/o/token/`, form, headers))
    const second = await tokensOf(await postForm(`${url}/o/token/`, form, headers))
    await assertRow(await revoke({ token: first.access_token }, headers), done)
    assert.equal(await profileStatus(first.access_token), 401)
    assert.equal(await profileStatus(second.access_token), 403, 'known, but nobody stands behind it')
  })

  test('GET: 405', async () => {
    const expected = refusal(405, 'invalid_request')
    const headers = { ...expected.headers, allow: 'POST, OPTIONS' }
    await assertRow(await fetch(`${url}/o/revoke_token/?token=a`), { ...expected, headers })
  })
})
