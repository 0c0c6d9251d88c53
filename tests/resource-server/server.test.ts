// The toolkit against the real authorization server, over HTTP: revocation, an outage, deactivation, scopes.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { after, before, test } from 'node:test'
import { protect, type ProtectOptions } from '@latchkey/resource-server'
import { memoryUsers } from '@latchkey/resource-server/stores/memory'
import { basic, passwordTokens, postForm, startTestServer, type TestServer } from '../support/server.ts'
import { bearing, challengeOf, statusOf } from './ground.ts'

const introspection = { clientId: 'rs-id', clientSecret: 'rs-secret' }
let server: TestServer
before(async () => {
  server = await startTestServer()
})
after(() => server.close())

function apiOver(on: TestServer, options: Partial<ProtectOptions<'read' | 'write'>> = {}) {
  const { issuer, clock } = on
  return protect({
    issuer,
    audience: 'http://localhost:8001/',
    scopes: ['read', 'write'],
    introspection,
    // The tokens of the demo are bound to no API.
    withoutAudience: 'accept',
    clock,
    ...options,
  })
}

test('a token revoked at the server is refused within the bound', async () => {
  const api = apiOver(server)
  const { access_token: token } = await passwordTokens(server.url)
  const decision = await api.check(bearing(token), 'read')
  assert.equal(statusOf(decision), 200)
  assert.equal(decision.allowed && decision.auth?.username, 'admin@email.com')
  await postForm(`${server.url}/o/revoke_token/`, { token }, basic('clientId', 'clientSecret'))
  server.clock.advance(5_000)
  const refused = await api.check(bearing(token), 'read')
  assert.equal(statusOf(refused), 401)
  assert.match(challengeOf(refused), /error="invalid_token"/)
})

test('1,000 parallel requests with one new token reach the server once', async () => {
  let asked = 0
  const api = apiOver(server, {
    fetch(url, init) {
      if (url.includes('introspect')) asked += 1
      return fetch(url, init)
    },
  })
  const { access_token: token } = await passwordTokens(server.url)
  const all = await Promise.all(Array.from({ length: 1_000 }, async () => api.check(bearing(token), 'read')))
  assert.deepEqual(new Set(all.map(statusOf)), new Set([200]))
  assert.equal(asked, 1)
})

test('a read token reads and cannot write', async () => {
  const api = apiOver(server)
  const { access_token: token } = await passwordTokens(server.url, { scope: 'read' })
  assert.equal(statusOf(await api.check(bearing(token, 'GET'), api.readWrite())), 200)
  const refused = await api.check(bearing(token, 'POST'), api.readWrite())
  assert.equal(statusOf(refused), 403)
  assert.match(challengeOf(refused), /error="insufficient_scope".*scope="write"/)
})

test('the user is known here from the first token on, and may be shut out here', async () => {
  const users = memoryUsers()
  const api = apiOver(server, { users })
  const { access_token: token } = await passwordTokens(server.url)
  assert.equal(statusOf(await api.check(bearing(token), 'read')), 200)
  const [user] = await users.list()
  assert.equal(user?.issuer, server.issuer)
  assert.equal(user?.username, 'admin@email.com')
  await users.setActive(user?.id ?? 0, false)
  assert.equal(statusOf(await api.check(bearing(token), 'read')), 401)
})

test('the API may ask with a bearer token of its own, and wrong credentials are an outage, not a bad token', async () => {
  const { access_token: token } = await passwordTokens(server.url)
  const wrong = apiOver(server, { introspection: { clientId: 'rs-id', clientSecret: 'guessed' } })
  assert.equal(statusOf(await wrong.check(bearing(token), 'read')), 503)
  let asked = 0
  const own = apiOver(server, {
    introspection: { token: async () => 'not-a-token' },
    fetch(url, init) {
      const { authorization } = Object(init?.headers)
      if (authorization === 'Bearer not-a-token') asked += 1
      return fetch(url, init)
    },
  })
  assert.equal(statusOf(await own.check(bearing(token), 'read')), 503)
  assert.equal(asked, 1)
})

test('an ID token opens no API', async () => {
  const api = apiOver(server)
  const idToken = [
    { alg: 'ES256', typ: 'JWT' },
    { iss: server.issuer, aud: 'web', nonce: 'n', exp: 9_999_999_999 },
  ]
  const [header, payload] = idToken.map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
  assert.equal(statusOf(await api.check(bearing(`${header}.${payload}.AAAA`), 'read')), 401)
})

test('server stopped: 503 for what is new, and what is remembered is answered within the bound', async () => {
  const short = await startTestServer()
  const { access_token: known } = await passwordTokens(short.url)
  const { access_token: unseen } = await passwordTokens(short.url)
  const api = apiOver(short)
  assert.equal(statusOf(await api.check(bearing(known), 'read')), 200)
  await short.close()
  const refused = await api.check(bearing(unseen), 'read')
  assert.equal(statusOf(refused), 503)
  assert.equal(challengeOf(refused), '')
  assert.equal(statusOf(await api.check(bearing(known), 'read')), 200)
  short.clock.advance(5_000)
  assert.equal(statusOf(await api.check(bearing(known), 'read')), 503)
})

test('a server that takes the connection and says nothing is given up after two seconds', async () => {
  const silent = createServer(() => undefined).listen(0, '127.0.0.1')
  await once(silent, 'listening')
  const address = silent.address()
  const issuer = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
  const api = protect({ issuer, audience: 'https://api.test', scopes: ['read'], introspection })
  const begun = performance.now()
  assert.equal(statusOf(await api.check(bearing('token'), 'read')), 503)
  const took = performance.now() - begun
  assert.ok(took > 1_900 && took < 3_500, `${took} ms`)
  silent.closeAllConnections()
  silent.close()
})
