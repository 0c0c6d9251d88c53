// Signing out: here, at the server, and by the server. OpenID Connect RP-Initiated Logout; Back-Channel Logout.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { memorySessions } from '@latchkey/client/stores/memory'
import type { TestLogout } from '@latchkey/client/testing'
import { baseUrl, type Ground, groundWith, type Settings } from './ground.ts'

const kept: readonly (readonly [name: string, settings: () => Settings])[] = [
  ['sealed cookies', () => ({})],
  ['a store', () => ({ sessions: memorySessions() })],
]

async function signedIn(settings: Settings): Promise<Ground> {
  const ground = await groundWith(settings)
  await ground.browser.open('/auth/login')
  assert.equal(await greeting(ground), 'Hello alice!')
  return ground
}

async function greeting({ browser }: Ground): Promise<string> {
  return (await browser.get('/')).text()
}

async function post({ app }: Ground, token: string): Promise<Response> {
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  const body = new URLSearchParams({ logout_token: token }).toString()
  return app(new Request(`${baseUrl}/auth/backchannel-logout`, { method: 'POST', headers, body }))
}

for (const [name, settings] of kept) {
  describe(name, () => {
    test('rp-init-logout: out here, then at the server, then back to where it was asked (RP-Initiated Logout §2)', async () => {
      const ground = await signedIn(settings())
      const left = await ground.browser.post('/auth/logout', { next: '/bye' })
      const url = new URL(left.headers.get('location') ?? '')
      const { state, id_token_hint: hint, ...rest } = Object.fromEntries(url.searchParams)
      assert.deepEqual(rest, { client_id: 'app', post_logout_redirect_uri: `${baseUrl}/auth/logged-out` })
      assert.equal(hint?.split('.').length, 3)
      assert.equal(await greeting(ground), 'Hello world!', 'also if the browser never reaches the server')
      assert.equal(ground.idp.requests.get('/revoke'), 1)
      const back = await ground.browser.get(`/auth/logged-out?state=${state}`)
      assert.equal(back.headers.get('location'), '/bye')
    })

    test('rp-init-logout-other-state, rp-init-logout-no-state: refused on return', async () => {
      for (const query of ['?state=another', '']) {
        const ground = await signedIn(settings())
        await ground.browser.post('/auth/logout', { next: '/bye' })
        assert.equal((await ground.browser.get(`/auth/logged-out${query}`)).status, 400)
        assert.equal(ground.failures.at(-1)?.reason, 'logout-state')
      }
    })

    test('out here alone: the session at the server stays', async () => {
      const ground = await signedIn(settings())
      const left = await ground.browser.post('/auth/logout', { where: 'here', next: '/bye' })
      assert.equal(left.headers.get('location'), '/bye')
      assert.equal(await greeting(ground), 'Hello world!')
    })

    test('another site cannot sign anybody out, by link or by form', async () => {
      const ground = await signedIn(settings())
      await ground.browser.get('/auth/logout')
      const foreign = { origin: 'https://evil.test', 'sec-fetch-site': 'cross-site' }
      assert.equal((await ground.browser.post('/auth/logout', {}, foreign)).status, 403)
      assert.equal(await greeting(ground), 'Hello alice!')
    })

    test('the question lets its form lead to the server (Chromium holds form-action against redirects)', async () => {
      const ground = await signedIn(settings())
      const page = await ground.browser.get('/auth/logout?next=https://evil.test/')
      assert.match(String(page.headers.get('content-security-policy')), /form-action 'self' https:\/\/id\.test;/)
      assert.match(await page.text(), /name="next" value="\/"/)
    })

    test('a server that is down keeps nobody signed in', async () => {
      const ground = await signedIn(settings())
      ground.idp.clock.advance(601_000)
      ground.idp.down()
      assert.equal((await ground.browser.post('/auth/logout', {})).status, 303)
      assert.equal(await greeting(ground), 'Hello world!')
    })

    test('rp-backchannel-rpinitlogout: by sid and sub, by sid, by sub (OpenID Connect Back-Channel Logout §2.6, §2.7)', async () => {
      for (const claims of [{}, { sub: undefined }, { sid: undefined }, { aud: ['app'] }]) {
        const ground = await signedIn(settings())
        const response = await post(ground, await ground.idp.logoutToken({ claims }))
        assert.equal(response.status, 200, JSON.stringify(claims))
        assert.equal(await greeting(ground), 'Hello world!')
      }
    })

    test('a logout of somebody else, or of another session, leaves this one', async () => {
      const ground = await signedIn(settings())
      for (const claims of [{ sub: 'somebody else' }, { sid: 'another' }, { sub: 'somebody else', sid: undefined }]) {
        assert.equal((await post(ground, await ground.idp.logoutToken({ claims }))).status, 200)
      }
      assert.equal(await greeting(ground), 'Hello alice!')
    })

    test('a logout that comes late leaves whoever has signed in since', async () => {
      const ground = await signedIn(settings())
      const token = await ground.idp.logoutToken({ claims: { sid: undefined } })
      await ground.browser.post('/auth/logout', { where: 'here' })
      ground.idp.clock.advance(30_000)
      await ground.browser.open('/auth/login')
      assert.equal((await post(ground, token)).status, 200)
      assert.equal(await greeting(ground), 'Hello alice!')
    })

    test('the same token again is refused', async () => {
      const ground = await signedIn(settings())
      const token = await ground.idp.logoutToken()
      assert.equal((await post(ground, token)).status, 200)
      ground.idp.clock.advance(1_000)
      await ground.browser.open('/auth/login')
      assert.equal((await post(ground, token)).status, 400)
      assert.equal(ground.failures.at(-1)?.reason, 'logout-replayed')
      assert.equal(await greeting(ground), 'Hello alice!')
    })
  })
}

function unsigned(token: string): string {
  const header = Buffer.from(JSON.stringify({ alg: 'none', typ: 'logout+jwt' })).toString('base64url')
  return `${header}.${token.split('.')[1]}.`
}

function broken(token: string): string {
  const [header = '', payload = '', signature = ''] = token.split('.')
  const bytes = Buffer.from(signature, 'base64url')
  bytes[10] = (bytes[10] ?? 0) ^ 1
  return `${header}.${payload}.${bytes.toString('base64url')}`
}

const event = 'http://schemas.openid.net/event/backchannel-logout'
const refused: readonly (readonly [title: string, wanted: TestLogout, cause: string])[] = [
  ['-alg-none', { signed: unsigned }, 'algorithm'],
  [
    '-wrong-alg',
    { signed: (token) => unsigned(token).replace(/^[^.]+/, Buffer.from('{"alg":"HS256"}').toString('base64url')) },
    'algorithm',
  ],
  ['a wrong signature', { signed: broken }, 'signature'],
  ['an unknown key', { header: { kid: 'another' } }, 'unknown-key'],
  ['-no-event', { claims: { events: undefined } }, 'logout-token'],
  ['-wrong-event', { claims: { events: { 'http://schemas.openid.net/event/other': {} } } }, 'logout-token'],
  ['an event that is no object', { claims: { events: { [event]: true } } }, 'logout-token'],
  ['-with-nonce', { claims: { nonce: 'n' } }, 'logout-token'],
  ['-wrong-aud', { claims: { aud: 'another' } }, 'audience'],
  ['no aud', { claims: { aud: undefined } }, 'audience'],
  ['-wrong-iss', { claims: { iss: 'https://evil.test' } }, 'wrong-issuer'],
  ['no iss', { claims: { iss: undefined } }, 'wrong-issuer'],
  ['no iat', { claims: { iat: undefined } }, 'token-malformed'],
  ['no exp', { claims: { exp: undefined } }, 'token-malformed'],
  ['expired', { claims: { exp: 1_000 } }, 'token-expired'],
  ['of the future', { claims: { iat: 4_000_000_000, exp: 4_000_000_100 } }, 'clock'],
  ['no jti', { claims: { jti: undefined } }, 'logout-token'],
  ['neither sub nor sid', { claims: { sub: undefined, sid: undefined } }, 'logout-token'],
  ['a token of another type', { header: { typ: 'at+jwt' } }, 'logout-token'],
  ['no JWT', { signed: () => 'rubbish' }, 'token-malformed'],
]

describe('rp-backchannel-rpinitlogout-…: refused with 400 and its cause, and nobody is signed out', () => {
  for (const [title, wanted, cause] of refused) {
    test(`${title}: ${cause}`, async () => {
      const ground = await signedIn({})
      const response = await post(ground, await ground.idp.logoutToken(wanted))
      assert.equal(response.status, 400)
      assert.equal(ground.failures.at(-1)?.reason, cause)
      assert.deepEqual(await response.json(), { error: 'invalid_request', error_description: cause })
      assert.equal(await greeting(ground), 'Hello alice!')
    })
  }

  test('an ID token, and no token at all', async () => {
    const ground = await signedIn({})
    const left = await ground.browser.get('/auth/logout')
    assert.equal(left.status, 200)
    const hint = new URL((await (await signedIn({})).browser.post('/auth/logout')).headers.get('location') ?? '')
    assert.equal((await post(ground, hint.searchParams.get('id_token_hint') ?? '')).status, 400)
    assert.equal((await post(ground, '')).status, 400)
    assert.equal((await ground.browser.get('/auth/backchannel-logout')).status, 400)
  })

  test('keys that cannot be had are 503, so that the server sends it again', async () => {
    const ground = await groundWith()
    const token = await ground.idp.logoutToken()
    ground.idp.down()
    assert.equal((await post(ground, token)).status, 503)
  })
})
