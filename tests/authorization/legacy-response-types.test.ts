// Implicit and hybrid: off unless a client has them, and then as the standard has them. OpenID Connect Core §3.2, §3.3;
// RFC 6749 §4.2; RFC 9700 §2.1.2.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { after, before, describe, test } from 'node:test'
import { type ResponseType, responseTypes } from '../../packages/authorization-server/src/records/clients/index.ts'
import { isActive } from '../support/code-flow.ts'
import type { FormBrowser } from '../support/form-browser.ts'
import { basic, postForm, startTestServer, type TestServer } from '../support/server.ts'
import {
  addClient,
  type Answer,
  answerOf,
  type Asked,
  authorizePath,
  callback,
  claimsOf,
  redeem,
  signedInBrowser,
} from './ground.ts'

const halfHash = (text: string | undefined): string =>
  createHash('sha256')
    .update(text ?? '')
    .digest()
    .subarray(0, 16)
    .toString('base64url')

const withToken: readonly ResponseType[] = responseTypes.filter((type) => type !== 'code')

describe('legacy response types', () => {
  let server: TestServer
  let browser: FormBrowser
  before(async () => {
    server = await startTestServer()
    await addClient(server, 'modern')
    browser = await signedInBrowser(server)
  })
  after(() => server.close())

  const ask = async (client: string, asked: Asked): Promise<Answer> =>
    answerOf(await browser.get(authorizePath(client, asked)))
  const discovery = async (): Promise<Readonly<Record<string, unknown>>> =>
    (await (await fetch(`${server.url}/o/.well-known/openid-configuration`)).json()) as Record<string, unknown>

  test('they are off: no client has them unasked, and discovery knows nothing of them (RFC 9700 §2.1.2)', async () => {
    for (const type of withToken) {
      const { mode, members } = await ask('modern', { response_type: type })
      assert.deepEqual([mode, members.get('error')], ['query', 'unsupported_response_type'], type)
      assert.equal(members.has('access_token') || members.has('id_token'), false)
    }
    const document = await discovery()
    assert.deepEqual(document['response_types_supported'], ['code'])
    assert.deepEqual(document['response_modes_supported'], ['query', 'form_post'])
    assert.equal(JSON.stringify(document).includes('implicit'), false)
  })

  test('a client that has them on makes discovery name them within a second, and one without it still has none', async () => {
    await addClient(server, 'legacy', { metadata: { responseTypes } })
    server.clock.advance(1_001)
    const document = await discovery()
    assert.deepEqual(new Set(document['response_types_supported'] as string[]), new Set(responseTypes))
    assert.deepEqual(document['response_modes_supported'], ['query', 'form_post', 'fragment'])
    assert.ok((document['grant_types_supported'] as string[]).includes('implicit'))
    const { members } = await ask('modern', { response_type: 'id_token' })
    assert.equal(members.get('error'), 'unsupported_response_type')
  })

  for (const type of withToken) {
    const words = type.split(' ')
    test(`${type}: what it names comes in the fragment, and nothing else`, async () => {
      const answer = await ask('legacy', { response_type: words.toReversed().join(' ') })
      assert.deepEqual([answer.mode, answer.address], ['fragment', callback])
      const expected = [
        ...(words.includes('code') ? ['code'] : []),
        ...(words.includes('token') ? ['access_token', 'token_type', 'expires_in', 'scope'] : []),
        ...(words.includes('id_token') ? ['id_token'] : []),
        'state',
        'iss',
      ]
      assert.deepEqual([...answer.members.keys()], expected)
      assert.equal(answer.members.has('refresh_token'), false)
    })

    test(`${type}: by form where that is asked for, never by query`, async () => {
      const form = await ask('legacy', { response_type: type, response_mode: 'form_post' })
      assert.equal(form.mode, 'form_post')
      assert.equal(form.members.has('error'), false)
      const query = await ask('legacy', { response_type: type, response_mode: 'query' })
      assert.deepEqual([query.mode, query.members.get('error')], ['fragment', 'invalid_request'])
    })

    if (!words.includes('id_token')) continue
    test(`${type}: the ID token is tied to the request and to what comes with it (OpenID Connect Core §3.3.2.11)`, async () => {
      const { members } = await ask('legacy', { response_type: type, nonce: 'n-1' })
      const claims = claimsOf(members.get('id_token'))
      assert.deepEqual([claims['nonce'], claims['aud'], claims['iss']], ['n-1', 'legacy', server.issuer])
      assert.equal(claims['c_hash'], words.includes('code') ? halfHash(members.get('code')) : undefined)
      assert.equal(claims['at_hash'], words.includes('token') ? halfHash(members.get('access_token')) : undefined)
      assert.equal(claims['s_hash'], halfHash('a-state'))
      assert.equal(typeof claims['auth_time'], 'number')
      assert.equal(typeof claims['sid'], 'string')
    })

    test(`${type}: without a nonce, or without the scope openid, there is none`, async () => {
      for (const asked of [{ nonce: undefined }, { scope: 'read' }, { scope: undefined }]) {
        const { mode, members } = await ask('legacy', { response_type: type, ...asked })
        assert.deepEqual([mode, members.get('error')], ['fragment', 'invalid_request'])
      }
    })
  }

  test('id_token alone carries what the scopes stand for; beside a token or code it is left to UserInfo', async () => {
    const scope = 'openid email profile'
    const alone = claimsOf((await ask('legacy', { response_type: 'id_token', scope })).members.get('id_token'))
    assert.deepEqual([alone['email'], alone['preferred_username']], ['alice@example.com', 'alice'])
    for (const type of ['id_token token', 'code id_token']) {
      const claims = claimsOf((await ask('legacy', { response_type: type, scope })).members.get('id_token'))
      assert.equal('email' in claims, false, type)
    }
  })

  test('a token of the front channel has a grant of its own: it serves, it is revoked, and it ends with the session', async () => {
    const ownBrowser = await signedInBrowser(server)
    const askOwn = async (): Promise<string> =>
      answerOf(
        await ownBrowser.get(authorizePath('legacy', { response_type: 'token', scope: 'openid read' })),
      ).members.get('access_token') ?? ''
    const [revoked, ended, other] = [
      await askOwn(),
      await askOwn(),
      (await ask('legacy', { response_type: 'token' })).members,
    ]
    for (const token of [revoked, ended]) assert.equal(await isActive(server.url, token), true)
    const userinfo = await fetch(`${server.url}/o/userinfo/`, { headers: { authorization: `Bearer ${revoked}` } })
    assert.equal(userinfo.status, 200)
    await postForm(`${server.url}/o/revoke_token/`, { token: revoked }, basic('legacy', 'legacy-secret'))
    assert.equal(await isActive(server.url, revoked), false)
    assert.equal(await isActive(server.url, ended), true)
    await ownBrowser.submit(await ownBrowser.get('/accounts/logout/'), {}, { action: '/accounts/logout/' })
    assert.equal(await isActive(server.url, ended), false)
    assert.equal(await isActive(server.url, other.get('access_token') ?? ''), true)
  })

  test('a hybrid code is redeemed like any other, and its ID token is for the same person', async () => {
    const answer = await ask('legacy', { response_type: 'code id_token token', scope: 'openid offline_access read' })
    const tokens = await redeem(server, 'legacy', answer)
    assert.equal(typeof tokens['refresh_token'], 'string')
    assert.notEqual(tokens['access_token'], answer.members.get('access_token'))
    assert.equal(claimsOf(tokens['id_token'])['sub'], claimsOf(answer.members.get('id_token'))['sub'])
    assert.equal(answer.members.get('scope'), 'openid read')
  })

  test('offline_access is ignored where no code comes back (OpenID Connect Core §11)', async () => {
    const { members } = await ask('legacy', { response_type: 'id_token token', scope: 'openid offline_access' })
    assert.equal(members.get('scope'), 'openid')
  })

  test('PKCE is asked of a code, and of nothing else', async () => {
    const plain = { code_challenge: undefined, code_challenge_method: undefined }
    const implicit = await ask('legacy', { response_type: 'id_token', ...plain })
    assert.equal(implicit.members.has('id_token'), true)
    const hybrid = await ask('legacy', { response_type: 'code id_token', ...plain })
    assert.deepEqual([hybrid.mode, hybrid.members.get('error')], ['fragment', 'invalid_request'])
  })

  test('consent is asked for them too, and prompt=none is answered in the fragment', async () => {
    const own = { consent: 'ask', metadata: { responseTypes } } as const
    await addClient(server, 'asking-legacy', own)
    const page = await browser.get(authorizePath('asking-legacy', { response_type: 'id_token token' }))
    const allowed = answerOf(await browser.submit(page, {}, { action: '/o/authorize/', button: 'allow' }))
    assert.equal(allowed.mode, 'fragment')
    assert.equal(await isActive(server.url, allowed.members.get('access_token') ?? ''), true)
    const silent = await ask('asking-legacy', {
      response_type: 'id_token token',
      prompt: 'none',
      scope: 'openid write',
    })
    assert.deepEqual([silent.mode, silent.members.get('error')], ['fragment', 'consent_required'])
  })
})
