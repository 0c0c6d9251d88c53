// Seed 003, "Setting up a Django OAuth2 server & client": what the unmodified allauth client sends (§4.4 A1-A11).
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { basic, postForm, startTestServer, type TestServer } from '../support/server.ts'
import { Browser, destinationOf, hiddenFields } from './browser.ts'
import { bearerHeader, fromOtherHost, membersOf, tokensOf } from './requests.ts'

const callback = 'http://localhost:9988/accounts/customprovider/login/callback/'

/** The five parameters that allauth sends, in its order. */
function authorizePath(state: string, base = '/o/authorize/'): string {
  const uri = encodeURIComponent(callback)
  return `${base}?client_id=site&redirect_uri=${uri}&scope=read&response_type=code&state=${state}`
}

/** As allauth sends it: the client in the body, redirect_uri first, no verifier. */
function tokenForm(code: string): Readonly<Record<string, string>> {
  return {
    redirect_uri: callback,
    grant_type: 'authorization_code',
    code,
    client_id: 'site',
    client_secret: 'site-secret',
  }
}

describe('seed 003', () => {
  let server: TestServer
  let url = ''
  /** Who has signed in and consented to `site`. */
  let alice: Browser
  before(async () => {
    server = await startTestServer()
    url = server.url
    alice = new Browser(url)
    const start = await alice.get(authorizePath('AbCdEf0123456789'))
    const login = destinationOf(start, url)
    const back = destinationOf(await alice.signIn('alice', 'correct-horse-battery', login.pathname + login.search), url)
    await alice.decide(await alice.get(back.pathname + back.search), 'allow')
  })
  after(() => server.close())

  /** A code without any page: the consent is remembered. */
  async function codeFor(browser: Browser): Promise<string> {
    const target = destinationOf(await browser.get(authorizePath('s')), url)
    const code = target.searchParams.get('code')
    assert.ok(code !== null)
    return code
  }

  test('sign-in, consent, code, token and profile, as the client makes them', async () => {
    const browser = new Browser(url)
    const start = await browser.get(authorizePath('q1W2e3R4t5Y6u7I8'))
    assert.equal(start.status, 302)
    const login = destinationOf(start, url)
    assert.equal(login.pathname, '/accounts/login/')

    const signedIn = await browser.signIn('admin@email.com', 'testpass123', login.pathname + login.search)
    assert.equal(signedIn.status, 303)
    const back = destinationOf(signedIn, url)
    assert.equal(back.pathname, '/o/authorize/')

    const consent = await browser.get(back.pathname + back.search)
    assert.match(consent.headers.get('content-type') ?? '', /^text\/html/)
    // RFC 9700 §4.16, and Chromium's rule that form-action reaches to the redirect after the form (A10).
    const policy = consent.headers.get('content-security-policy') ?? ''
    assert.match(policy, /form-action 'self' http:\/\/localhost:9988(;|$)/)
    assert.match(policy, /frame-ancestors 'none'/)

    const allowed = await browser.decide(consent, 'allow')
    assert.equal(allowed.status, 303)
    const target = destinationOf(allowed, url)
    assert.equal(target.origin + target.pathname, callback)
    assert.equal(target.searchParams.get('state'), 'q1W2e3R4t5Y6u7I8')
    assert.equal(target.searchParams.get('iss'), server.issuer)

    const token = await postForm(`${url}/o/token/`, tokenForm(target.searchParams.get('code') ?? ''))
    assert.equal(token.status, 200)
    assert.equal(token.headers.get('content-type'), 'application/json')
    assert.equal(token.headers.get('cache-control'), 'no-store')
    const issued = await tokensOf(token)
    assert.deepEqual(Object.keys(issued), ['access_token', 'expires_in', 'token_type', 'scope', 'refresh_token'])
    assert.equal(issued.scope, 'read')
    assert.equal(Number.isInteger(issued.expires_in), true)

    const profile = await fetch(`${url}/profile/`, { headers: bearerHeader(issued.access_token) })
    assert.equal(profile.status, 200)
    assert.equal(profile.headers.get('content-type'), 'application/json')
    assert.equal(
      await profile.text(),
      '{"id":1,"username":"admin@email.com","email":"admin@email.com","first_name":"","last_name":""}',
      'all five keys, and a username also for a person who has none',
    )
  })

  test('a person with a username is named by it', async () => {
    const token = await tokensOf(await postForm(`${url}/o/token/`, tokenForm(await codeFor(alice))))
    const profile = await fetch(`${url}/profile/`, { headers: bearerHeader(token.access_token) })
    const { id, ...named } = await membersOf(profile)
    assert.equal(id, 2)
    assert.deepEqual(named, { username: 'alice', email: 'alice@example.com', first_name: 'Alice', last_name: '' })
  })

  test('a second sign-in needs no click', async () => {
    const response = await alice.get(authorizePath('second'))
    assert.equal(response.status, 302)
    const target = destinationOf(response, url)
    assert.equal(target.origin + target.pathname, callback)
    assert.ok(target.searchParams.has('code'))
    assert.equal(target.searchParams.get('state'), 'second')
  })

  test('Cancel sends error=access_denied and the state', async () => {
    const browser = new Browser(url)
    const path = authorizePath('0123456789AbCdEf')
    const login = destinationOf(await browser.get(path), url)
    const signIn = await browser.signIn('admin@email.com', 'testpass123', login.pathname + login.search)
    const back = destinationOf(signIn, url)
    // Consent may be remembered from another test: prompt=consent asks in any case.
    const consent = await browser.get(`${back.pathname}${back.search}&prompt=consent`)
    const denied = await browser.decide(consent, 'cancel')
    assert.equal(denied.status, 303)
    const target = destinationOf(denied, url)
    assert.equal(target.origin + target.pathname, callback)
    assert.equal(target.searchParams.get('error'), 'access_denied')
    assert.equal(target.searchParams.get('state'), '0123456789AbCdEf')
    assert.equal(target.searchParams.has('code'), false)
  })

  test('a consent that is posted with other scopes or another redirect_uri changes nothing', async () => {
    const consent = await alice.get(`${authorizePath('edited')}&prompt=consent`)
    const fields = hiddenFields(await consent.text(), '/o/authorize/')
    const edited = { ...fields, scope: 'read write', redirect_uri: 'https://evil.example/', allow: 'Authorize' }
    const target = destinationOf(await alice.post('/o/authorize/', edited), url)
    assert.equal(target.origin + target.pathname, callback)
    const code = target.searchParams.get('code') ?? ''
    const token = await tokensOf(await postForm(`${url}/o/token/`, tokenForm(code)))
    assert.equal(token.scope, 'read')
  })

  test('a consent that is posted twice, or from another session, gives no second code', async () => {
    const consent = await alice.get(`${authorizePath('twice')}&prompt=consent`)
    const fields = { ...hiddenFields(await consent.text(), '/o/authorize/'), allow: 'Authorize' }
    const stranger = new Browser(url)
    await stranger.signIn('admin@email.com', 'testpass123')
    assert.equal((await stranger.post('/o/authorize/', fields)).status, 403)
    assert.equal((await alice.post('/o/authorize/', fields)).status, 303)
    const again = await alice.post('/o/authorize/', fields)
    assert.equal(again.status, 403)
    assert.equal(again.headers.get('location'), null)
  })

  test('the client may come by HTTP Basic instead (A3)', async () => {
    const form = { redirect_uri: callback, grant_type: 'authorization_code', code: await codeFor(alice) }
    assert.equal((await postForm(`${url}/o/token/`, form, basic('site', 'site-secret'))).status, 200)
  })

  test('authorize, token and profile are served without their trailing slash as well', async () => {
    const target = destinationOf(await alice.get(authorizePath('bare', '/o/authorize')), url)
    assert.equal(target.origin + target.pathname, callback)
    const token = await postForm(`${url}/o/token`, tokenForm(target.searchParams.get('code') ?? ''))
    assert.equal(token.status, 200)
    const { access_token: access } = await tokensOf(token)
    const profile = await fetch(`${url}/profile`, { headers: bearerHeader(access), redirect: 'manual' })
    assert.equal(profile.status, 200)
  })

  test('token and profile answer under the name by which the container knows the server', async () => {
    const host = 'my-oauth2-server.dev:8000'
    const token = await fromOtherHost(`${url}/o/token/`, host, {}, tokenForm(await codeFor(alice)))
    assert.equal(token.status, 200)
    const profile = await fromOtherHost(`${url}/profile/`, host, bearerHeader(JSON.parse(token.text).access_token))
    assert.equal(profile.status, 200)
    assert.equal(JSON.parse(profile.text).username, 'alice')
  })

  test('the cookies are not called sessionid, which the client’s own site on this host uses (A9)', () => {
    assert.ok(alice.cookieNames.length > 0)
    for (const name of alice.cookieNames) assert.match(name, /^latchkey_/)
  })

  test('/profile/ without a usable token: 401 with a challenge', async () => {
    const response = await fetch(`${url}/profile/`)
    assert.equal(response.status, 401)
    assert.match(response.headers.get('www-authenticate') ?? '', /^Bearer /)
    const wrong = await fetch(`${url}/profile/`, { headers: bearerHeader('wrong') })
    assert.equal(wrong.status, 401)
    assert.match(wrong.headers.get('www-authenticate') ?? '', /error="invalid_token"/)
  })
})

test('/profile/ with the switch profile.forbiddenWithoutToken: 403, empty, no challenge', async () => {
  const server = await startTestServer({ settings: { profile: { forbiddenWithoutToken: true } } })
  try {
    for (const headers of [{}, bearerHeader('wrong')]) {
      const response = await fetch(`${server.url}/profile/`, { headers })
      assert.equal(response.status, 403)
      assert.match(response.headers.get('content-type') ?? '', /^text\/html/)
      assert.equal(response.headers.get('www-authenticate'), null)
      assert.equal(await response.text(), '')
    }
  } finally {
    await server.close()
  }
})
