// Claims that are asked for by name. OpenID Connect Core §5.5.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { FormBrowser } from '../support/form-browser.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { addClient, answerOf, authorizePath, claimsOf, redeem, signedInBrowser } from './ground.ts'

describe('the claims parameter', () => {
  let server: TestServer
  let browser: FormBrowser
  before(async () => {
    server = await startTestServer()
    await addClient(server, 'app')
    await addClient(server, 'asking', { consent: 'ask' })
    await addClient(server, 'narrow', { scopes: ['openid', 'read'] })
    browser = await signedInBrowser(server)
  })
  after(() => server.close())

  const ask = (client: string, wanted: unknown, scope = 'openid') =>
    browser.get(authorizePath(client, { scope, claims: JSON.stringify(wanted) }))
  const userinfo = async (token: string | undefined): Promise<Readonly<Record<string, unknown>>> =>
    (await (
      await fetch(`${server.url}/o/userinfo/`, { headers: { authorization: `Bearer ${token}` } })
    ).json()) as Readonly<Record<string, unknown>>

  test('an essential claim comes where it was asked for, and nowhere else', async () => {
    const wanted = { userinfo: { email: { essential: true } }, id_token: { given_name: null } }
    const tokens = await redeem(server, 'app', answerOf(await ask('app', wanted)))
    const idToken = claimsOf(tokens['id_token'])
    assert.deepEqual([idToken['given_name'], idToken['email']], ['Alice', undefined])
    const info = await userinfo(tokens['access_token'])
    assert.deepEqual([info['email'], info['given_name']], ['alice@example.com', undefined])
  })

  test('a claim that nobody has, or that has another value, does not fail the request', async () => {
    const wanted = { userinfo: { shoe_size: { essential: true }, email: { value: 'other@example.com' } } }
    const tokens = await redeem(server, 'app', answerOf(await ask('app', wanted)))
    assert.equal((await userinfo(tokens['access_token']))['sub'], claimsOf(tokens['id_token'])['sub'])
  })

  test('a claim of a scope that the client does not have is not given by another way', async () => {
    const tokens = await redeem(server, 'narrow', answerOf(await ask('narrow', { userinfo: { email: null } })))
    assert.equal((await userinfo(tokens['access_token']))['email'], undefined)
  })

  test('the person is asked for what a claim tells as for its scope, and prompt=none asks for nothing more', async () => {
    const page = await ask('asking', { userinfo: { email: null } })
    assert.match(page.text, /It could see who you are your e-mail address/)
    await browser.submit(page, {}, { action: '/o/authorize/', button: 'allow' })
    const wanted = JSON.stringify({ userinfo: { email: null } })
    const silent = authorizePath('asking', { scope: 'openid', claims: wanted, prompt: 'none' })
    assert.ok(answerOf(await browser.get(silent)).members.has('code'))
    const more = JSON.stringify({ id_token: { name: null } })
    const refused = authorizePath('asking', { scope: 'openid', claims: more, prompt: 'none' })
    assert.equal(answerOf(await browser.get(refused)).members.get('error'), 'consent_required')
  })

  test('the longest that is taken still fits into a code', async () => {
    const wanted = { userinfo: { email: null }, id_token: { sub: null, x: { values: ['y'.repeat(1_960)] } } }
    const text = JSON.stringify(wanted)
    assert.ok(text.length > 2_000 && text.length <= 2_048)
    const tokens = await redeem(server, 'app', answerOf(await ask('app', wanted)))
    assert.equal((await userinfo(tokens['access_token']))['email'], 'alice@example.com')
  })

  test('what is no claims request is refused, and so is a long one', async () => {
    for (const claims of ['[]', '{', '{"userinfo":7}', `{"x":"${'y'.repeat(2_048)}"}`]) {
      const answer = answerOf(await browser.get(authorizePath('app', { claims })))
      assert.equal(answer.members.get('error'), 'invalid_request', claims.slice(0, 40))
    }
  })
})
