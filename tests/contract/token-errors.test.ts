// /o/token/, row by row as django-oauth-toolkit answers; where a newer rule decides otherwise the title names it.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { setUserActive } from '../../packages/authorization-server/src/records/users/index.ts'
import { basic, passwordTokens, postForm, startTestServer, type TestServer } from '../support/server.ts'
import { Browser, destinationOf } from './browser.ts'
import { bearerHeader, membersOf, register, tokensOf } from './requests.ts'
import { assertRow, type Expected, refusal } from './row.ts'

type Form = Readonly<Record<string, string>>

const client = { client_id: 'clientId', client_secret: 'clientSecret' }
const person = { grant_type: 'password', username: 'admin@email.com', password: 'testpass123' }
const callback = 'http://localhost:9988/accounts/customprovider/login/callback/'
const webCallback = 'http://localhost:9999/callback'
// RFC 7636 Appendix B.
const verifier = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk'
const challenge = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM'
const basicChallenge = { 'www-authenticate': /^Basic realm="/ }

function withHeaders(expected: Expected, headers: NonNullable<Expected['headers']>): Expected {
  return { ...expected, headers: { ...expected.headers, ...headers } }
}

describe('/o/token/', () => {
  let server: TestServer
  let url = ''
  /** Signed in as alice, who has consented to both apps. */
  const alice = { browser: new Browser('') }
  const ask = (form: Form, headers?: Form) => postForm(`${url}/o/token/`, form, headers)

  async function codeFor(parameters: Form): Promise<string> {
    const query = new URLSearchParams({ response_type: 'code', ...parameters })
    const response = await alice.browser.get(`/o/authorize/?${query.toString()}`)
    const decided = response.status === 200 ? await alice.browser.decide(response, 'allow') : response
    return destinationOf(decided, url).searchParams.get('code') ?? ''
  }
  const siteCode = () => codeFor({ client_id: 'site', redirect_uri: callback, scope: 'read' })
  const challenged = () =>
    codeFor({
      client_id: 'web',
      redirect_uri: webCallback,
      scope: 'read',
      code_challenge: challenge,
      code_challenge_method: 'S256',
    })
  const redeem = (form: Form, headers: Form = basic('site', 'site-secret')) =>
    ask({ grant_type: 'authorization_code', ...form }, headers)
  const refresh = (token: string, form: Form = client) =>
    ask({ grant_type: 'refresh_token', refresh_token: token, ...form })

  before(async () => {
    server = await startTestServer()
    url = server.url
    await register(server, 'other', { redirectUris: [callback], scopes: ['read'], pkce: 'optional' }, 'other-secret')
    alice.browser = new Browser(url)
    await alice.browser.signIn('alice', 'correct-horse-battery')
  })
  after(() => server.close())

  describe('client authentication', () => {
    const rows: readonly (readonly [title: string, form: Form, headers?: Form])[] = [
      ['unknown client', { ...person, client_id: 'nobody', client_secret: 'clientSecret' }],
      ['wrong secret', { ...person, client_id: 'clientId', client_secret: 'wrong' }],
      ['wrong secret in Basic', person, basic('clientId', 'wrong')],
      ['no client at all', person],
      ['a confidential client without its secret', { ...person, client_id: 'clientId' }],
      ['a public client with a secret', { ...person, client_id: 'spa', client_secret: 'guessed' }],
      ['an empty secret', { ...person, client_id: 'clientId', client_secret: '' }],
    ]
    for (const [title, form, headers] of rows) {
      test(`${title}: 401 invalid_client; the challenge names Basic`, async () => {
        await assertRow(await ask(form, headers), withHeaders(refusal(401, 'invalid_client'), basicChallenge))
      })
    }

    test('wrong Basic with a right body is refused: two methods in one request', async () => {
      await assertRow(await ask({ ...person, ...client }, basic('clientId', 'wrong')), refusal(400, 'invalid_request'))
    })

    test('right Basic with a right body is refused, too', async () => {
      const headers = basic('clientId', 'clientSecret')
      await assertRow(await ask({ ...person, ...client }, headers), refusal(400, 'invalid_request'))
    })

    test('the scheme word is taken in any letter case (RFC 9110 §11.1; django-oauth-toolkit: exactly `Basic`)', async () => {
      const pair = Buffer.from('clientId:clientSecret').toString('base64')
      await assertRow(await ask(person, { authorization: `bAsIc ${pair}` }), { status: 200 })
    })

    test('id and secret in Basic are form-urldecoded', async () => {
      await register(server, 'odd id', { grantTypes: ['client_credentials'] }, 'se:cr+et %')
      const response = await ask({ grant_type: 'client_credentials' }, basic('odd id', 'se:cr+et %'))
      await assertRow(response, { status: 200 })
    })

    const garbage: readonly (readonly [title: string, value: string])[] = [
      ['bad base64', 'Basic §§§'.replaceAll('§', '*')],
      ['%zz', `Basic ${Buffer.from('client%zz:secret').toString('base64')}`],
      ['colon-less', `Basic ${Buffer.from('clientId').toString('base64')}`],
      ['12 KiB', `Basic ${Buffer.from(`${'c'.repeat(9_000)}:s`).toString('base64')}`],
      ['NUL', `Basic ${Buffer.from('client\0Id:s').toString('base64')}`],
    ]
    for (const [title, authorization] of garbage) {
      test(`a malformed Authorization header, ${title}: 401 invalid_client`, async () => {
        await assertRow(
          await ask(person, { authorization }),
          withHeaders(refusal(401, 'invalid_client'), basicChallenge),
        )
      })
    }
  })

  describe('the request', () => {
    test('missing grant_type', async () => {
      await assertRow(await ask(client), refusal(400, 'unsupported_grant_type'))
    })

    test('unknown grant_type', async () => {
      await assertRow(await ask({ ...client, grant_type: 'implicit' }), refusal(400, 'unsupported_grant_type'))
    })

    test('JSON body: 400 invalid_request that names the type', async () => {
      const headers = { 'content-type': 'application/json' }
      const body = JSON.stringify({ ...person, ...client })
      const expected = refusal(
        400,
        'invalid_request',
        /[^"]*application\/x-www-form-urlencoded; got application\/json\./,
      )
      await assertRow(await fetch(`${url}/o/token/`, { method: 'POST', headers, body }), expected)
    })

    test('another media type: 400 invalid_request that names the type (django-oauth-toolkit: 415 by a switch)', async () => {
      const headers = { 'content-type': 'text/plain' }
      const response = await fetch(`${url}/o/token/`, { method: 'POST', headers, body: 'grant_type=password' })
      await assertRow(response, refusal(400, 'invalid_request', /[^"]*got text\/plain\./))
    })

    test('a multipart form is taken', async () => {
      const body = new FormData()
      for (const [name, value] of Object.entries({ ...person, ...client })) body.set(name, value)
      await assertRow(await fetch(`${url}/o/token/`, { method: 'POST', body }), { status: 200 })
    })

    test('grant not allowed for this application', async () => {
      const form = { ...person, client_id: 'site', client_secret: 'site-secret' }
      await assertRow(await ask(form), refusal(400, 'unauthorized_client'))
    })

    test('parameters in the query string of a POST; the answer is JSON (RFC 6749 §5.2)', async () => {
      const response = await postForm(`${url}/o/token/?scope=read`, { ...person, ...client })
      await assertRow(response, refusal(400, 'invalid_request', 'URL query parameters are not allowed'))
    })

    for (const method of ['GET', 'PUT', 'DELETE', 'PATCH']) {
      test(`${method}: 405 with Allow, in the catalogue’s JSON`, async () => {
        const response = await fetch(`${url}/o/token/`, { method })
        await assertRow(response, withHeaders(refusal(405, 'invalid_request'), { allow: 'POST, OPTIONS' }))
      })
    }

    test('repeated parameter: invalid_request that names it (RFC 6749 §3.2)', async () => {
      const body = new URLSearchParams({ ...person, ...client })
      body.append('username', 'alice')
      const response = await fetch(`${url}/o/token/`, { method: 'POST', body })
      await assertRow(response, refusal(400, 'invalid_request', /[^"]*username[^"]*/))
    })

    test('an unknown parameter is ignored (RFC 6749 §3.2)', async () => {
      await assertRow(await ask({ ...person, ...client, colour: 'blue' }), { status: 200 })
    })
  })

  describe('password', () => {
    const without = (name: string): Form =>
      Object.fromEntries(Object.entries({ ...person, ...client }).filter(([key]) => key !== name))

    for (const name of ['username', 'password']) {
      const description = `Request is missing ${name} parameter.`
      test(`missing ${name}`, async () => {
        await assertRow(await ask(without(name)), refusal(400, 'invalid_request', description))
      })
      test(`empty ${name} is a missing one (RFC 6749 §3.1)`, async () => {
        const form = { ...person, ...client, [name]: '' }
        await assertRow(await ask(form), refusal(400, 'invalid_request', description))
      })
    }

    const wrong = refusal(400, 'invalid_grant', 'Invalid credentials given.')
    test('wrong password', async () => {
      await assertRow(await ask({ ...person, ...client, password: 'wrong' }), wrong)
    })
    test('unknown user', async () => {
      await assertRow(await ask({ ...person, ...client, username: 'nobody@email.com' }), wrong)
    })
    test('inactive user', async () => {
      const json = JSON.stringify({
        email: 'gone@email.com',
        password: 'a-strong-horse-7',
        password2: 'a-strong-horse-7',
      })
      const headers = { 'content-type': 'application/json' }
      await fetch(`${url}/users/signup/`, { method: 'POST', headers, body: json })
      const form = { username: 'gone@email.com', password: 'a-strong-horse-7' }
      const { access_token: token } = await passwordTokens(url, form)
      const profile = await fetch(`${url}/user/profile/`, { headers: bearerHeader(token) })
      const { id } = await membersOf(profile)
      await server.context.database.commit([setUserActive(Number(id), false, server.clock.now())])
      await assertRow(await ask({ ...person, ...client, ...form }), wrong)
    })
    test('NUL byte in username', async () => {
      await assertRow(await ask({ ...person, ...client, username: 'admin\0@email.com' }), wrong)
    })
    test('the e-mail is taken in any letter case', async () => {
      await assertRow(await ask({ ...person, ...client, username: 'ADMIN@email.com' }), { status: 200 })
    })
    test('too many wrong passwords: 429 with Retry-After', async () => {
      const form = { ...person, ...client, username: 'victim@email.com', password: 'wrong' }
      const answers = await Promise.all(Array.from({ length: 11 }, () => ask(form)))
      const throttled = answers.filter((answer) => answer.status === 429)
      assert.equal(throttled.length, 1)
      const expected = withHeaders(refusal(429, 'invalid_grant'), { 'retry-after': /^\d+$/ })
      for (const answer of throttled) await assertRow(answer, expected)
    })
  })

  describe('scope', () => {
    test('unknown scope', async () => {
      await assertRow(await ask({ ...person, ...client, scope: 'read other' }), refusal(400, 'invalid_scope'))
    })
    test('empty scope', async () => {
      await assertRow(await ask({ ...person, ...client, scope: '' }), refusal(400, 'invalid_scope'))
    })
    test('scope omitted: all scopes of the client in the operator’s order', async () => {
      assert.equal((await passwordTokens(url)).scope, 'read write')
    })
    test('requested scope is echoed in its order, a duplicate once (django-oauth-toolkit: verbatim)', async () => {
      assert.equal((await passwordTokens(url, { scope: 'write read read' })).scope, 'write read')
    })
  })

  describe('authorization code', () => {
    test('missing', async () => {
      await assertRow(
        await redeem({ redirect_uri: callback }),
        refusal(400, 'invalid_request', 'Missing code parameter.'),
      )
    })
    test('unknown', async () => {
      await assertRow(await redeem({ code: 'zwMoXLkwXuupVpFNAlSVvB2BP8wwBF' }), refusal(400, 'invalid_grant'))
    })
    test('used: invalid_grant, and what it gave is revoked (RFC 6749 §4.1.2)', async () => {
      const form = { code: await siteCode(), redirect_uri: callback }
      const first = await tokensOf(await redeem(form))
      await assertRow(await redeem(form), refusal(400, 'invalid_grant'))
      const profile = await fetch(`${url}/profile/`, { headers: bearerHeader(first.access_token) })
      assert.equal(profile.status, 401)
      const site = { client_id: 'site', client_secret: 'site-secret' }
      await assertRow(await refresh(first.refresh_token, site), refusal(400, 'invalid_grant'))
    })
    test('expired', async () => {
      const code = await siteCode()
      server.clock.advance(60_000)
      await assertRow(await redeem({ code, redirect_uri: callback }), refusal(400, 'invalid_grant'))
    })
    test('other client’s code; it stays good for its own', async () => {
      const form = { code: await siteCode(), redirect_uri: callback }
      await assertRow(await redeem(form, basic('other', 'other-secret')), refusal(400, 'invalid_grant'))
      await assertRow(await redeem(form), { status: 200 })
    })
    test('wrong verifier', async () => {
      const form = { code: await challenged(), redirect_uri: webCallback, code_verifier: verifier.replace('d', 'e') }
      await assertRow(await redeem(form, basic('web', 'web-secret')), refusal(400, 'invalid_grant'))
    })
    test('verifier absent though challenged', async () => {
      const form = { code: await challenged(), redirect_uri: webCallback }
      const expected = refusal(400, 'invalid_request', 'Code verifier required.')
      await assertRow(await redeem(form, basic('web', 'web-secret')), expected)
    })
    test('verifier though not challenged', async () => {
      const form = { code: await siteCode(), redirect_uri: callback, code_verifier: verifier }
      await assertRow(await redeem(form), refusal(400, 'invalid_grant'))
    })
    test('the right verifier', async () => {
      const form = { code: await challenged(), redirect_uri: webCallback, code_verifier: verifier }
      await assertRow(await redeem(form, basic('web', 'web-secret')), { status: 200 })
    })
    test('redirect_uri differs', async () => {
      const form = { code: await siteCode(), redirect_uri: callback.slice(0, -1) }
      await assertRow(await redeem(form), refusal(400, 'invalid_request', 'Mismatching redirect URI.'))
    })
    test('omitted redirect_uri is accepted when the app has exactly one', async () => {
      await assertRow(await redeem({ code: await siteCode() }), { status: 200 })
    })
    test('omitted redirect_uri is refused when the app has several (RFC 6749 §4.1.3)', async () => {
      const uris = ['http://localhost:7001/a', 'http://localhost:7001/b']
      await register(server, 'several', { redirectUris: uris, scopes: ['read'], pkce: 'optional' }, 'several-secret')
      const code = await codeFor({ client_id: 'several', redirect_uri: uris[0] ?? '', scope: 'read' })
      const expected = refusal(400, 'invalid_request', 'Mismatching redirect URI.')
      await assertRow(await redeem({ code }, basic('several', 'several-secret')), expected)
    })
  })

  describe('refresh', () => {
    test('missing', async () => {
      const response = await ask({ grant_type: 'refresh_token', ...client })
      await assertRow(response, refusal(400, 'invalid_request', 'Missing refresh token parameter.'))
    })
    test('reused: invalid_grant, and the newest is dead too', async () => {
      const { refresh_token: first } = await passwordTokens(url)
      const { refresh_token: second } = await tokensOf(await refresh(first))
      await assertRow(await refresh(first), refusal(400, 'invalid_grant'))
      await assertRow(await refresh(second), refusal(400, 'invalid_grant'))
    })
    test('revoked', async () => {
      const { refresh_token: token } = await passwordTokens(url)
      await postForm(`${url}/o/revoke_token/`, { token, ...client })
      await assertRow(await refresh(token), refusal(400, 'invalid_grant'))
    })
    test('foreign; it stays good for its own client (RFC 6749 §10.4)', async () => {
      const { refresh_token: token } = await passwordTokens(url)
      const foreign = { client_id: 'rs-id', client_secret: 'rs-secret' }
      await assertRow(await refresh(token, foreign), refusal(400, 'invalid_grant'))
      await assertRow(await refresh(token), { status: 200 })
    })
    test('an access token is no refresh token', async () => {
      const { access_token: token } = await passwordTokens(url)
      await assertRow(await refresh(token), refusal(400, 'invalid_grant'))
    })
    test('scope outside the previous scope', async () => {
      const { refresh_token: token } = await passwordTokens(url, { scope: 'read' })
      await assertRow(await refresh(token, { ...client, scope: 'read write' }), refusal(400, 'invalid_scope'))
      await assertRow(await refresh(token), { status: 200 })
    })
    test('narrowing sticks: later widening back also fails', async () => {
      const { refresh_token: token } = await passwordTokens(url)
      const narrow = await tokensOf(await refresh(token, { ...client, scope: 'read' }))
      assert.equal(narrow.scope, 'read')
      const wide = await refresh(narrow.refresh_token, { ...client, scope: 'read write' })
      await assertRow(wide, refusal(400, 'invalid_scope'))
      assert.equal((await tokensOf(await refresh(narrow.refresh_token))).scope, 'read')
    })
    test('narrowing holds for one access token where the client is not seed-style (RFC 6749 §6)', async () => {
      const standard = { client_id: 'standard', client_secret: 'standard-secret' }
      await register(server, standard.client_id, { grantTypes: ['password', 'refresh_token'] }, standard.client_secret)
      const { refresh_token: token } = await passwordTokens(url, standard)
      const narrow = await tokensOf(await refresh(token, { ...standard, scope: 'read' }))
      const wide = await tokensOf(await refresh(narrow.refresh_token, { ...standard, scope: 'read write' }))
      assert.deepEqual([narrow.scope, wide.scope], ['read', 'read write'])
    })
    // The last: the clock of the server is moved for good.
    test('expired', async () => {
      const { refresh_token: token } = await passwordTokens(url)
      server.clock.advance(86_400_000)
      await assertRow(await refresh(token), refusal(400, 'invalid_grant'))
    })
  })

  test('client_credentials success has no refresh_token', async () => {
    const form = { grant_type: 'client_credentials', scope: 'read write' }
    const issued = await tokensOf(await ask(form, basic('web', 'web-secret')))
    assert.deepEqual(Object.keys(issued), ['access_token', 'expires_in', 'token_type', 'scope'])
  })

  test('client_credentials for a public client: unauthorized_client', async () => {
    const response = await ask({ grant_type: 'client_credentials', client_id: 'spa' })
    await assertRow(response, refusal(400, 'unauthorized_client'))
  })
})
