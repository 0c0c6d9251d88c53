// private_key_jwt at the endpoints that clients call: RFC 7523 §2.2 and §3, OpenID Connect Core §9.
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, before, test } from 'node:test'
import {
  generateSigningKey,
  publicJwk,
  type SigningKey,
  signingAlgorithms,
  signJws,
} from '../../packages/authorization-server/src/platform/crypto/index.ts'
import { setClientEnabled } from '../../packages/authorization-server/src/records/clients/index.ts'
import { basic, postForm, type TestServer } from '../support/server.ts'
import { call, initialToken, type Json, registered, startWith, text } from './ground.ts'
import { type Place, startPlace } from './place.ts'

const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
const policy = { policy: 'token', scopes: ['openid', 'read'] }
let dataDir: string
let server: TestServer
let place: Place
let key: SigningKey
let clientId: string
let serial = 0

before(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'latchkey-assertions-'))
  server = await startWith(policy, { dataDir })
  place = await startPlace()
  key = await generateSigningKey('ES256')
  place.say('/jwks', JSON.stringify({ keys: [publicJwk(key)] }))
  clientId = await newClient({ jwks_uri: place.at('/jwks') })
})
after(async () => {
  await server.close()
  await place.close()
  await rm(dataDir, { recursive: true })
})

async function newClient(members: Json): Promise<string> {
  const body = await registered(
    server,
    {
      token_endpoint_auth_method: 'private_key_jwt',
      grant_types: ['client_credentials'],
      redirect_uris: null,
      scope: 'read',
      ...members,
    },
    await initialToken(server),
  )
  return text(body, 'client_id')
}

function claims(members: Json = {}): Json {
  const now = Math.floor(server.clock.now() / 1_000)
  serial += 1
  return { iss: clientId, sub: clientId, aud: server.issuer, jti: `jti-${serial}`, iat: now, exp: now + 60, ...members }
}

async function assertion(members: Json = {}, signer: SigningKey = key, typ = 'JWT'): Promise<string> {
  return signJws(signer, typ, claims(members))
}

async function token(
  client_assertion: string,
  extra: Readonly<Record<string, string>> = {},
  headers: Readonly<Record<string, string>> = {},
): Promise<{ status: number; error: unknown }> {
  const response = await postForm(
    `${server.url}/o/token/`,
    { grant_type: 'client_credentials', client_assertion_type: assertionType, client_assertion, ...extra },
    headers,
  )
  return { status: response.status, error: ((await response.json()) as Json)['error'] }
}

const good = { status: 200, error: undefined }
const refused = { status: 401, error: 'invalid_client' }

test('a client proves itself for the issuer and for the token endpoint (oidcc-ensure-client-assertion-with-iss-aud-succeeds)', async () => {
  assert.deepEqual(await token(await assertion()), good)
  assert.deepEqual(await token(await assertion({ aud: `${server.url}/o/token/` })), good)
  assert.deepEqual(await token(await assertion({}, key, 'client-authentication+jwt'), { client_id: clientId }), good)
})

test('in each algorithm, by keys that were registered by value', async () => {
  for (const alg of signingAlgorithms) {
    const own = await generateSigningKey(alg)
    const id = await newClient({ jwks: { keys: [publicJwk(own)] }, token_endpoint_auth_signing_alg: alg })
    assert.deepEqual(await token(await assertion({ iss: id, sub: id }, own)), good, alg)
  }
})

test('an algorithm other than the registered one is refused, although the key would do (RFC 8725 §3.1)', async () => {
  const rsa = await generateSigningKey('RS256')
  const { alg: _, ...jwk } = publicJwk(rsa)
  const id = await newClient({ jwks: { keys: [jwk] }, token_endpoint_auth_signing_alg: 'PS256' })
  assert.deepEqual(await token(await assertion({ iss: id, sub: id }, { ...rsa, alg: 'PS256' })), good)
  assert.deepEqual(await token(await assertion({ iss: id, sub: id }, rsa)), refused)
})

const hour = 3_600
const bad: readonly (readonly [string, (now: number) => Json])[] = [
  ['for another server', () => ({ aud: 'https://other.example' })],
  ['for several servers', () => ({ aud: [server.issuer, 'https://other.example'] })],
  ['for nobody', () => ({ aud: undefined })],
  ['from another issuer', () => ({ iss: 'https://other.example' })],
  ['about another client', () => ({ sub: 'clientId' })],
  ['without an id', () => ({ jti: undefined })],
  ['without an end', () => ({ exp: undefined })],
  ['that ends in an hour', (now) => ({ exp: now + hour })],
  ['that is over', (now) => ({ exp: now - 11 })],
  ['from the future', (now) => ({ nbf: now + 61 })],
  ['with an end in words', () => ({ exp: '1e999' })],
]

for (const [name, members] of bad) {
  test(`an assertion ${name} is refused (RFC 7523 §3)`, async () => {
    assert.deepEqual(await token(await assertion(members(Math.floor(server.clock.now() / 1_000)))), refused)
  })
}

test('unsigned, symmetric, altered and foreign assertions are refused (RFC 8725 §3.1)', async () => {
  const whole = await assertion()
  const [, payload = '', signature = ''] = whole.split('.')
  const head = (header: Json): string => Buffer.from(JSON.stringify(header)).toString('base64url')
  const forgeries = [
    `${head({ alg: 'none' })}.${payload}.`,
    `${head({ alg: 'none', kid: key.kid })}.${payload}.${signature}`,
    `${head({ alg: 'HS256', kid: key.kid })}.${payload}.${signature}`,
    `${head({ alg: 'ES256', kid: key.kid, crit: ['x'], x: 1 })}.${payload}.${signature}`,
    whole.slice(0, -2),
    `${whole}A`,
    `${whole}=`,
    whole.replace('.', ' .'),
    await assertion({}, await generateSigningKey('ES256')),
    await assertion({}, { ...(await generateSigningKey('ES256')), kid: key.kid }),
    await assertion({}, key, 'at+jwt'),
    await assertion({}, key, 'logout+jwt'),
    'x',
    '..',
    `${'a'.repeat(20_000)}.b.c`,
  ]
  for (const forgery of forgeries) assert.deepEqual(await token(forgery), refused, forgery.slice(0, 60))
})

test('an assertion is good once: at every endpoint, of many at once, and after a restart (RFC 7523 §3)', async () => {
  const once = await assertion()
  const answers = await Promise.all(Array.from({ length: 20 }, () => token(once)))
  assert.deepEqual(answers.filter(({ status }) => status === 200).length, 1)
  assert.ok(answers.every((answer) => answer.status === 200 || answer.error === 'invalid_client'))
  const used = await assertion()
  const fields = { client_assertion_type: assertionType, client_assertion: used, token: 'x' }
  assert.equal((await postForm(`${server.url}/o/introspect/`, fields)).status, 200)
  assert.deepEqual(await token(used), refused)
  const now = server.clock.now()
  await server.close()
  server = await startWith(policy, { dataDir })
  server.clock.set(now)
  for (const spent of [once, used]) assert.deepEqual(await token(spent), refused)
  assert.deepEqual(await token(await assertion()), good)
})

test('two clients may choose the same id for an assertion', async () => {
  const other = await generateSigningKey('EdDSA')
  const id = await newClient({ jwks: { keys: [publicJwk(other)] } })
  assert.deepEqual(await token(await assertion({ jti: 'same' })), good)
  assert.deepEqual(await token(await assertion({ jti: 'same', iss: id, sub: id }, other)), good)
})

test('it works for introspection and revocation, and is refused in a query', async () => {
  const fields = async (): Promise<Readonly<Record<string, string>>> => ({
    client_assertion_type: assertionType,
    client_assertion: await assertion(),
    token: 'x',
  })
  const introspection = await postForm(`${server.url}/o/introspect/`, await fields())
  assert.deepEqual([introspection.status, await introspection.json()], [200, { active: false }])
  assert.equal((await postForm(`${server.url}/o/revoke_token/`, await fields())).status, 200)
  const query = new URLSearchParams(await fields())
  assert.equal((await call('GET', `${server.url}/o/introspect/?${String(query)}`)).status, 400)
})

test('two methods in one request are refused, and so are half an assertion and another type (RFC 6749 §2.3, RFC 7521 §4.2)', async () => {
  const invalid = { status: 400, error: 'invalid_request' }
  assert.deepEqual(await token(await assertion(), { client_secret: 'x' }), invalid)
  assert.deepEqual(await token(await assertion(), {}, basic(clientId, 'x')), invalid)
  assert.deepEqual(
    await token(await assertion(), {
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:saml2-bearer',
    }),
    invalid,
  )
  assert.deepEqual(await token(''), invalid)
  const untyped = await postForm(`${server.url}/o/token/`, {
    grant_type: 'client_credentials',
    client_assertion: await assertion(),
  })
  assert.equal(untyped.status, 400)
})

test('each client proves itself by its own method only (RFC 7591 §2)', async () => {
  for (const extra of [{ client_id: clientId }, { client_id: clientId, client_secret: 'x' }] as const) {
    const response = await postForm(`${server.url}/o/token/`, { grant_type: 'client_credentials', ...extra })
    assert.equal(response.status, 401)
  }
  assert.deepEqual(await token(await assertion({ iss: 'clientId', sub: 'clientId' })), refused)
  assert.deepEqual(await token(await assertion({ iss: 'publicClientId', sub: 'publicClientId' })), refused)
  assert.deepEqual(await token(await assertion(), { client_id: 'clientId' }), refused)
})

test('a client that changes its keys is known by the new one within a minute, and no more by the old one (oidcc-refresh-token-rp-key-rotation)', async () => {
  const [old, next] = [await generateSigningKey('ES256'), await generateSigningKey('ES256')]
  place.say('/moving', JSON.stringify({ keys: [publicJwk(old)] }))
  const id = await newClient({ jwks_uri: place.at('/moving') })
  const by = async (signer: SigningKey): Promise<unknown> => token(await assertion({ iss: id, sub: id }, signer))
  assert.deepEqual(await by(old), good)
  place.say('/moving', JSON.stringify({ keys: [publicJwk(next)] }))
  server.clock.advance(60_000)
  assert.deepEqual(await by(next), good)
  assert.deepEqual(await by(old), refused)
})

test('a flood of unknown key ids makes one fetch', async () => {
  const id = await newClient({ jwks_uri: place.at('/flooded') })
  place.say('/flooded', JSON.stringify({ keys: [publicJwk(key)] }))
  for (let n = 0; n < 30; n += 1)
    assert.deepEqual(await token(await assertion({ iss: id, sub: id }, { ...key, kid: `kid-${n}` })), refused)
  assert.equal(place.asked.filter((one) => one === '/flooded').length, 1)
})

test('a disabled client is refused whatever it signs', async () => {
  const own = await generateSigningKey('ES256')
  const id = await newClient({ jwks: { keys: [publicJwk(own)] } })
  const row = (await server.context.clients.find(id))?.client.row ?? 0
  await server.context.database.commit([setClientEnabled(row, false, server.clock.now())])
  server.context.clients.forget()
  assert.deepEqual(await token(await assertion({ iss: id, sub: id }, own)), refused)
})

test('the metadata names the method and its algorithms for each endpoint (RFC 8414 §2)', async () => {
  const { body } = await call('GET', `${server.url}/o/.well-known/openid-configuration`)
  for (const endpoint of ['token', 'introspection', 'revocation']) {
    const methods = body[`${endpoint}_endpoint_auth_methods_supported`]
    assert.ok(Array.isArray(methods) && methods.includes('private_key_jwt'), endpoint)
    assert.deepEqual(body[`${endpoint}_endpoint_auth_signing_alg_values_supported`], [
      'RS256',
      'ES256',
      'PS256',
      'EdDSA',
    ])
  }
})
