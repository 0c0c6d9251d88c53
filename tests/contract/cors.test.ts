// Which pages of other origins may read what. RFC 9700 §2.6; Fetch §3.2.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { basic, postForm, startTestServer, type TestServer } from '../support/server.ts'
import { bearerHeader, register } from './requests.ts'

const ours = 'http://localhost:9999'
const another = 'https://another.example'
const stranger = 'https://evil.example'
const shared = [
  '/o/token/',
  '/o/revoke_token/',
  '/o/userinfo/',
  '/profile/',
  '/user/profile/',
  '/users/password/',
  '/users/signup/',
]
const personal = ['/o/authorize/', '/accounts/login/', '/accounts/logout/', '/']

describe('cross-origin requests', () => {
  let server: TestServer
  let url = ''
  before(async () => {
    server = await startTestServer()
    url = server.url
    await register(server, 'another', { allowedOrigins: [another], grantTypes: ['client_credentials'] }, 'secret')
  })
  after(() => server.close())

  const allowed = (response: Response) => response.headers.get('access-control-allow-origin')
  const varies = (response: Response) => /\bOrigin\b/.test(response.headers.get('vary') ?? '')
  const preflight = (path: string, origin: string) =>
    fetch(url + path, {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization' },
    })

  for (const path of shared) {
    for (const origin of [ours, another]) {
      test(`preflight of ${path} from ${origin}: it knows no client, so every registered origin may ask`, async () => {
        const response = await preflight(path, origin)
        assert.equal(response.status, 200)
        assert.equal(await response.text(), '')
        assert.equal(allowed(response), origin)
        assert.equal(varies(response), true)
        assert.match(response.headers.get('access-control-allow-headers') ?? '', /authorization/)
        assert.match(response.headers.get('access-control-allow-methods') ?? '', /OPTIONS/)
        assert.equal(response.headers.get('access-control-allow-credentials'), null)
      })
    }

    test(`preflight of ${path} from a stranger: nothing is allowed`, async () => {
      for (const origin of [stranger, 'null', `${ours}.evil.example`]) {
        const response = await preflight(path, origin)
        assert.equal(allowed(response), null)
        assert.equal(varies(response), true)
      }
    })

    test(`a refusal of ${path} can be read by registered origins, and by no stranger`, async () => {
      const method = path === '/profile/' || path === '/user/profile/' ? 'GET' : 'POST'
      const send = (origin: string) =>
        fetch(url + path, { method: path === '/users/password/' ? 'PUT' : method, headers: { origin } })
      const known = await send(ours)
      assert.ok(known.status >= 400)
      assert.equal(allowed(known), ours)
      assert.equal(varies(known), true)
      assert.match(known.headers.get('access-control-expose-headers') ?? '', /Latchkey-Incident/)
      const unknown = await send(stranger)
      assert.equal(allowed(unknown), null)
      assert.equal(varies(unknown), true)
    })
  }

  test('a token is shown to the client’s own origin only', async () => {
    const form = { grant_type: 'client_credentials', scope: 'read' }
    const ask = (origin: string) => postForm(`${url}/o/token/`, form, { ...basic('web', 'web-secret'), origin })
    const own = await ask(ours)
    assert.equal(own.status, 200)
    assert.equal(allowed(own), ours)
    assert.equal(varies(own), true)
    for (const origin of [another, stranger]) {
      const other = await ask(origin)
      assert.equal(other.status, 200)
      assert.equal(allowed(other), null, 'an origin of another client cannot read it')
      assert.equal(varies(other), true)
    }
  })

  test('a revocation is shown to the client’s own origin only', async () => {
    const revoke = (origin: string) =>
      postForm(`${url}/o/revoke_token/`, { token: 'any', client_id: 'spa' }, { origin })
    assert.equal(allowed(await revoke(ours)), ours)
    assert.equal(allowed(await revoke(another)), null)
  })

  test('without an Origin header nothing is allowed, but a cache is told what the answer depends on', async () => {
    const response = await fetch(`${url}/user/profile/`, { headers: bearerHeader('none') })
    assert.equal(allowed(response), null)
    assert.equal(varies(response), true)
  })

  for (const path of personal) {
    test(`${path} is a page: no other origin may read it`, async () => {
      for (const method of ['GET', 'POST', 'OPTIONS']) {
        const headers = { origin: ours, 'access-control-request-method': 'GET' }
        const response = await fetch(url + path, { method, headers, redirect: 'manual' })
        assert.equal(allowed(response), null, method)
      }
    })
  }

  for (const path of [
    '/o/.well-known/openid-configuration',
    '/.well-known/oauth-authorization-server/o',
    '/o/.well-known/jwks.json',
  ]) {
    test(`${path} may be read by everybody`, async () => {
      const response = await fetch(url + path, { headers: { origin: stranger } })
      assert.equal(allowed(response), '*')
      assert.equal(response.headers.get('access-control-allow-credentials'), null)
    })
  }

  test('/o/introspect/ is for servers: no origin may read it', async () => {
    const response = await postForm(
      `${url}/o/introspect/`,
      { token: 'any' },
      { ...basic('web', 'web-secret'), origin: ours },
    )
    assert.equal(response.status, 200)
    assert.equal(allowed(response), null)
  })
})
