// the metadata document, the key set and /o/userinfo/.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { calculateJwkThumbprint } from 'jose'
import { postForm, passwordTokens, basic, startTestServer, type TestServer } from '../support/server.ts'
import { Browser, destinationOf } from './browser.ts'
import { bearerHeader, fromOtherHost, tokensOf } from './requests.ts'
import { assertRow, refusal } from './row.ts'

const webCallback = 'http://localhost:9999/callback'
const verifier = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk'
const challenge = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM'

let server: TestServer
let url = ''
before(async () => {
  server = await startTestServer()
  url = server.url
})
after(() => server.close())

describe('discovery', () => {
  const paths = ['openid-configuration', 'oauth-authorization-server'].flatMap((name) => [
    `/o/.well-known/${name}`,
    `/.well-known/${name}/o`,
    `/.well-known/${name}`,
  ])

  test('the same document at all well-known forms, with and without the slash, and under any Host', async () => {
    const first = await (await fetch(url + paths[0])).text()
    for (const path of paths.flatMap((one) => [one, `${one}/`])) {
      const response = await fetch(url + path, { redirect: 'manual' })
      assert.equal(response.status, 200, path)
      assert.equal(response.headers.get('content-type'), 'application/json')
      assert.equal(response.headers.get('access-control-allow-origin'), '*')
      assert.match(response.headers.get('cache-control') ?? '', /^public, max-age=\d+/)
      assert.equal(await response.text(), first)
    }
    const other = await fromOtherHost(`${url}${paths[0]}`, 'evil.example', {})
    assert.equal(other.text, first, 'the Host header changes nothing')
  })

  test('the keys of the contract, with what this server does', async () => {
    const document = JSON.parse(await (await fetch(`${url}/o/.well-known/openid-configuration`)).text())
    const expected = {
      issuer: server.issuer,
      authorization_endpoint: `${server.issuer}/authorize/`,
      token_endpoint: `${server.issuer}/token/`,
      userinfo_endpoint: `${server.issuer}/userinfo/`,
      jwks_uri: `${server.issuer}/.well-known/jwks.json`,
      scopes_supported: ['openid', 'profile', 'email', 'address', 'phone', 'offline_access', 'read', 'write'],
      // Code only: no token ever stands in a URL.
      response_types_supported: ['code'],
      subject_types_supported: ['public', 'pairwise'],
      // No HS256: a client's secret is kept as a hash, so nothing could be signed with it.
      id_token_signing_alg_values_supported: ['RS256', 'ES256', 'PS256', 'EdDSA'],
      // RFC 9700 §2.1.1: not plain.
      code_challenge_methods_supported: ['S256'],
      introspection_endpoint: `${server.issuer}/introspect/`,
      revocation_endpoint: `${server.issuer}/revoke_token/`,
      end_session_endpoint: `${server.issuer}/logout/`,
      authorization_response_iss_parameter_supported: true,
    }
    for (const [name, value] of Object.entries(expected)) assert.deepEqual(document[name], value, name)
    const methods = document.token_endpoint_auth_methods_supported
    assert.deepEqual(
      methods.slice(0, 2),
      ['client_secret_post', 'client_secret_basic'],
      'allauth takes the first that it knows',
    )
    assert.ok(document.prompt_values_supported.includes('none') && document.prompt_values_supported.includes('login'))
    assert.ok(document.claims_supported.includes('email_verified'))
    assert.equal(document.grant_types_supported.includes('password'), false, 'RFC 9700 §2.4')
    assert.equal('device_authorization_endpoint' in document, false, 'what is not mounted is not advertised')
  })

  test('the endpoints that it names exist', async () => {
    const document = JSON.parse(await (await fetch(`${url}/o/.well-known/openid-configuration`)).text())
    for (const [name, value] of Object.entries(document)) {
      if (!/_endpoint$|_uri$/.test(name)) continue
      assert.notEqual((await fetch(String(value), { redirect: 'manual' })).status, 404, name)
    }
  })
})

test('JWKS: public keys only, kid is the RFC 7638 thumbprint', async () => {
  const response = await fetch(`${url}/o/.well-known/jwks.json`)
  assert.equal(response.status, 200)
  assert.equal(response.headers.get('content-type'), 'application/json')
  assert.equal(response.headers.get('access-control-allow-origin'), '*')
  assert.match(response.headers.get('cache-control') ?? '', /^public, max-age=\d+, stale-while-revalidate=\d+/)
  const { keys } = JSON.parse(await response.text())
  assert.deepEqual(new Set(keys.map(({ alg }: { alg: string }) => alg)), new Set(['RS256', 'ES256']))
  for (const key of keys) {
    assert.equal(key.use, 'sig')
    assert.equal(key.kid, await calculateJwkThumbprint(key))
    for (const secret of ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k']) assert.equal(secret in key, false)
  }
})

describe('/o/userinfo/', () => {
  let access = ''
  let subject = ''
  before(async () => {
    const browser = new Browser(url)
    await browser.signIn('alice', 'correct-horse-battery')
    const query = new URLSearchParams({
      client_id: 'web',
      redirect_uri: webCallback,
      response_type: 'code',
      scope: 'openid profile email',
      code_challenge: challenge,
      code_challenge_method: 'S256',
    })
    const target = destinationOf(
      await browser.decide(await browser.get(`/o/authorize/?${query.toString()}`), 'allow'),
      url,
    )
    const code = target.searchParams.get('code') ?? ''
    const form = { grant_type: 'authorization_code', code, redirect_uri: webCallback, code_verifier: verifier }
    const issued = await tokensOf(await postForm(`${url}/o/token/`, form, basic('web', 'web-secret')))
    access = issued.access_token
    subject = JSON.parse(Buffer.from(issued.id_token?.split('.')[1] ?? '', 'base64url').toString()).sub
  })

  for (const method of ['GET', 'POST']) {
    test(`${method}: sub, and the claims of the granted scopes`, async () => {
      const response = await fetch(`${url}/o/userinfo/`, { method, headers: bearerHeader(access) })
      assert.equal(response.headers.get('cache-control'), 'no-store')
      await assertRow(response, {
        status: 200,
        body: {
          sub: subject,
          name: 'Alice',
          given_name: 'Alice',
          preferred_username: 'alice',
          updated_at: Math.floor(server.clock.now() / 1_000),
          email: 'alice@example.com',
          email_verified: false,
        },
        headers: { 'content-type': 'application/json' },
      })
    })
  }

  test('the token may come in the body of a POST (RFC 6750 §2.2), but not in two ways', async () => {
    await assertRow(await postForm(`${url}/o/userinfo/`, { access_token: access }), { status: 200 })
    const twice = await postForm(`${url}/o/userinfo/`, { access_token: access }, bearerHeader(access))
    await assertRow(twice, refusal(400, 'invalid_request'))
  })

  const challenges: readonly (readonly [title: string, token: () => Promise<string>, status: number, error: string])[] =
    [
      ['unknown token', async () => 'unknown', 401, 'invalid_token'],
      ['a cut token', async () => access.slice(0, -1), 401, 'invalid_token'],
      ['an ID token is no access token', async () => 'eyJhbGciOiJSUzI1NiJ9.e30.c2ln', 401, 'invalid_token'],
      [
        'token without `openid` (RFC 6750 §3.1: 403; django-oauth-toolkit: 401)',
        async () => (await passwordTokens(url)).access_token,
        403,
        'insufficient_scope',
      ],
    ]
  for (const [title, token, status, error] of challenges) {
    test(title, async () => {
      const response = await fetch(`${url}/o/userinfo/`, { headers: bearerHeader(await token()) })
      const expected = refusal(status, error)
      const headers = { ...expected.headers, 'www-authenticate': new RegExp(`^Bearer .*error="${error}"`) }
      await assertRow(response, { ...expected, headers })
    })
  }

  test('no token: 401, and a challenge without an error (RFC 6750 §3.1)', async () => {
    for (const path of ['/o/userinfo/', `/o/userinfo/?access_token=${access}`]) {
      const response = await fetch(url + path)
      assert.equal(response.status, 401, 'a token in the query is none')
      assert.equal(response.headers.get('www-authenticate'), 'Bearer realm="latchkey"')
    }
  })
})
