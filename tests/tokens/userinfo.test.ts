// What clients are told about people: by scope, by name, signed, and under a name of their own.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { createLocalJWKSet, jwtVerify } from 'jose'
import { type ClientSettings, plainMetadata } from '../../packages/authorization-server/src/records/clients/index.ts'
import type { SignedIn } from '../../packages/authorization-server/src/features/browser/index.ts'
import { callback, codeFor, registerClient, signedIn, type TestClient, verifier } from '../races/ground.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { type Answer, getAs, jwksOf, pairs, payloadOf, registerApi, send, textOf } from './ground.ts'

const scopes = ['openid', 'profile', 'email', 'offline_access', 'read']

let server: TestServer
let person: SignedIn
before(async () => {
  server = await startTestServer()
  person = await signedIn(server.context, 'alice@example.com')
})
after(() => server.close())

const register = (clientId: string, changes: Partial<ClientSettings> = {}): Promise<TestClient> =>
  registerClient(server.context, clientId, { scopes, ...changes })

async function tokensFor(
  client: TestClient,
  asked: { scopes?: readonly string[]; claims?: string; audiences?: readonly string[] } = {},
) {
  const code = await codeFor(server.context, person, client, { scopes, ...asked })
  const fields = { grant_type: 'authorization_code', code, redirect_uri: callback, code_verifier: verifier }
  return send(server, '/o/token/', pairs({ ...fields, ...client.credentials }))
}

const userinfo = (answer: Answer): Promise<Answer> => getAs(server, '/o/userinfo/', textOf(answer, 'access_token'))
const introspected = (answer: Answer, caller: TestClient): Promise<Answer> =>
  send(server, '/o/introspect/', pairs({ token: textOf(answer, 'access_token'), ...caller.credentials }))

test('the header of a GET, the header of a POST and the body of a POST get the same (OpenID Connect Core §5.3.1)', async () => {
  const token = textOf(await tokensFor(await register('three-ways')), 'access_token')
  const byGet = await getAs(server, '/o/userinfo/', token)
  const byHeader = await send(server, '/o/userinfo/', [], { authorization: `Bearer ${token}` })
  const byBody = await send(server, '/o/userinfo/', [['access_token', token]])
  assert.deepEqual([byGet.status, byHeader.text, byBody.text], [200, byGet.text, byGet.text])
  assert.equal(byGet.type, 'application/json')
})

for (const algorithm of ['RS256', 'ES256', 'PS256', 'EdDSA'] as const) {
  test(`${algorithm}: a client that registered for it gets UserInfo signed, with iss and aud (OpenID Connect Core §5.3.2)`, async () => {
    const metadata = { ...plainMetadata, userinfoSigningAlgorithm: algorithm }
    const client = await register(`signed-${algorithm}`, { metadata })
    const tokens = await tokensFor(client)
    const answer = await userinfo(tokens)
    assert.deepEqual([answer.status, answer.type], [200, 'application/jwt'])
    const { payload } = await jwtVerify(answer.text, createLocalJWKSet(await jwksOf(server)), {
      issuer: server.issuer,
      audience: client.clientId,
      algorithms: [algorithm],
      currentDate: new Date(server.clock.now()),
    })
    assert.equal(payload.sub, payloadOf(textOf(tokens, 'id_token'))['sub'])
    assert.equal(payload['email'], 'alice@example.com')
  })
}

test('claims asked for by name come where they were asked for, also after a refresh (OpenID Connect Core §5.5)', async () => {
  const client = await register('by-name')
  const claims = '{"userinfo":{"email":{"essential":true},"shoe":null},"id_token":{"given_name":null,"auth_time":null}}'
  const tokens = await tokensFor(client, { scopes: ['openid', 'offline_access'], claims })
  const told = (await userinfo(tokens)).body
  assert.deepEqual(Object.keys(told), ['sub', 'email'])
  const idToken = payloadOf(textOf(tokens, 'id_token'))
  assert.deepEqual([idToken['given_name'], 'email' in idToken, typeof idToken['auth_time']], ['Alice', false, 'number'])
  const fields = { grant_type: 'refresh_token', refresh_token: textOf(tokens, 'refresh_token'), ...client.credentials }
  const again = await send(server, '/o/token/', pairs(fields))
  assert.equal(payloadOf(textOf(again, 'id_token'))['given_name'], 'Alice')
  assert.deepEqual(Object.keys((await userinfo(again)).body), ['sub', 'email'])
})

test('asking by name opens nothing that the client is not registered for', async () => {
  const client = await register('narrow', { scopes: ['openid', 'read'] })
  const claims = '{"userinfo":{"email":null,"name":null},"id_token":{"email":null}}'
  const tokens = await tokensFor(client, { scopes: ['openid'], claims })
  assert.deepEqual(Object.keys((await userinfo(tokens)).body), ['sub'])
  assert.equal('email' in payloadOf(textOf(tokens, 'id_token')), false)
})

test('UserInfo needs the scope openid', async () => {
  const tokens = await tokensFor(await register('no-openid'), { scopes: ['read'] })
  const refused = await userinfo(tokens)
  assert.deepEqual([refused.status, refused.body['error']], [403, 'insufficient_scope'])
})

test('a pairwise client knows a person by one name everywhere, and clients of other sectors by another (OpenID Connect Core §8)', async () => {
  const metadata = { ...plainMetadata, subjectType: 'pairwise' as const }
  const api = 'https://jwt.example'
  await registerApi(server.context, api, { tokenFormat: 'jwt' })
  const one = await register('pairwise-one', { metadata, redirectUris: [callback] })
  const sameSector = await register('pairwise-same', { metadata, redirectUris: [callback] })
  const otherSector = await register('pairwise-other', {
    metadata: { ...metadata, sectorIdentifierUri: 'https://s.example/u' },
  })
  const resourceServer = await register('resource-server', { introspection: 'any' })
  const tokens = await tokensFor(one)
  const subject = payloadOf(textOf(tokens, 'id_token'))['sub']
  assert.notEqual(subject, person.user.subject)
  assert.equal((await userinfo(tokens)).body['sub'], subject)
  const asked = (await introspected(tokens, resourceServer)).body
  assert.deepEqual([asked['sub'], 'username' in asked], [subject, false])
  const forApi = textOf(await tokensFor(one, { audiences: [api] }), 'access_token')
  assert.equal(payloadOf(forApi)['sub'], subject, 'in a JWT for an API too')
  assert.equal(payloadOf(textOf(await tokensFor(sameSector), 'id_token'))['sub'], subject)
  assert.notEqual(payloadOf(textOf(await tokensFor(otherSector), 'id_token'))['sub'], subject)
  await server.context.keys.rotateRing()
  server.clock.advance(60_000)
  await server.context.keys.refresh()
  assert.equal(payloadOf(textOf(await tokensFor(one), 'id_token'))['sub'], subject, 'a rotation of keys renames nobody')
})
