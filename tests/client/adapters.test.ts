// One suite for every adapter, at both ends of each peer range: the same requests get the same answers.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { login } from '@latchkey/client'
import { createTestIssuer, TestBrowser, type TestIssuer } from '@latchkey/client/testing'
import { baseUrl } from './ground.ts'
import { frameworks, type Running } from './frameworks.ts'

for (const { name, version, start } of frameworks) {
  describe(`${name} ${version}`, () => {
    let idp: TestIssuer
    let running: Running
    before(async () => {
      idp = await createTestIssuer()
      running = await start(login({ ...idp.options, baseUrl }))
    })
    after(() => running.close())
    const browse = (): TestBrowser => new TestBrowser(running.app, baseUrl, idp)

    test('nobody is signed in at first, and the app is told so', async () => {
      const response = await browse().get('/')
      assert.equal(response.status, 200)
      assert.deepEqual(await response.json(), { user: null })
    })

    test('a page behind the guard leads through the sign-in and back', async () => {
      const browser = browse()
      const guarded = await browser.get('/me?tab=1')
      assert.equal(guarded.status, 303)
      assert.equal(guarded.headers.get('location'), '/auth/login?next=/me%3Ftab%3D1')
      const response = await browser.follow(guarded)
      assert.equal(response.status, 200)
      assert.deepEqual(await response.json(), { user: 'alice' })
      assert.equal(browser.visited.at(-1), '/me?tab=1')
      assert.deepEqual(await (await browser.get('/')).json(), { user: 'alice' })
    })

    test('what the guard lets pass is private, and what the app itself sets stays', async () => {
      const browser = browse()
      await browser.open('/me')
      const response = await browser.get('/me')
      assert.match(String(response.headers.get('vary')), /Cookie/)
      assert.match(String(response.headers.get('vary')), /Accept/)
      assert.match(String(response.headers.get('cache-control')), /private/)
      assert.equal(browser.cookies.get('own'), '1')
    })

    test('a program gets 401 instead of a page, and a form of nobody is not acted on', async () => {
      const program = await browse().get('/me', { accept: 'application/json' })
      assert.equal(program.status, 401)
      assert.match(String(program.headers.get('content-type')), /^application\/problem\+json/)
      const form = await browse().post('/act', {})
      assert.equal(form.status, 303)
      assert.equal(form.headers.get('location'), '/auth/login')
    })

    test('an access token that has run out is renewed on the way, and the new cookie reaches the browser', async () => {
      const browser = browse()
      await browser.open('/me')
      const before_ = browser.cookie
      idp.clock.advance(301_000)
      const response = await browser.get('/me')
      assert.deepEqual(await response.json(), { user: 'alice' })
      assert.notEqual(browser.cookie, before_)
      assert.equal(browser.cookies.get('own'), '1')
    })

    test('an answer that sets a new cookie goes into no shared cache, whatever the app says of it', async () => {
      const browser = browse()
      await browser.open('/me')
      const plain = await browser.get('/public')
      assert.equal(plain.headers.get('cache-control'), 'public, max-age=3600')
      idp.clock.advance(301_000)
      const renewed = await browser.get('/public')
      assert.ok(renewed.headers.getSetCookie().some((line) => line.startsWith('__Host-login_')))
      assert.equal(renewed.headers.get('cache-control'), 'private, no-store')
    })

    test('signing out asks first, takes a form, and ends the session at the server, too', async () => {
      const browser = browse()
      await browser.open('/me')
      const question = await browser.get('/auth/logout')
      assert.equal(question.status, 200)
      assert.match(await question.text(), /<form method="post" action="\/auth\/logout">/)
      const left = await browser.post('/auth/logout', { next: '/' })
      assert.equal(left.status, 303)
      const url = new URL(left.headers.get('location') ?? '')
      assert.equal(url.origin + url.pathname, 'https://id.test/logout')
      assert.equal(url.searchParams.get('post_logout_redirect_uri'), `${baseUrl}/auth/logged-out`)
      assert.ok(url.searchParams.has('id_token_hint'))
      assert.deepEqual(await (await browser.follow(left)).json(), { user: null })
    })

    test('a logout token of the server ends the session, a wrong one gets 400', async () => {
      const browser = browse()
      await browser.open('/me')
      const machine = browse()
      const logoutToken = await idp.logoutToken()
      assert.equal((await machine.post('/auth/backchannel-logout', { logout_token: 'rubbish' })).status, 400)
      const heard = await machine.post('/auth/backchannel-logout', { logout_token: logoutToken })
      assert.equal(heard.status, 200)
      assert.equal(heard.headers.get('cache-control'), 'no-store')
      assert.deepEqual(await (await browser.get('/')).json(), { user: null })
    })

    test('a failure has a page: status, cause, strict policy, no script', async () => {
      const response = await browse().get('/auth/callback?code=x&state=forged')
      assert.equal(response.status, 400)
      assert.match(String(response.headers.get('content-security-policy')), /^default-src 'none'; style-src 'sha256-/)
      assert.match(await response.text(), /<h1>The sign-in is not known here<\/h1>/)
    })
  })
}
