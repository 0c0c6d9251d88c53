// The ways of an answer: query, fragment, form. OAuth 2.0 Multiple Response Types §2.1; OAuth 2.0 Form Post Response Mode §2.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { FormBrowser } from '../support/form-browser.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { addClient, answerOf, authorizePath, browserOf, callback, redeem, signedInBrowser } from './ground.ts'

describe('response modes', () => {
  let server: TestServer
  let browser: FormBrowser
  before(async () => {
    server = await startTestServer()
    await addClient(server, 'app')
    await addClient(server, 'asking', { consent: 'ask' })
    await addClient(server, 'native', { redirectUris: ['com.example.app:/cb'] })
    await addClient(server, 'with-query', { redirectUris: [`${callback}?tenant=1`] })
    browser = await signedInBrowser(server)
  })
  after(() => server.close())

  test('a code comes by query, with the state and the issuer (RFC 9207 §2)', async () => {
    const answer = answerOf(await browser.get(authorizePath('app')))
    assert.deepEqual([answer.mode, answer.address], ['query', callback])
    assert.deepEqual([...answer.members.keys()], ['code', 'state', 'iss'])
    assert.equal(answer.members.get('iss'), server.issuer)
  })

  test('by form: a page with one button and the same members, for a browser without scripts', async () => {
    const page = await browser.get(authorizePath('app', { response_mode: 'form_post' }))
    const answer = answerOf(page)
    assert.deepEqual([page.status, answer.mode, answer.address], [200, 'form_post', callback])
    assert.deepEqual([...answer.members.keys()], ['code', 'state', 'iss'])
    assert.equal(page.location, undefined)
    assert.match(page.body, /<form method="post" action="https:\/\/app\.example\/cb" data-submit>/)
    assert.match(page.body, /<button class="button button-primary">/)
    assert.match(page.text, /Back to The app app/)
    assert.equal((await redeem(server, 'app', answer))['token_type'], 'Bearer')
  })

  test('the page runs no script but the served one, may post to the client, and tells it our origin', async () => {
    const { headers, body } = await browser.get(authorizePath('app', { response_mode: 'form_post' }))
    const policy = String(headers['content-security-policy'])
    assert.match(policy, /script-src 'self';/)
    assert.match(policy, /form-action 'self' https:\/\/app\.example https:;/)
    assert.match(policy, /frame-ancestors 'none'/)
    assert.doesNotMatch(body, /<script(?! src="\/assets\/pages\.js\?v=[0-9a-f]+" defer><\/script>)|\son[a-z]+=/)
    assert.equal(headers['referrer-policy'], 'strict-origin')
    assert.equal(headers['cache-control'], 'no-store')
  })

  test('what an outsider chose stays text in the form', async () => {
    const state = `"><svg onload=alert(1)>'</form>&amp;`
    const page = await browser.get(authorizePath('app', { response_mode: 'form_post', state }))
    assert.equal(answerOf(page).members.get('state'), state)
    assert.doesNotMatch(page.body, /<svg onload/)
  })

  test('an error travels by the way that was asked for', async () => {
    const query = answerOf(await browser.get(authorizePath('app', { scope: 'nothing' })))
    const form = answerOf(await browser.get(authorizePath('app', { scope: 'nothing', response_mode: 'form_post' })))
    for (const [answer, mode] of [
      [query, 'query'],
      [form, 'form_post'],
    ] as const) {
      assert.deepEqual([answer.mode, answer.address, answer.members.get('error')], [mode, callback, 'invalid_scope'])
      assert.equal(answer.members.get('state'), 'a-state')
      assert.equal(answer.members.get('iss'), server.issuer)
    }
  })

  test('login_required goes by form too, and shows nobody a page to sign in (prompt=none)', async () => {
    const asked = { response_mode: 'form_post', prompt: 'none' }
    const page = await browserOf(server).get(authorizePath('app', asked))
    assert.equal(answerOf(page).members.get('error'), 'login_required')
    assert.match(String(page.headers['latchkey-incident']), /^\w{4}-\w{4}$/)
  })

  test('a fragment is refused for a code, and a word that is no mode', async () => {
    for (const mode of ['fragment', 'jwt', 'FORM_POST']) {
      const answer = answerOf(await browser.get(authorizePath('app', { response_mode: mode })))
      assert.deepEqual([answer.mode, answer.members.get('error')], ['query', 'invalid_request'], mode)
    }
  })

  test('a form cannot go to an app that is no web server: it is told so by redirect', async () => {
    const redirectUri = 'com.example.app:/cb'
    const asked = { redirect_uri: redirectUri, response_mode: 'form_post' }
    const answer = answerOf(await browser.get(authorizePath('native', asked)))
    assert.deepEqual(
      [answer.mode, answer.address, answer.members.get('error')],
      ['query', redirectUri, 'invalid_request'],
    )
  })

  test('the query of a registered address stays where it is', async () => {
    const redirectUri = `${callback}?tenant=1`
    const byQuery = await browser.get(authorizePath('with-query', { redirect_uri: redirectUri }))
    assert.ok(byQuery.location?.startsWith(`${redirectUri}&code=`))
    const byForm = await browser.get(
      authorizePath('with-query', { redirect_uri: redirectUri, response_mode: 'form_post' }),
    )
    assert.equal(answerOf(byForm).address, redirectUri)
  })

  test('both answers of the consent page travel by form where that was asked for', async () => {
    const path = authorizePath('asking', { response_mode: 'form_post', scope: 'read' })
    const denied = await browser.submit(await browser.get(path), {}, { action: '/o/authorize/', button: 'cancel' })
    assert.equal(answerOf(denied).members.get('error'), 'access_denied')
    const allowed = await browser.submit(await browser.get(path), {}, { action: '/o/authorize/', button: 'allow' })
    assert.equal(answerOf(allowed).mode, 'form_post')
    assert.equal((await redeem(server, 'asking', answerOf(allowed)))['scope'], 'read')
  })

  test('a request by POST is answered by form as well', async () => {
    const [path = '', query] = authorizePath('app', { response_mode: 'form_post' }).split('?')
    const page = await browser.post(path, Object.fromEntries(new URLSearchParams(query)))
    assert.ok(answerOf(page).members.has('code'))
  })
})
