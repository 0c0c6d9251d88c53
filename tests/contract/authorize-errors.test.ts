// /o/authorize/ as django-oauth-toolkit answers it: what is fatal and stays on our page, what travels to the client, and what the page does next.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { setClientEnabled } from '../../packages/authorization-server/src/records/clients/index.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { Browser, destinationOf } from './browser.ts'
import { register } from './requests.ts'
import { assertRow } from './row.ts'

type Parameters = Readonly<Record<string, string>>

const callback = 'http://localhost:9988/accounts/customprovider/login/callback/'
const webCallback = 'http://localhost:9999/callback'
const challenge = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM'

const site = { client_id: 'site', redirect_uri: callback, scope: 'read', response_type: 'code', state: 'xyz' }
const pkce = { code_challenge: challenge, code_challenge_method: 'S256' }
const web = { ...site, client_id: 'web', redirect_uri: webCallback, ...pkce }

function pathOf(parameters: Parameters | URLSearchParams): string {
  return `/o/authorize/?${new URLSearchParams(parameters).toString()}`
}

function without(parameters: Parameters, name: string): Parameters {
  return Object.fromEntries(Object.entries(parameters).filter(([key]) => key !== name))
}

describe('/o/authorize/', () => {
  let server: TestServer
  let url = ''
  /** Signed in; has consented to `site` and nothing else. */
  let alice: Browser
  before(async () => {
    server = await startTestServer()
    url = server.url
    await register(server, 'several', { redirectUris: ['http://localhost:7001/a', 'http://localhost:7001/b'] }, 's')
    await register(server, 'loop', { redirectUris: ['http://127.0.0.1/back'], scopes: ['read'], pkce: 'optional' })
    await register(server, 'ours', { redirectUris: [webCallback], scopes: ['read'], consent: 'skip' }, 's')
    alice = new Browser(url)
    await alice.signIn('alice', 'correct-horse-battery')
    await alice.decide(await alice.get(pathOf(site)), 'allow')
  })
  after(() => server.close())

  describe('fatal: 400 page, never redirected', () => {
    const rows: readonly (readonly [title: string, parameters: Parameters | URLSearchParams, text: string])[] = [
      ['Missing client_id parameter.', without(site, 'client_id'), 'Missing client_id parameter.'],
      ['Invalid client_id parameter value.', { ...site, client_id: 'nobody' }, 'Invalid client_id parameter value.'],
      ['Mismatching redirect URI.', { ...site, redirect_uri: 'https://evil.example/' }, 'Mismatching redirect URI.'],
      [
        'Missing redirect URI. (the client has several)',
        { client_id: 'several', response_type: 'code' },
        'Missing redirect URI.',
      ],
      ['Missing redirect URI. (the client has none)', { client_id: 'clientId' }, 'Missing redirect URI.'],
      [
        'Duplicate x parameter.',
        new URLSearchParams([...Object.entries(site), ['state', 'again']]),
        'Duplicate state parameter.',
      ],
    ]
    for (const [title, parameters, text] of rows) {
      test(title, async () => {
        await assertRow(await alice.get(pathOf(parameters)), {
          status: 400,
          body: new RegExp(`Error: invalid_request[^]*${text.replaceAll('.', '\\.')}`),
          headers: {
            location: null,
            'content-type': /^text\/html/,
            'content-security-policy': /default-src 'none'.*frame-ancestors 'none'/,
            'x-frame-options': 'DENY',
            'cache-control': 'no-store',
            'latchkey-incident': /^\w{4}-\w{4}$/,
          },
        })
      })
    }

    test('a disabled client is an invalid client_id', async () => {
      await register(server, 'off', { redirectUris: [webCallback] })
      const row = (await server.context.clients.find('off'))?.client.row ?? 0
      await server.context.database.commit([setClientEnabled(row, false, server.clock.now())])
      server.clock.advance(2_000)
      const parameters = { ...web, client_id: 'off' }
      await assertRow(await alice.get(pathOf(parameters)), { status: 400, body: /Invalid client_id parameter value\./ })
    })

    test('strangers never see registered URIs, and no sent text becomes markup', async () => {
      const parameters = { ...site, client_id: '<svg onload=alert(1)>', redirect_uri: '<script>' }
      const text = await (await new Browser(url).get(pathOf(parameters))).text()
      assert.doesNotMatch(text, /<svg onload|<script>/)
      const mismatch = { ...site, redirect_uri: 'http://localhost:9988/other/' }
      assert.doesNotMatch(await (await new Browser(url).get(pathOf(mismatch))).text(), /customprovider/)
    })

    // RFC 9700 §4.1.3: equal as text in scheme, host, port, path and query; a fragment or userinfo never matches.
    for (const uri of [
      callback.slice(0, -1),
      callback.replace('http:', 'https:'),
      callback.replace('localhost', 'LOCALHOST'),
      callback.replace('9988', '9989'),
      callback.replace('accounts', 'Accounts'),
      callback.replace('/login/', '/login/../login/'),
      callback.replace('/login/', '/login/%2e%2e/login/'),
      `${callback}?next=1`,
      `${callback}#fragment`,
      callback.replace('//', '//user@'),
      callback.replace('//', '//evil.example\\@'),
      `${callback} `,
    ]) {
      test(`redirect_uri ${uri} does not match`, async () => {
        await assertRow(await alice.get(pathOf({ ...site, redirect_uri: uri })), {
          status: 400,
          body: /Mismatching redirect URI\./,
          headers: { location: null },
        })
      })
    }

    test('http://127.0.0.1 matches on any port, its lookalikes do not', async () => {
      const loop = { client_id: 'loop', response_type: 'code', scope: 'read' }
      const fits = await new Browser(url).get(pathOf({ ...loop, redirect_uri: 'http://127.0.0.1:54321/back' }))
      assert.equal(destinationOf(fits, url).pathname, '/accounts/login/')
      for (const uri of ['http://127.0.0.1.evil.example/back', 'http://localhost:54321/back']) {
        await assertRow(await new Browser(url).get(pathOf({ ...loop, redirect_uri: uri })), { status: 400 })
      }
    })
  })

  describe('redirected, with the state and the issuer (RFC 9207)', () => {
    type Row = readonly [title: string, parameters: Parameters, error: string, description?: string]
    const rows: readonly Row[] = [
      ['no response_type', without(site, 'response_type'), 'invalid_request', 'Missing response_type parameter.'],
      ['unknown response_type', { ...site, response_type: 'nothing' }, 'unsupported_response_type'],
      ['response_type token', { ...site, response_type: 'token' }, 'unsupported_response_type'],
      [
        'grant not allowed for app',
        { ...site, client_id: 'password-only', redirect_uri: webCallback },
        'unauthorized_client',
      ],
      ['unknown scope', { ...site, scope: 'read other' }, 'invalid_scope'],
      ['PKCE required and absent', without(web, 'code_challenge'), 'invalid_request'],
      [
        'PKCE required and absent, its method too',
        without(without(web, 'code_challenge'), 'code_challenge_method'),
        'invalid_request',
        'Code challenge required.',
      ],
      [
        'bad method',
        { ...web, code_challenge_method: 'S512' },
        'invalid_request',
        'Transform algorithm not supported.',
      ],
      ['method plain', { ...web, code_challenge_method: 'plain' }, 'invalid_request'],
      ['only a challenge, which would mean plain', without(web, 'code_challenge_method'), 'invalid_request'],
      ['a challenge that is not 43 characters', { ...web, code_challenge: 'short' }, 'invalid_request'],
      ['bad resource', { ...site, resource: 'https://api.example/' }, 'invalid_target'],
      ['resource that is no URI', { ...site, resource: 'not a uri' }, 'invalid_target'],
      ['prompt=none login', { ...site, prompt: 'none login' }, 'invalid_request'],
      ['request object', { ...site, request: 'e30.e30.' }, 'request_not_supported'],
      ['request_uri', { ...site, request_uri: 'http://169.254.169.254/' }, 'request_uri_not_supported'],
      ['response_mode that is not offered', { ...site, response_mode: 'fragment' }, 'invalid_request'],
    ]
    before(async () => {
      await register(server, 'password-only', { grantTypes: ['password'], redirectUris: [webCallback] }, 's')
    })
    for (const [title, parameters, error, description] of rows) {
      test(`${title}: ${error}`, async () => {
        const response = await alice.get(pathOf(parameters))
        assert.equal(response.status, 302)
        const target = destinationOf(response, url)
        assert.equal(target.href.split('?')[0], parameters['redirect_uri'])
        assert.equal(target.searchParams.get('error'), error)
        if (description !== undefined) assert.equal(target.searchParams.get('error_description'), description)
        assert.equal(target.searchParams.get('state'), 'xyz')
        assert.equal(target.searchParams.get('iss'), server.issuer)
        assert.equal(target.searchParams.has('code'), false)
        const incident = response.headers.get('latchkey-incident') ?? ''
        assert.match(incident, /^\w{4}-\w{4}$/)
        assert.equal(target.searchParams.get('latchkey_incident'), incident)
      })
    }

    test('a state of 2 KiB comes back byte for byte; a longer one is refused, not cut', async () => {
      const state = '+/%&=é✓'.padEnd(2_048, 'a')
      assert.equal(destinationOf(await alice.get(pathOf({ ...site, state })), url).searchParams.get('state'), state)
      const target = destinationOf(await alice.get(pathOf({ ...site, state: `${state}a` })), url)
      assert.equal(target.searchParams.get('error'), 'invalid_request')
      assert.equal(target.searchParams.has('state'), false)
    })
  })

  describe('what comes next', () => {
    test('anonymous: 302 to the sign-in page with the request as next', async () => {
      const login = destinationOf(await new Browser(url).get(pathOf(site)), url)
      assert.equal(login.pathname, '/accounts/login/')
      const next = new URL(login.searchParams.get('next') ?? '', url)
      assert.equal(next.pathname, '/o/authorize/')
      for (const [name, value] of Object.entries(site)) assert.equal(next.searchParams.get(name), value)
    })

    test('prompt=none, anonymous: login_required', async () => {
      const target = destinationOf(await new Browser(url).get(pathOf({ ...site, prompt: 'none' })), url)
      assert.equal(target.searchParams.get('error'), 'login_required')
    })

    test('prompt=none, not consented: consent_required, not a page', async () => {
      const target = destinationOf(await alice.get(pathOf({ ...web, prompt: 'none' })), url)
      assert.equal(target.searchParams.get('error'), 'consent_required')
    })

    test('prompt=none, consented: a code', async () => {
      const target = destinationOf(await alice.get(pathOf({ ...site, prompt: 'none' })), url)
      assert.ok(target.searchParams.has('code'))
    })

    test('prompt=login: signs in again, and once is enough', async () => {
      server.clock.advance(1_000)
      const login = destinationOf(await alice.get(pathOf({ ...site, prompt: 'login' })), url)
      assert.equal(login.pathname, '/accounts/login/')
      const signedIn = await alice.signIn('alice', 'correct-horse-battery', login.pathname + login.search)
      const back = destinationOf(signedIn, url)
      assert.ok(destinationOf(await alice.get(back.pathname + back.search), url).searchParams.has('code'))
    })

    test('prompt=create: the sign-up page (django-oauth-toolkit: where registration is on)', async () => {
      const response = await new Browser(url).get(pathOf({ ...site, prompt: 'create' }))
      assert.equal(destinationOf(response, url).pathname, '/accounts/signup/')
    })

    test('max_age is acted on (OpenID Connect Core §3.1.2.1; django-oauth-toolkit: ignored)', async () => {
      server.clock.advance(10_000)
      const old = destinationOf(await alice.get(pathOf({ ...site, max_age: '5' })), url)
      assert.equal(old.pathname, '/accounts/login/')
      const young = destinationOf(await alice.get(pathOf({ ...site, max_age: '3600' })), url)
      assert.ok(young.searchParams.has('code'))
    })

    test('skip_authorization app: immediate redirect', async () => {
      const target = destinationOf(await alice.get(pathOf({ ...web, client_id: 'ours' })), url)
      assert.ok(target.searchParams.has('code'))
    })

    test('the consent page names the app and cannot be framed', async () => {
      await assertRow(await alice.get(pathOf(web)), {
        status: 200,
        body: /<title>[^<]*Web app[^<]*<[^]*name="cancel"[^]*name="allow" value="Authorize"/,
        headers: { 'x-frame-options': 'DENY', 'cache-control': 'no-store' },
      })
    })

    test('redirect_uri may be left out where the client has one; it is used as registered', async () => {
      const target = destinationOf(await alice.get(pathOf(without(site, 'redirect_uri'))), url)
      assert.equal(target.origin + target.pathname, callback)
      assert.ok(target.searchParams.has('code'))
    })

    test('an unknown parameter is ignored, an empty one is absent', async () => {
      const target = destinationOf(await alice.get(pathOf({ ...site, colour: 'blue', nonce: '', prompt: '' })), url)
      assert.ok(target.searchParams.has('code'))
    })

    test('a POST is read like a GET, and answered 303 (OpenID Connect Core §3.1.2.1)', async () => {
      const response = await alice.post('/o/authorize/', site)
      assert.equal(response.status, 303)
      assert.ok(destinationOf(response, url).searchParams.has('code'))
    })

    test('PUT is refused: 405 page with Allow (django-oauth-toolkit: treated as POST)', async () => {
      const response = await fetch(`${url}/o/authorize/`, { method: 'PUT' })
      await assertRow(response, { status: 405, body: /<!doctype html>/, headers: { allow: 'GET, POST, HEAD' } })
    })
  })
})
