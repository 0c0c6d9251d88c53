// The client against a deliberately bad provider: one test for each module of the conformance suite's plans for relying
// parties that applies, each refused with its named cause (oidcc-client-test-…, fapi2-…-client-test-…).
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Fetch, JsonObject, LoginCause } from '@latchkey/client'
import { type Bending, createTestIssuer } from '@latchkey/client/testing'
import { baseUrl, type Ground, groundWith, type Settings } from './ground.ts'

/** Signs in at a bent provider; the cause of the failure, or undefined when the person is signed in. */
async function causeWith(bending: Bending, options: Settings = {}): Promise<LoginCause | undefined> {
  const ground = await groundWith(options)
  ground.idp.bending = bending
  return causeOf(ground)
}

async function causeOf({ browser, failures, app }: Ground): Promise<LoginCause | undefined> {
  const response = await browser.open('/auth/login')
  const greeted = await (await app(new Request(`${baseUrl}/`, { headers: { cookie: browser.cookie } }))).text()
  const isSignedIn = greeted === 'Hello alice!'
  assert.equal(failures.length === 0, isSignedIn, `${failures.join()} ${greeted}`)
  assert.equal(response.status >= 400, !isSignedIn)
  if (!isSignedIn) assert.equal(greeted, 'Hello world!', 'whoever was refused is not signed in')
  return failures.at(-1)?.reason
}

function unsigned(token: string, algorithm: string): string {
  const header = Buffer.from(JSON.stringify({ alg: algorithm, typ: 'JWT' })).toString('base64url')
  return `${header}.${token.split('.')[1]}.`
}

function broken(token: string): string {
  const [header = '', payload = '', signature = ''] = token.split('.')
  const bytes = Buffer.from(signature, 'base64url')
  bytes[10] = (bytes[10] ?? 0) ^ 1
  return `${header}.${payload}.${bytes.toString('base64url')}`
}

const claim = (changes: Readonly<Record<string, unknown>>): Bending => ({
  idToken: (claims) => ({ ...claims, ...changes }),
})

const refused: readonly (readonly [title: string, bending: Bending, cause: LoginCause])[] = [
  [
    'invalid-iss: another issuer (OpenID Connect Core §3.1.3.7 (2))',
    claim({ iss: 'https://evil.test' }),
    'wrong-issuer',
  ],
  ['an issuer with one more slash', claim({ iss: 'https://id.test/' }), 'wrong-issuer'],
  ['missing iss', claim({ iss: undefined }), 'wrong-issuer'],
  ['missing-sub', claim({ sub: undefined }), 'subject'],
  ['an empty sub', claim({ sub: '' }), 'subject'],
  ['missing-aud', claim({ aud: undefined }), 'audience'],
  ['invalid-aud (§3.1.3.7 (3))', claim({ aud: 'another client' }), 'audience'],
  ['invalid-secondary-aud', claim({ aud: ['app', 'https://evil.test'] }), 'audience'],
  ['azp of another client (§3.1.3.7 (5))', claim({ azp: 'another client' }), 'audience'],
  ['missing-iat', claim({ iat: undefined }), 'token-malformed'],
  ['missing-exp', claim({ exp: undefined }), 'token-malformed'],
  [
    'expired-exp (§3.1.3.7 (9))',
    { idToken: (c) => ({ ...c, iat: Number(c['iat']) - 600, exp: Number(c['iat']) - 300 }) },
    'token-expired',
  ],
  ['iat of the future: the clocks differ', { idToken: (c) => ({ ...c, iat: Number(c['iat']) + 60 }) }, 'clock'],
  ['nonce-invalid (§3.1.3.7 (11))', claim({ nonce: 'another' }), 'nonce'],
  ['missing nonce', claim({ nonce: undefined }), 'nonce'],
  ['idtoken-sig-none', { signedIdToken: (token) => unsigned(token, 'none') }, 'algorithm'],
  ['invalid-null-alg', { signedIdToken: (token) => unsigned(token, 'None') }, 'algorithm'],
  ['invalid-sig-es256', { signedIdToken: broken }, 'signature'],
  [
    'invalid-alternate-alg: HS256 with the public key',
    { signedIdToken: (token) => unsigned(token, 'HS256') },
    'algorithm',
  ],
  [
    'an algorithm that the metadata does not list',
    { metadata: (d) => ({ ...d, id_token_signing_alg_values_supported: ['RS256'] }) },
    'algorithm',
  ],
  ['a key that nobody publishes', { keys: () => [] }, 'unknown-key'],
  ['another kid', { idTokenHeader: { kid: 'another' } }, 'unknown-key'],
  [
    'a header that demands an extension (RFC 7515 §4.1.11)',
    {
      signedIdToken: (token) =>
        `${Buffer.from(JSON.stringify({ alg: 'ES256', crit: ['b64'], b64: false })).toString('base64url')}.${token.split('.').slice(1).join('.')}`,
    },
    'token-malformed',
  ],
  ['no JWT at all', { signedIdToken: () => 'no token' }, 'token-malformed'],
  ['no ID token', { tokens: without('id_token') }, 'token-malformed'],
  ['invalid-athash (§3.1.3.8)', claim({ at_hash: 'AAAAAAAAAAAAAAAAAAAAAA' }), 'access-token-hash'],
  ['invalid-chash', claim({ c_hash: 'AAAAAAAAAAAAAAAAAAAAAA' }), 'code-hash'],
  [
    'userinfo-invalid-sub (OpenID Connect Core §5.3.4)',
    { userinfo: (claims) => ({ ...claims, sub: 'somebody else' }) },
    'subject',
  ],
  ['userinfo without sub', { userinfo: without('sub') }, 'subject'],
  [
    'signed userinfo for another client (§5.3.2)',
    { signsUserinfo: true, userinfo: (claims) => ({ ...claims, aud: 'another' }) },
    'audience',
  ],
  [
    'signed userinfo of another issuer',
    { signsUserinfo: true, userinfo: (claims) => ({ ...claims, iss: 'https://evil.test' }) },
    'wrong-issuer',
  ],
  [
    'discovery-issuer-mismatch (OpenID Connect Discovery §4.3)',
    { metadata: (d) => ({ ...d, issuer: 'https://evil.test' }) },
    'wrong-issuer',
  ],
  [
    'an issuer that is the same URL and another text (RFC 8414 §3.3)',
    { metadata: (d) => ({ ...d, issuer: 'https://ID.test' }) },
    'wrong-issuer',
  ],
  [
    'metadata whose endpoint left https',
    { metadata: (d) => ({ ...d, token_endpoint: 'http://id.test/token' }) },
    'server-broken',
  ],
  ['keys that left https', { metadata: (d) => ({ ...d, jwks_uri: 'http://id.test/jwks' }) }, 'server-broken'],
  [
    'invalid-authorization-response-iss (RFC 9207 §2.4)',
    { callback: withParameter('iss', 'https://evil.test') },
    'mixed-up-server',
  ],
  [
    'remove-authorization-response-iss (RFC 9207 §2.4)',
    { callback: withParameter('iss', undefined) },
    'mixed-up-server',
  ],
  [
    'ensure-authorization-response-with-invalid-state-fails',
    { callback: withParameter('state', 'forged') },
    'state-unknown',
  ],
  [
    'ensure-authorization-response-with-invalid-missing-state-fails',
    { callback: withParameter('state', undefined) },
    'state-unknown',
  ],
  ['an answer with neither code nor error', { callback: withParameter('code', undefined) }, 'server-broken'],
  ['a parameter that is repeated (RFC 6749 §3.1)', { callback: repeated('code') }, 'server-broken'],
  ['a state that is repeated', { callback: repeated('state') }, 'state-unknown'],
  ['a token answer without a token', { tokens: without('access_token') }, 'server-broken'],
  [
    'a token answer that is no JSON',
    {
      answer: (path) =>
        path === '/token' ? new Response('<html>', { headers: { 'content-type': 'text/html' } }) : undefined,
    },
    'server-broken',
  ],
  [
    'a token of an unknown type (RFC 6749 §7.1)',
    { tokens: (answer) => ({ ...answer, token_type: 'mac' }) },
    'server-broken',
  ],
  [
    'a server that is out of order',
    { answer: (path) => (path === '/token' ? new Response('', { status: 502 }) : undefined) },
    'server-unreachable',
  ],
  [
    'a server that redirects its token endpoint',
    {
      answer: (path) =>
        path === '/token'
          ? new Response(null, { status: 307, headers: { location: 'https://evil.test/' } })
          : undefined,
    },
    'server-broken',
  ],
]

function without(member: string): (sent: JsonObject) => JsonObject {
  return (sent) => Object.fromEntries(Object.entries(sent).filter(([name]) => name !== member))
}

function withParameter(name: string, value: string | undefined): (url: URL) => URL {
  return (url) => {
    url.searchParams.delete(name)
    if (value !== undefined) url.searchParams.set(name, value)
    return url
  }
}

function repeated(name: string): (url: URL) => URL {
  return (url) => {
    url.searchParams.append(name, url.searchParams.get(name) ?? '')
    return url
  }
}

describe('refused, with its cause', () => {
  for (const [title, bending, cause] of refused) {
    test(`${title}: ${cause}`, async () => assert.equal(await causeWith(bending), cause))
  }
})

const accepted: readonly (readonly [title: string, bending: Bending])[] = [
  ['the happy path', {}],
  ['kid-absent-single-jwks', { idTokenHeader: { kid: undefined } }],
  ['missing-athash, which the code flow leaves open (§3.1.3.6)', claim({ at_hash: undefined })],
  ['valid-aud-as-array', claim({ aud: ['app'] })],
  ['several audiences, of which azp names this client', claim({ aud: ['app', 'https://api.test'], azp: 'app' })],
  ['a clock that is 3 seconds ahead', { idToken: (c) => ({ ...c, iat: Number(c['iat']) + 3 }) }],
  ['token-type-case-insensitivity (RFC 6749 §5.1)', { tokens: (answer) => ({ ...answer, token_type: 'bEARER' }) }],
  ['token-endpoint-response-without-expires_in', { tokens: without('expires_in') }],
  ['userinfo-signed (§5.3.2)', { signsUserinfo: true }],
  [
    'aggregated-claims and others that nobody asked for',
    { userinfo: (c) => ({ ...c, _claim_names: { a: 's' }, _claim_sources: { s: { JWT: 'x' } } }) },
  ],
  [
    'a server without userinfo, whose ID token says all',
    { metadata: without('userinfo_endpoint'), idToken: (c) => ({ ...c, preferred_username: 'alice' }) },
  ],
]

describe('accepted', () => {
  for (const [title, bending] of accepted) {
    test(title, async () => assert.equal(await causeWith(bending), undefined))
  }

  for (const algorithm of ['RS256', 'PS256', 'ES384', 'EdDSA']) {
    test(`idtoken-sig-${algorithm.toLowerCase()}, and a broken one is refused`, async () => {
      const ground = await groundWith({}, { algorithm })
      assert.equal(await causeOf(ground), undefined)
      ground.idp.bending = { signedIdToken: broken }
      const other = await groundWith({}, { algorithm })
      other.idp.bending = { signedIdToken: broken }
      assert.equal(await causeOf(other), 'signature')
    })
  }
})

test('kid-absent-multiple-jwks: each key of the algorithm is tried, and none is skipped over', async () => {
  const other = await createTestIssuer()
  const foreign = (await (await other.fetch('https://id.test/jwks')).json()) as { keys: JsonObject[] }
  const keys: Bending = { idTokenHeader: { kid: undefined }, keys: (own) => [...foreign.keys, ...own] }
  assert.equal(await causeWith(keys), undefined)
  assert.equal(await causeWith({ ...keys, signedIdToken: broken }), 'signature')
  assert.equal(await causeWith({ ...keys, keys: () => foreign.keys }), 'signature')
})

test('signing-key-rotation: an unknown kid makes it look again, at once, but only once in 30 seconds', async () => {
  const ground = await groundWith()
  assert.equal(await causeOf(ground), undefined)
  await ground.idp.rotateKeys()
  assert.equal(await causeOf(ground), undefined)
  assert.equal(ground.idp.requests.get('/jwks'), 2)
  ground.idp.bending = { idTokenHeader: { kid: 'forged' } }
  for (let attempt = 0; attempt < 5; attempt += 1) {
    await ground.browser.post('/auth/logout', { where: 'here' })
    await ground.browser.open('/auth/login')
    assert.equal(ground.failures.at(-1)?.reason, 'unknown-key')
  }
  assert.equal(ground.idp.requests.get('/jwks'), 2, 'forgers cannot make it ask')
  ground.idp.clock.advance(31_000)
  ground.idp.bending = {}
  await ground.idp.rotateKeys()
  await ground.browser.open('/auth/login')
  assert.equal(ground.idp.requests.get('/jwks'), 3)
})

test('mixed-up server: an answer of one server at the redirect URI of another (RFC 9700 §4.4)', async () => {
  const [honest, evil] = [await createTestIssuer(), await createTestIssuer({ issuer: 'https://evil.test' })]
  const fetch: Fetch = (url, init) => (url.startsWith('https://evil.test') ? evil : honest).fetch(url, init)
  const { clientId, clientSecret, clock } = honest.options
  const providers = [
    { id: 'honest', issuer: honest.issuer, clientId, clientSecret },
    { id: 'evil', issuer: evil.issuer, clientId, clientSecret },
  ]
  const { browser, failures } = await groundWith({ app: 'shop', providers, fetch, clock })
  const begun = await browser.get('/auth/login?provider=evil')
  const sent = new URL(begun.headers.get('location') ?? '')
  assert.equal(sent.searchParams.get('redirect_uri'), `${baseUrl}/auth/callback/evil`)
  // The evil server sends the browser on to the honest one, which answers to the redirect URI of its own client.
  const atHonest = new URL(sent)
  atHonest.host = 'id.test'
  atHonest.searchParams.set('redirect_uri', `${baseUrl}/auth/callback/honest`)
  await browser.get(honest.authorize(atHonest.href))
  assert.equal(failures.at(-1)?.reason, 'mixed-up-server')
  atHonest.searchParams.set('redirect_uri', `${baseUrl}/auth/callback/evil`)
  await browser.get(honest.authorize(atHonest.href))
  assert.equal(failures.at(-1)?.reason, 'mixed-up-server')
  assert.equal(honest.requests.get('/token'), undefined, 'no code went to either')
  assert.equal(evil.requests.get('/token'), undefined)
})

test('userinfo-bearer-header, scope-userinfo-claims: the token travels in the header alone, and the claims are read', async () => {
  const asked: Request[] = []
  const { idp } = await groundWith()
  const watching: Fetch = (url, init) => {
    if (url.includes('/userinfo')) asked.push(new Request(url, init))
    return idp.fetch(url, init)
  }
  const { browser, sessions } = await groundWith({ fetch: watching })
  const claims = { name: 'Alice A', given_name: 'Alice', family_name: 'A', picture: 'https://a.test/p.png' }
  const begun = await browser.get('/auth/login')
  await browser.get(
    idp.authorize(begun.headers.get('location') ?? '', { email: 'a@b.test', emailVerified: true, claims }),
  )
  await browser.get('/')
  assert.equal(asked.length, 1)
  assert.match(String(asked[0]?.headers.get('authorization')), /^Bearer [\w-]+$/)
  assert.equal(new URL(asked[0]?.url ?? '').search, '')
  const { id, provider, ...user } = sessions.at(-1)?.user ?? {}
  assert.deepEqual([id, provider], [undefined, 'https://id.test'])
  assert.deepEqual(user, {
    subject: '7',
    username: 'alice',
    email: 'a@b.test',
    emailVerified: true,
    name: 'Alice A',
    givenName: 'Alice',
    familyName: 'A',
    picture: 'https://a.test/p.png',
  })
})

test('client-secret-basic: the secret goes into the header, and into the form only when told', async () => {
  const sent: (readonly [string | null, string | null])[] = []
  const watching =
    (ground: Ground): Fetch =>
    async (url, init) => {
      const request = new Request(url, init)
      if (url.endsWith('/token'))
        sent.push([
          request.headers.get('authorization'),
          new URLSearchParams(await request.text()).get('client_secret'),
        ])
      return ground.idp.fetch(url, init)
    }
  const ground = await groundWith()
  const basic = await groundWith({ fetch: watching(ground) })
  await basic.browser.follow(await basic.browser.get('/auth/login'))
  const post = await groundWith({ fetch: watching(ground), clientAuthentication: 'post' })
  await post.browser.follow(await post.browser.get('/auth/login'))
  assert.match(String(sent[0]?.[0]), /^Basic /)
  assert.equal(sent[0]?.[1], null)
  assert.deepEqual(sent[1], [null, 'secret of app'])
})

test('form-post-error and a code that is posted: the cookie does not travel, and the page says why', async () => {
  const { browser, app, failures, idp } = await groundWith()
  const begun = await browser.get('/auth/login')
  const back = new URL(idp.deny(begun.headers.get('location') ?? ''))
  const body = back.searchParams.toString()
  const headers = { 'content-type': 'application/x-www-form-urlencoded', origin: 'https://id.test' }
  await app(new Request(`${baseUrl}/auth/callback`, { method: 'POST', body, headers }))
  assert.equal(failures.at(-1)?.reason, 'same-site')
})
