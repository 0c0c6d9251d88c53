// One suite for every adapter, at both ends of each peer range: the same requests get the same answers.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { protect, type LocalUser } from '@latchkey/resource-server'
import { assertEveryRouteHasARule, createTestIssuer, type TestIssuer } from '@latchkey/resource-server/testing'
import { frameworks, type ItemApi, type RouteOfTest, type Running } from './frameworks.ts'

const staff: LocalUser = {
  id: 1,
  issuer: 'https://id.test',
  subject: 'staff',
  username: 'staff',
  email: undefined,
  isActive: true,
  createdAt: 0,
}

function apiOf(idp: TestIssuer): ItemApi {
  return protect({
    ...idp.options,
    audience: idp.audience,
    scopes: ['items:read', 'items:write'],
    login: '/accounts/login/',
    session: ({ header }) => (header('cookie') === 'sid=1' ? { user: staff } : undefined),
  })
}

function routesOf(api: ItemApi): readonly RouteOfTest[] {
  return [
    { method: 'GET', path: '/open', rule: api.public() },
    { method: 'GET', path: '/items', rule: api.readWrite('items') },
    { method: 'POST', path: '/items', rule: api.readWrite('items') },
    {
      method: 'GET',
      path: '/own/:id',
      rule: api.allow(api.authenticated(), (auth, { params }) => params['id'] === auth.subject),
    },
    { method: 'GET', path: '/secret', rule: api.page() },
    { method: 'POST', path: '/secret', rule: api.page() },
  ]
}

for (const { name, version, start } of frameworks) {
  describe(`${name} ${version}`, () => {
    let idp: TestIssuer
    let app: Running
    before(async () => {
      idp = await createTestIssuer()
      const api = apiOf(idp)
      app = await start(api, routesOf(api))
    })
    after(() => app.close())
    const send = (method: string, path: string, token?: string, headers: Readonly<Record<string, string>> = {}) =>
      app.request(method, path, { ...(token === undefined ? {} : { authorization: `Bearer ${token}` }), ...headers })

    test('a good token passes, and the handler knows who calls', async () => {
      const token = await idp.token({ scopes: ['items:read'] })
      const response = await send('GET', '/items', token)
      assert.equal(response.status, 200)
      assert.deepEqual(await response.json(), { hello: 'alice' })
      assert.match(String(response.headers.get('vary')), /Authorization/)
      assert.match(String(response.headers.get('vary')), /Accept/, 'what the app itself varies by stays')
      assert.equal((await send('GET', '/items', idp.opaque({ scopes: ['items:read'] }))).status, 200)
    })

    test('without a token: 401, and a challenge that says how to come again (RFC 6750 §3.1)', async () => {
      const response = await send('GET', '/items')
      assert.equal(response.status, 401)
      assert.equal(
        response.headers.get('www-authenticate'),
        'Bearer scope="items:read", resource_metadata="https://api.test/.well-known/oauth-protected-resource"',
      )
      assert.match(String(response.headers.get('content-type')), /^application\/problem\+json/)
      assert.equal(response.headers.get('vary')?.includes('Authorization'), true)
    })

    test('a bad token: 401 invalid_token with its reason', async () => {
      const tokens = [await idp.expired(), await idp.wrongAudience(), await idp.unknownKey(), await idp.idToken(), 'x']
      for (const token of tokens) {
        const response = await send('GET', '/items', token)
        assert.equal(response.status, 401)
        assert.match(String(response.headers.get('www-authenticate')), /^Bearer error="invalid_token", error_descr/)
      }
    })

    test('a read token cannot write: 403 insufficient_scope', async () => {
      const token = await idp.token({ scopes: ['items:read'] })
      const response = await send('POST', '/items', token)
      assert.equal(response.status, 403)
      assert.match(
        String(response.headers.get('www-authenticate')),
        /^Bearer error="insufficient_scope", .*scope="items:write"/,
      )
      assert.equal((await send('POST', '/items', await idp.token({ scopes: ['items:write'] }))).status, 200)
    })

    test('a permission on an object sees the parts of the path', async () => {
      const token = await idp.token()
      assert.equal((await send('GET', '/own/alice', token)).status, 200)
      const refused = await send('GET', '/own/bob', token)
      assert.equal(refused.status, 403)
      assert.equal(refused.headers.get('www-authenticate'), null)
    })

    test('a page: browsers go to the login page, requests with Authorization get 401 and a challenge', async () => {
      const browser = await send('GET', '/secret?tab=1')
      assert.equal(browser.status, 302)
      assert.equal(browser.headers.get('location'), '/accounts/login/?next=/secret%3Ftab%3D1')
      for (const headers of [{ authorization: 'Bearer 123456' }, { authorization: 'Basic YTpi', cookie: 'sid=1' }]) {
        const program = await app.request('GET', '/secret', headers)
        assert.equal(program.status, 401)
        assert.match(String(program.headers.get('www-authenticate')), /^Bearer/)
      }
      assert.equal((await send('GET', '/secret', undefined, { cookie: 'sid=1' })).status, 200)
      assert.deepEqual(await (await send('GET', '/secret', await idp.token(), { cookie: 'sid=1' })).json(), {
        hello: 'alice',
      })
    })

    test('what a session changes must come from our own pages', async () => {
      const cookie = { cookie: 'sid=1' }
      const foreign = await send('POST', '/secret', undefined, { ...cookie, origin: 'https://evil.test' })
      assert.equal(foreign.status, 403)
      assert.equal((await send('POST', '/secret', undefined, cookie)).status, 200)
    })

    test('nobody needs a token for a public route and for the metadata (RFC 9728 §3)', async () => {
      assert.equal((await send('GET', '/open', 'rubbish')).status, 200)
      const response = await send('GET', '/.well-known/oauth-protected-resource')
      assert.deepEqual(await response.json(), {
        resource: 'https://api.test',
        authorization_servers: ['https://id.test'],
        scopes_supported: ['items:read', 'items:write'],
        bearer_methods_supported: ['header'],
      })
    })

    test('an issuer that is down is 503, never 401', async () => {
      idp.down()
      const response = await send('GET', '/items', idp.opaque({ scopes: ['items:read'] }))
      idp.up()
      assert.equal(response.status, 503)
      assert.ok(Number(response.headers.get('retry-after')) >= 1)
      assert.equal(response.headers.get('www-authenticate'), null)
    })

    test('the inventory names every route, and a route without a rule fails the test', async () => {
      assertEveryRouteHasARule(app.inventory())
      assert.equal(app.inventory().length, 7)
      const api = apiOf(idp)
      const forgetful = await start(api, [...routesOf(api), { method: 'POST', path: '/forgotten', rule: undefined }])
      try {
        assert.throws(
          () => assertEveryRouteHasARule(forgetful.inventory()),
          /Routes without a rule: POST \/forgotten\./,
        )
        if (name === 'Fastify') assert.equal((await forgetful.request('POST', '/forgotten')).status, 403)
      } finally {
        await forgetful.close()
      }
    })
  })
}
