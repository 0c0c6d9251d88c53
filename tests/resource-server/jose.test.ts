// The corpus of forged, malformed and misused JWTs: each is refused with 401, without a crash and without extra requests.
// RFC 8725; RFC 7515; RFC 9068 §4.
import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import { type CryptoKey, exportJWK, exportSPKI, generateKeyPair, SignJWT, UnsecuredJWT } from 'jose'
import { protect } from '@latchkey/resource-server'
import { challengeOf, bearing, statusOf } from './ground.ts'

const issuer = 'https://id.test'
const audience = 'https://api.test'
const now = Math.floor(Date.UTC(2027, 0, 15, 12) / 1000)
const good = { iss: issuer, aud: audience, sub: 'alice', client_id: 'app', iat: now, exp: now + 300, jti: 't' }
const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')

let pair: { readonly privateKey: CryptoKey; readonly publicKey: CryptoKey }
let published: unknown[] = []
let api: ReturnType<typeof fresh>
let keyRequests = 0
let instant = now * 1000
before(async () => {
  pair = await generateKeyPair('RS256', { extractable: true })
  published = [{ ...(await exportJWK(pair.publicKey)), kid: 'k', alg: 'RS256', use: 'sig' }]
  api = fresh()
})

function fresh(tokenTypes: readonly string[] = ['at+jwt']) {
  return protect({
    issuer,
    audience,
    scopes: ['read'],
    tokenTypes,
    clock: { now: () => instant },
    async fetch(url) {
      if (!url.endsWith('/jwks')) return Response.json({ issuer, jwks_uri: `${issuer}/jwks` })
      keyRequests += 1
      return Response.json({ keys: published })
    },
  })
}

const sign = (claims: object, header: object = {}, key: CryptoKey = pair.privateKey): Promise<string> =>
  new SignJWT({ ...claims }).setProtectedHeader({ typ: 'at+jwt', kid: 'k', ...header, alg: 'RS256' }).sign(key)
/** Signs any text whatever as header and payload. */
async function signText(header: string, payload: string): Promise<string> {
  const input = `${Buffer.from(header).toString('base64url')}.${Buffer.from(payload).toString('base64url')}`
  const signature = await crypto.subtle.sign('RSASSA-PKCS1-v1_5', pair.privateKey, Buffer.from(input))
  return `${input}.${Buffer.from(signature).toString('base64url')}`
}
const header = '{"alg":"RS256","typ":"at+jwt","kid":"k"}'

async function refused(token: string, why: RegExp, on = api): Promise<void> {
  const begun = performance.now()
  const decision = await on.check(bearing(token), on.authenticated())
  assert.equal(statusOf(decision), 401, why.source)
  assert.match(challengeOf(decision), why)
  assert.ok(performance.now() - begun < 50, 'a bomb is refused in less than 50 ms')
}

test('the corpus’s own good token passes, so that the others fail for their own reason', async () => {
  assert.equal(statusOf(await api.check(bearing(await sign(good)), api.authenticated())), 200)
})

test('no signature: alg none in any spelling (RFC 8725 §3.1)', async () => {
  const unsigned = new UnsecuredJWT(good).encode()
  await refused(unsigned, /algorithm/)
  for (const alg of ['none', 'None', 'nOnE', 'NONE', '']) {
    await refused(`${encode({ alg, typ: 'at+jwt' })}.${encode(good)}.`, /algorithm/)
    await refused(`${encode({ alg, typ: 'at+jwt', kid: 'k' })}.${encode(good)}.AAAA`, /algorithm/)
  }
  await refused(`${encode({ typ: 'at+jwt', kid: 'k' })}.${encode(good)}.AAAA`, /names no algorithm/)
})

test('the public key as an HMAC secret (RFC 8725 §2.1)', async () => {
  const secret = new TextEncoder().encode(await exportSPKI(pair.publicKey))
  for (const alg of ['HS256', 'HS512']) {
    const token = await new SignJWT(good).setProtectedHeader({ alg, typ: 'at+jwt', kid: 'k' }).sign(secret)
    await refused(token, /algorithm/)
  }
})

test('one key, one algorithm: a published RS256 key verifies no PS256 (RFC 8725 §3.1)', async () => {
  const token = await sign(good)
  const [, payload, signature] = token.split('.')
  for (const alg of ['PS256', 'RS512', 'ES256', 'EdDSA', 'rs256']) {
    await refused(`${encode({ alg, typ: 'at+jwt', kid: 'k' })}.${payload}.${signature}`, /algorithm|key that/)
  }
})

test('keys that the token brings along are not used: jwk, jku, x5u, x5c (RFC 8725 §3.10)', async () => {
  const own = await generateKeyPair('RS256', { extractable: true })
  const jwk = await exportJWK(own.publicKey)
  const asked = keyRequests
  await refused(await sign(good, { jwk }, own.privateKey), /signature/)
  await refused(await sign(good, { jku: 'https://evil.test/jwks' }, own.privateKey), /signature/)
  await refused(await sign(good, { x5u: 'https://evil.test/x', x5c: ['MIIB'] }, own.privateKey), /signature/)
  assert.equal(keyRequests, asked)
})

test('a flood of unknown keys causes at most one request in 30 s, whatever the key is called', async () => {
  instant += 60_000
  const asked = keyRequests
  const names = ['../../etc/passwd', "' or 1=1 --", ...Array.from({ length: 200 }, (_, index) => `random-${index}`)]
  const [, payload, signature] = (await sign({ ...good, exp: now + 9_000 })).split('.')
  for (const kid of names) {
    await refused(`${encode({ alg: 'RS256', typ: 'at+jwt', kid })}.${payload}.${signature}`, /does not publish/)
  }
  assert.equal(keyRequests - asked, 1)
  instant += 29_000
  await refused(`${encode({ alg: 'RS256', typ: 'at+jwt', kid: 'late' })}.${payload}.${signature}`, /does not publish/)
  assert.equal(keyRequests - asked, 1)
  instant += 1_000
  await refused(`${encode({ alg: 'RS256', typ: 'at+jwt', kid: 'later' })}.${payload}.${signature}`, /does not publish/)
  assert.equal(keyRequests - asked, 2)
  instant = now * 1000
})

test('crit and b64 (RFC 7515 §4.1.11, RFC 7797)', async () => {
  await refused(
    await signText('{"alg":"RS256","typ":"at+jwt","kid":"k","crit":["x"],"x":1}', JSON.stringify(good)),
    /extension/,
  )
  await refused(
    await signText('{"alg":"RS256","typ":"at+jwt","kid":"k","crit":["b64"],"b64":false}', JSON.stringify(good)),
    /extension/,
  )
  await refused(
    await signText('{"alg":"RS256","typ":"at+jwt","kid":"k","b64":false}', JSON.stringify(good)),
    /extension/,
  )
})

test('typ: an ID token, a logout token and a client assertion are no access tokens (RFC 9068 §4)', async () => {
  for (const typ of ['JWT', 'logout+jwt', 'dpop+jwt', 'token-introspection+jwt', 'at+jwt2']) {
    await refused(await sign(good, { typ }), /not an access token/)
  }
  await refused(await sign(good, { typ: undefined }), /not an access token/)
  const lenient = fresh(['at+jwt', 'JWT'])
  assert.equal(statusOf(await lenient.check(bearing(await sign(good, { typ: 'JWT' })), lenient.authenticated())), 200)
  for (const mark of [{ nonce: 'n' }, { at_hash: 'h' }, { events: {} }, { typ: 'ID' }, { token_use: 'id' }]) {
    await refused(await sign({ ...good, ...mark }, { typ: 'JWT' }), /not an access token/, lenient)
  }
  const spelled = await sign(good, { typ: 'application/AT+JWT' })
  assert.equal(statusOf(await api.check(bearing(spelled), api.authenticated())), 200)
})

test('iss, aud and exp must be there and right (RFC 9068 §4)', async () => {
  const without = (name: string) => sign(Object.fromEntries(Object.entries(good).filter(([key]) => key !== name)))
  await refused(await without('exp'), /never expires/)
  await refused(await without('iss'), /issuer/)
  await refused(await without('aud'), /no audience/)
  await refused(await sign({ ...good, iss: 'https://id.test.evil.test' }), /another issuer/)
  await refused(await sign({ ...good, iss: ['https://id.test'] }), /issuer|wrong type/)
  await refused(await sign({ ...good, aud: 'https://other.test' }), /another audience/)
  await refused(await sign({ ...good, aud: [] }), /audience/)
  await refused(await sign({ ...good, aud: [1] }), /wrong type/)
  await refused(await sign({ ...good, sub: 7 }), /wrong type/)
})

test('times are whole numbers of seconds (GHSA-wxg7)', async () => {
  for (const exp of [
    '"1e999"',
    '1e999',
    '"2000000000"',
    '-1',
    '9007199254740993',
    '1.5',
    'null',
    'true',
    '[9]',
    '{}',
  ]) {
    const payload = JSON.stringify({ ...good, exp: 'EXP' }).replace('"EXP"', exp)
    await refused(await signText(header, payload), /time that is no|never expires|expired/)
  }
  await refused(await sign({ ...good, nbf: 'soon' }), /time that is no/)
  await refused(await sign({ ...good, nbf: now + 60 }), /not valid yet/)
  await refused(await sign({ ...good, exp: now - 6 }), /expired/)
  assert.equal(statusOf(await api.check(bearing(await sign({ ...good, exp: now - 4 })), api.authenticated())), 200)
})

test('a member that occurs twice is refused, also when it is spelled otherwise (RFC 8725 §2.4)', async () => {
  const body = JSON.stringify(good).slice(1)
  await refused(await signText(header, `{"sub":"root",${body}`), /unambiguous/)
  await refused(await signText(header, `{"\\u0073ub":"root",${body}`), /unambiguous/)
  await refused(await signText(header, `{"deep":{"a":1,"a":2},${body}`), /unambiguous/)
  await refused(
    await signText('{"alg":"RS256","typ":"at+jwt","kid":"k","kid":"k"}', JSON.stringify(good)),
    /unambiguous/,
  )
})

test('the compact form, strictly: no padding, no second spelling, no JSON form (RFC 7515 §7.1)', async () => {
  const token = await sign(good)
  const [first, second, third = ''] = token.split('.')
  await refused(`${first}.${second}.${third}=`, /not a JWT|invalid_token/)
  await refused(`${first}.${second}.${third}.`, /not a JWT/)
  await refused(`${first}.${second}`, /not a JWT/)
  await refused(`${first}.${second}.${third.slice(0, -2)}`, /signature/)
  const last = third.slice(-1)
  const spelled = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  const twin = spelled[spelled.indexOf(last) ^ 1]
  await refused(`${first}.${second}.${third.slice(0, -1)}${twin}`, /signature/)
  await refused(Buffer.from(JSON.stringify({ payload: second, signature: third })).toString('base64url'), /not a JWT/)
  await refused(await signText(header, '\ufeff' + JSON.stringify(good)), /unambiguous/)
  await refused(await signText(header, '["not","claims"]'), /unambiguous/)
  await refused(`${'e30.'.repeat(4)}e30`, /not a JWT/)
})

test('oversize tokens are refused unread, and deep ones do not stall', async () => {
  await refused(await sign({ ...good, pad: 'x'.repeat(16_384) }), /too long/)
  const depth = 3_000
  await refused(
    await signText(header, `{"a":${'['.repeat(depth)}${']'.repeat(depth)},"exp":"x"}`),
    /issuer|no whole number/,
  )
})

test('a token that is bound to a key is no bearer token (RFC 9449 §7.2, RFC 8705 §3)', async () => {
  await refused(await sign({ ...good, cnf: { jkt: 'thumbprint' } }), /bound to a key/)
})

test('published keys that may not verify are passed over: too short, symmetric, for encryption', async () => {
  const [jwk] = published
  const key = Object(jwk)
  const short = await generateKeyPair('RS256', { modulusLength: 2048, extractable: true })
  const cases: readonly object[] = [
    { ...key, use: 'enc' },
    { ...key, key_ops: ['encrypt'] },
    { ...key, n: Buffer.alloc(128, 255).toString('base64url') },
    { kty: 'oct', k: 'AAAA', kid: 'k', alg: 'HS256' },
    { ...(await exportJWK(short.publicKey)), kid: 'k', alg: 'HS256' },
  ]
  const token = await sign(good)
  for (const one of cases) {
    published = [one]
    await refused(token, /does not publish/, fresh())
  }
  published = [jwk]
})
