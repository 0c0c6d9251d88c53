// Introspection as a signed JWT, for callers that ask for it. RFC 9701.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { createLocalJWKSet, jwtVerify } from 'jose'
import { plainMetadata } from '../../packages/authorization-server/src/records/clients/index.ts'
import { registerClient, type TestClient } from '../races/ground.ts'
import { passwordTokens, startTestServer, type TestServer } from '../support/server.ts'
import { type Answer, jwksOf, pairs, send } from './ground.ts'

const type = 'application/token-introspection+jwt'

let server: TestServer
let token = ''
before(async () => {
  server = await startTestServer()
  token = (await passwordTokens(server.url)).access_token
})
after(() => server.close())

const ask = (caller: TestClient, accept: string, which = token): Promise<Answer> =>
  send(server, '/o/introspect/', pairs({ token: which, ...caller.credentials }), { accept })

const read = async ({ text }: Answer, audience: string) =>
  jwtVerify(text, createLocalJWKSet(await jwksOf(server)), {
    issuer: server.issuer,
    audience,
    typ: 'token-introspection+jwt',
    currentDate: new Date(server.clock.now()),
    requiredClaims: ['iss', 'aud', 'iat', 'token_introspection'],
  })

test('the answer is signed for its caller alone, says the same, and has no top-level sub or exp (RFC 9701 §5)', async () => {
  const caller = await registerClient(server.context, 'rs', { introspection: 'any' })
  const answer = await ask(caller, type)
  assert.deepEqual([answer.status, answer.type], [200, type])
  const { payload, protectedHeader } = await read(answer, 'rs')
  assert.equal(protectedHeader.alg, 'RS256', 'the default')
  assert.deepEqual(payload['token_introspection'], (await ask(caller, 'application/json')).body)
  assert.deepEqual(Object.keys(payload).toSorted(), ['aud', 'iat', 'iss', 'token_introspection'])
})

for (const algorithm of ['ES256', 'PS256', 'EdDSA'] as const) {
  test(`${algorithm}: signed as the caller registered (RFC 9701 §6)`, async () => {
    const metadata = { ...plainMetadata, introspectionSigningAlgorithm: algorithm }
    const caller = await registerClient(server.context, `rs-${algorithm}`, { introspection: 'any', metadata })
    const { protectedHeader } = await read(await ask(caller, type), `rs-${algorithm}`)
    assert.equal(protectedHeader.alg, algorithm)
  })
}

test('a token that may not be used, or not be asked about, is inactive and nothing else (RFC 9701 §5)', async () => {
  const caller = await registerClient(server.context, 'rs-own', { introspection: 'own' })
  for (const which of [token, 'unknown', `${token}x`]) {
    const { payload } = await read(await ask(caller, type, which), 'rs-own')
    assert.deepEqual(payload['token_introspection'], { active: false })
  }
})

test('whoever does not ask for it gets JSON (RFC 9701 §4)', async () => {
  const caller = await registerClient(server.context, 'rs-json', { introspection: 'any' })
  for (const accept of ['application/json', '*/*', 'application/jwt', `application/json, ${type};q=0.5`]) {
    assert.equal((await ask(caller, accept)).type, 'application/json', accept)
  }
})

test('a caller that cannot prove itself is refused in JSON, whatever it accepts', async () => {
  const refused = await send(server, '/o/introspect/', pairs({ token, client_id: 'rs', client_secret: 'x' }), {
    accept: type,
  })
  assert.deepEqual([refused.status, refused.type, refused.body['error']], [401, 'application/json', 'invalid_client'])
})

test('an introspection answer is no access token', async () => {
  const caller = await registerClient(server.context, 'rs-confused', { introspection: 'any' })
  const { text } = await ask(caller, type)
  assert.deepEqual((await ask(caller, 'application/json', text)).body, { active: false })
})
