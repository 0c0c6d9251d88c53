// A request that comes as a signed JWT, by value or from a registered address: for clients that registered how they sign it;
// refused by its exact name for everybody else. RFC 9101; OpenID Connect Core §6; CVE-2026-4366, CVE-2026-9793.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, describe, test } from 'node:test'
import { type CryptoKey, exportJWK, generateKeyPair, type JWTPayload, SignJWT, UnsecuredJWT } from 'jose'
import type { FormBrowser, Page } from '../support/form-browser.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import {
  addClient,
  alice,
  answerOf,
  authorizePath,
  browserOf,
  callback,
  challenge,
  claimsOf,
  nextOf,
  redeem,
  signedInBrowser,
} from './ground.ts'

const inside = {
  response_type: 'code',
  redirect_uri: callback,
  scope: 'openid read',
  state: 'inside',
  nonce: 'a-nonce',
  code_challenge: challenge,
  code_challenge_method: 'S256',
}

/** The client's own web server: serves whatever the test puts there, and counts. */
class Documents {
  readonly bodies = new Map<string, string>()
  readonly asked: string[] = []
  readonly #server: Server = createServer((request, response) => {
    this.asked.push(request.url ?? '')
    const body = this.bodies.get(request.url ?? '')
    if (request.url === '/moved') response.writeHead(302, { location: '/r' }).end()
    else if (body === undefined) response.writeHead(404).end()
    else response.writeHead(200, { 'content-type': 'application/oauth-authz-req+jwt' }).end(body)
  })

  async start(): Promise<string> {
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  stop(): void {
    this.#server.close()
  }
}

describe('request objects', () => {
  let server: TestServer
  let browser: FormBrowser
  let key: CryptoKey
  let stranger: CryptoKey
  let home = ''
  const documents = new Documents()

  before(async () => {
    server = await startTestServer()
    home = await documents.start()
    const pair = await generateKeyPair('ES256')
    key = pair.privateKey
    stranger = (await generateKeyPair('ES256')).privateKey
    const jwks = JSON.stringify({ keys: [{ ...(await exportJWK(pair.publicKey)), kid: 'k1' }] })
    await addClient(server, 'plain')
    const requestUris = [`${home}/r`, `${home}/r2#sha`, `${home}/moved`]
    await addClient(server, 'signing', { metadata: { jwks, requestObjectSigningAlgorithm: 'ES256', requestUris } })
    await addClient(server, 'by-value', { metadata: { jwks, requestObjectSigningAlgorithm: 'ES256' } })
    await addClient(server, 'unsigned', { metadata: { requestObjectSigningAlgorithm: 'none', requestUris } })
    browser = await signedInBrowser(server)
  })
  after(async () => {
    documents.stop()
    await server.close()
  })

  const now = (): number => Math.floor(server.clock.now() / 1_000)
  const sign = (payload: JWTPayload, by = key, header = {}): Promise<string> =>
    new SignJWT({ iss: 'signing', aud: server.issuer, exp: now() + 60, nbf: now(), ...inside, ...payload })
      .setProtectedHeader({ alg: 'ES256', kid: 'k1', typ: 'oauth-authz-req+jwt', ...header })
      .sign(by)
  const unsigned = (payload: JWTPayload = {}): string => new UnsecuredJWT({ ...inside, ...payload }).encode()
  /** Only what OAuth wants beside the object. */
  const path = (client: string, asked: Readonly<Record<string, string>>): string =>
    `/o/authorize/?${new URLSearchParams({ client_id: client, response_type: 'code', ...asked }).toString()}`
  const errorOf = (page: Page): string | undefined => answerOf(page).members.get('error')

  test('a client that registered no algorithm: request_not_supported and request_uri_not_supported, nothing is fetched (RFC 9101 §7)', async () => {
    const request = unsigned()
    assert.equal(errorOf(await browser.get(authorizePath('plain', { request }))), 'request_not_supported')
    const uris = [`${home}/r`, 'http://169.254.169.254/latest/', 'file:///etc/passwd', 'https://evil.example/']
    for (const request_uri of uris) {
      for (const client of ['plain', 'by-value']) {
        assert.equal(errorOf(await browser.get(authorizePath(client, { request_uri }))), 'request_uri_not_supported')
      }
    }
    assert.deepEqual(documents.asked, [])
  })

  test('by value: what was signed is the request, and what stands beside it is ignored', async () => {
    const request = await sign({})
    const beside = { request, redirect_uri: 'https://evil.example/cb', scope: 'write', state: 'beside', nonce: 'other' }
    const answer = answerOf(await browser.get(path('signing', beside)))
    assert.deepEqual([answer.address, answer.members.get('state')], [callback, 'inside'])
    const tokens = await redeem(server, 'signing', answer)
    assert.equal(tokens['scope'], 'openid read')
    assert.equal(claimsOf(tokens['id_token'])['nonce'], 'a-nonce')
  })

  test('it survives the way through the sign-in page, where it would have expired', async () => {
    const anonymous = browserOf(server)
    const page = await anonymous.get(path('signing', { request: await sign({ prompt: 'login' }) }))
    const login = await anonymous.get(page.location ?? '')
    assert.match(login.text, /The signing app/)
    server.clock.advance(120_000)
    const [username, password] = alice
    const back = await anonymous.submit(login, { username, password }, { action: '/accounts/login/' })
    assert.equal(answerOf(await anonymous.get(back.location ?? '')).members.get('state'), 'inside')
  })

  test('what was signed cannot be changed on the way: the tag no longer fits, and prompt=login is asked again', async () => {
    server.clock.advance(1_000)
    const page = await browser.get(path('signing', { request: await sign({ prompt: 'login' }) }))
    const next = nextOf(page)
    assert.match(next, /prompt=login/)
    assert.ok((await browser.get(next.replace('read', 'write'))).location?.startsWith('/accounts/login/'))
  })

  test('refused as invalid_request_object: wrong key, wrong algorithm, wrong party, wrong time, changed, nested (RFC 9101 §7)', async () => {
    const good = await sign({})
    const [head = '', , signature = ''] = good.split('.')
    const body = Buffer.from(JSON.stringify({ ...inside, scope: 'write' })).toString('base64url')
    const hmac = new SignJWT(inside).setProtectedHeader({ alg: 'HS256' })
    const bad = {
      stranger: await sign({}, stranger),
      'unknown key': await sign({}, key, { kid: 'k2' }),
      'not signed': unsigned(),
      'signed with the secret of the client': await hmac.sign(Buffer.from('signing-secret'.padEnd(32, '.'))),
      'another body': `${head}.${body}.${signature}`,
      'another client': await sign({ iss: 'other' }),
      'another client_id': await sign({ client_id: 'plain' }),
      'another server': await sign({ aud: 'https://other.example' }),
      expired: await sign({ exp: now() - 60 }),
      'not valid yet': await sign({ nbf: now() + 60 }),
      'another type': await sign({}, key, { typ: 'at+jwt' }),
      nested: await sign({ request_uri: `${home}/r` }),
      'another response type': await sign({ response_type: 'id_token' }),
      'a JWE': 'e30.e30.e30.e30.e30',
      'no JWT': 'hello',
    }
    for (const [what, request] of Object.entries(bad)) {
      const page = await browser.get(path('signing', { request, redirect_uri: callback, state: 's' }))
      const answer = answerOf(page)
      assert.equal(answer.members.get('error'), 'invalid_request_object', what)
      assert.equal(answer.members.get('state'), 's', what)
    }
  })

  test('a bad one never leads to an address that is not registered, wherever it stands', async () => {
    const evil = 'https://evil.example/cb'
    const expired = await sign({ exp: now() - 60, redirect_uri: evil })
    for (const asked of [
      { request: expired },
      { request: expired, redirect_uri: evil },
      { request: await sign({ redirect_uri: evil }) },
      { request: await sign({ redirect_uri: evil }), redirect_uri: callback },
    ]) {
      const page = await browser.get(path('signing', asked))
      // The one good address may be used where none stands beside the object.
      const target = page.location?.split('?')[0]
      assert.ok(page.status === 400 || target === callback, page.location ?? page.text)
      assert.doesNotMatch(page.location ?? '', /evil/)
    }
  })

  test('its parameters are read as strictly as any others', async () => {
    const refused: JWTPayload = { prompt: 'none login', max_age: -1, scope: 'unknown', code_challenge_method: 'plain' }
    for (const [name, value] of Object.entries(refused)) {
      const changed: JWTPayload = { [name]: value }
      const page = await browser.get(path('signing', { request: await sign(changed) }))
      assert.match(errorOf(page) ?? '', /^invalid_(request|scope)$/, name)
    }
  })

  test('by reference: fetched from a registered address, once within seconds', async () => {
    documents.bodies.set('/r', await sign({ state: 'fetched' }))
    const asked = documents.asked.length
    for (let i = 0; i < 3; i++) {
      const page = await browser.get(path('signing', { request_uri: `${home}/r` }))
      assert.equal(answerOf(page).members.get('state'), 'fetched')
    }
    assert.equal(documents.asked.length - asked, 1)
  })

  test('a fragment tells versions apart and is not sent (OpenID Connect Core §6.2)', async () => {
    documents.bodies.set('/r2', await sign({ state: 'second' }))
    const page = await browser.get(path('signing', { request_uri: `${home}/r2#another-sha` }))
    assert.equal(answerOf(page).members.get('state'), 'second')
    assert.equal(documents.asked.at(-1), '/r2')
  })

  test('refused as invalid_request_uri: not registered, not there, moved elsewhere; only what is registered is asked for', async () => {
    documents.bodies.clear()
    server.clock.advance(60_000)
    const known = documents.asked.length
    const uris = [`${home}/other`, `${home}/r/`, `${home}/r?x=1`, 'http://169.254.169.254/', `${home}@evil.example/r`]
    for (const request_uri of uris) {
      const page = await browser.get(path('signing', { request_uri, redirect_uri: callback }))
      assert.equal(errorOf(page), 'invalid_request_uri', request_uri)
    }
    assert.equal(documents.asked.length, known)
    for (const request_uri of [`${home}/r`, `${home}/moved`]) {
      const page = await browser.get(path('signing', { request_uri, redirect_uri: callback }))
      assert.equal(errorOf(page), 'invalid_request_uri', request_uri)
    }
    assert.deepEqual(documents.asked.slice(known), ['/r', '/moved'])
  })

  test('both at once are refused (RFC 9101 §5)', async () => {
    const both = { request: await sign({}), request_uri: `${home}/r`, redirect_uri: callback }
    assert.equal(errorOf(await browser.get(path('signing', both))), 'invalid_request')
  })

  test('unsigned only where the registration says none, and then nothing but none', async () => {
    assert.equal(answerOf(await browser.get(path('unsigned', { request: unsigned() }))).members.get('state'), 'inside')
    const signed = await sign({ iss: 'unsigned' })
    const page = await browser.get(path('unsigned', { request: signed, redirect_uri: callback }))
    assert.equal(errorOf(page), 'invalid_request_object')
    const withSignature = await browser.get(path('unsigned', { request: `${unsigned()}c2ln`, redirect_uri: callback }))
    assert.equal(errorOf(withSignature), 'invalid_request_object')
  })

  test('discovery says so while some client has it on, and does not say that objects are demanded: a plain request is taken as well (RFC 9101 §10.5)', async () => {
    server.clock.advance(1_001)
    const document = (await (await fetch(`${server.url}/o/.well-known/openid-configuration`)).json()) as object
    const expected = {
      request_parameter_supported: true,
      request_uri_parameter_supported: true,
      require_request_uri_registration: true,
    }
    for (const [name, value] of Object.entries(expected)) {
      assert.equal(new Map(Object.entries(document)).get(name), value, name)
    }
    // Absent is false: whoever reads it knows that an object protects only the requests that have one.
    assert.equal('require_signed_request_object' in document, false)
    assert.equal(errorOf(await browser.get(authorizePath('signing'))), undefined)
  })
})
