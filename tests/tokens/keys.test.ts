// The keys behind tokens: those of the less usual algorithms are made when they are first needed, by one node, and followed by
// all; a key that stopped signing still verifies while it is published.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { after, before, test } from 'node:test'
import { createLocalJWKSet, jwtVerify } from 'jose'
import { masterKeyOf } from '../../packages/authorization-server/src/context.ts'
import { signingAlgorithms, signJws } from '../../packages/authorization-server/src/platform/crypto/index.ts'
import { idTokenAlgorithms } from '../../packages/authorization-server/src/records/clients/index.ts'
import {
  everydayAlgorithms,
  type KeyStore,
  openKeyStore,
} from '../../packages/authorization-server/src/records/keys/index.ts'
import { callback, codeFor, registerClient, signedIn, verifier } from '../races/ground.ts'
import { FormBrowser } from '../support/form-browser.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { headerOf, jwksOf, pairs, payloadOf, send, textOf } from './ground.ts'

let server: TestServer
before(async () => {
  server = await startTestServer()
})
after(() => server.close())

/** The keys as another node of the same database has them: it reads them again when it is told to. */
async function anotherNode(of = server): Promise<KeyStore> {
  const { database, clock, random } = of.context
  const settings = { server: { dataDir: of.dataDir, masterKey: undefined } }
  const master = await masterKeyOf(settings as Parameters<typeof masterKeyOf>[0], { random }, database)
  return openKeyStore({ database, clock, random, master, algorithms: everydayAlgorithms })
}

const published = async (): Promise<readonly string[]> =>
  (await jwksOf(server)).keys.map((key) => key['alg'] ?? '').toSorted()

test('a start makes keys of the usual algorithms only', async () => {
  assert.deepEqual(await published(), ['ES256', 'RS256'])
  assert.deepEqual(new Set(idTokenAlgorithms), new Set(signingAlgorithms))
})

test('the first client of an algorithm gets its key made, once for all who ask at the same time', async () => {
  const keys = server.context.keys
  const made = await Promise.all([1, 2, 3].map(() => keys.signingKey('PS256')))
  assert.equal(new Set(made.map((key) => key.kid)).size, 1)
  assert.deepEqual(await published(), ['ES256', 'PS256', 'RS256'])
  for (const { n, alg } of (await jwksOf(server)).keys) {
    if (alg === 'RS256' || alg === 'PS256') assert.ok(Buffer.from(n ?? '', 'base64url').length >= 256, '2048 bits')
  }
})

test('registering a client makes the keys that it will need, so that they are published before it sees a signature', async () => {
  const person = new FormBrowser(server.server.app.http, { origin: server.url })
  await person.signIn('admin@email.com', 'testpass123')
  assert.equal((await published()).includes('EdDSA'), false)
  const form = await person.get('/o/applications/register/')
  const fields = { name: 'Ed', redirect_uris: 'http://localhost:9999/cb', algorithm: 'EdDSA' }
  await person.submit(form, fields, { action: '/o/applications/register/' })
  assert.equal((await published()).includes('EdDSA'), true)
})

test('of two nodes that need a first key at once, both end with the same one', async () => {
  const place = await startTestServer()
  try {
    const { keys } = place.context
    const other = await anotherNode(place)
    await Promise.all([keys.signingKey('EdDSA'), other.signingKey('EdDSA')])
    await Promise.all([keys.refresh(), other.refresh()])
    assert.equal((await keys.signingKey('EdDSA')).kid, (await other.signingKey('EdDSA')).kid)
    assert.equal(keys.list().filter(({ algorithm }) => algorithm === 'EdDSA').length, 1)
  } finally {
    await place.close()
  }
})

test('a node that lacks a key which the database has reads it before it fails', async () => {
  const other = await anotherNode()
  const { keys } = server.context
  server.clock.advance(1)
  const plan = await keys.rotateSigningKey('ES256', 0, 60_000)
  const jws = await signJws(await keys.signingKey('ES256'), 'JWT', { hello: 'world' })
  assert.equal(headerOf(jws)['kid'], plan.kid)
  assert.deepEqual((await other.verify(jws))?.payload, { hello: 'world' })
  const late = await anotherNode()
  const next = await signJws({ ...(await keys.signingKey('ES256')), kid: 'unknown' }, 'JWT', {})
  for (const bad of [next, jws.slice(0, -2), 'eyJ', '', `${jws}.x`]) assert.equal(await late.verify(bad), undefined)
})

test('a key that stopped signing verifies while it is published, and not after (OpenID Connect Core §10.1.1)', async () => {
  const { keys } = server.context
  const old = await signJws(await keys.signingKey('RS256'), 'JWT', { n: 1 })
  const plan = await keys.rotateSigningKey('RS256', 1_000, 10_000)
  assert.equal(headerOf(await signJws(await keys.signingKey('RS256'), 'JWT', {}))['kid'], headerOf(old)['kid'])
  server.clock.set(plan.signsFrom)
  assert.equal((await keys.signingKey('RS256')).kid, plan.kid)
  assert.deepEqual((await keys.verify(old))?.payload, { n: 1 })
  server.clock.set(plan.oldKeysPublishedUntil)
  assert.equal(await keys.verify(old), undefined)
})

test('what is derived for ever is the same on every node and after every rotation', async () => {
  const { keys } = server.context
  const derived = Buffer.from(keys.stableDigest('p', 'text')).toString('hex')
  await keys.rotateRing()
  server.clock.advance(60_000)
  await keys.refresh()
  const other = await anotherNode()
  assert.equal(Buffer.from(keys.stableDigest('p', 'text')).toString('hex'), derived)
  assert.equal(Buffer.from(other.stableDigest('p', 'text')).toString('hex'), derived)
  assert.notEqual(Buffer.from(keys.stableDigest('q', 'text')).toString('hex'), derived)
})

for (const algorithm of idTokenAlgorithms) {
  test(`${algorithm}: the ID token is signed as the client registered, and at_hash is made with its hash`, async () => {
    const scopes = ['openid', 'read']
    const client = await registerClient(server.context, `id-${algorithm}`, { idTokenAlgorithm: algorithm, scopes })
    const person = await signedIn(server.context, 'alice@example.com')
    const code = await codeFor(server.context, person, client, { scopes, nonce: 'n' })
    const fields = { grant_type: 'authorization_code', code, redirect_uri: callback, code_verifier: verifier }
    const answer = await send(server, '/o/token/', pairs({ ...fields, ...client.credentials }))
    const idToken = textOf(answer, 'id_token')
    const { payload } = await jwtVerify(idToken, createLocalJWKSet(await jwksOf(server)), {
      issuer: server.issuer,
      audience: client.clientId,
      algorithms: [algorithm],
      currentDate: new Date(server.clock.now()),
    })
    const [hash, half] = algorithm === 'EdDSA' ? ['sha512', 32] : ['sha256', 16]
    const digest = createHash(hash).update(textOf(answer, 'access_token')).digest()
    assert.equal(payload['at_hash'], digest.subarray(0, half).toString('base64url'))
    assert.deepEqual(
      [payload['azp'], payload['nonce'], payload['acr'], payload['amr']],
      [client.clientId, 'n', 'aal1', ['pwd']],
    )
    assert.match(String(payloadOf(idToken)['sid']), /^[\w-]{22}$/)
  })
}
