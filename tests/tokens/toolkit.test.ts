// Our toolkit for APIs takes our server's tokens for its API, in both formats and every algorithm, and no other API's.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { protect } from '@latchkey/resource-server'
import { idTokenAlgorithms } from '../../packages/authorization-server/src/records/clients/index.ts'
import { registerClient, type TestClient } from '../races/ground.ts'
import { bearing, statusOf } from '../resource-server/ground.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { pairs, registerApi, send, textOf } from './ground.ts'

const opaque = 'https://opaque.example'
const jwtOf = (algorithm: string): string => `https://${algorithm.toLowerCase()}.example`

let server: TestServer
let app: TestClient
let own: TestClient
before(async () => {
  server = await startTestServer()
  const { context } = server
  const grantTypes = ['client_credentials'] as const
  app = await registerClient(context, 'app', { grantTypes, scopes: ['read'] })
  own = await registerClient(context, 'api', { grantTypes, introspection: 'own' })
  await registerApi(context, opaque, { clientIds: ['api'] })
  for (const signingAlgorithm of idTokenAlgorithms) {
    await registerApi(context, jwtOf(signingAlgorithm), { tokenFormat: 'jwt', signingAlgorithm, clientIds: ['api'] })
  }
})
after(() => server.close())

function guarding(audience: string, verification: 'auto' | 'introspection' = 'auto') {
  const { client_id: clientId = '', client_secret: clientSecret = '' } = own.credentials
  const { issuer, clock } = server
  const introspection = { clientId, clientSecret }
  return protect({ issuer, audience, scopes: ['read'], introspection, verification, clock, cacheSeconds: 0 })
}

async function tokenFor(resource: string): Promise<string> {
  const fields = { grant_type: 'client_credentials', resource, ...app.credentials }
  return textOf(await send(server, '/o/token/', pairs(fields)), 'access_token')
}

async function statusAt(audience: string, token: string, verification?: 'introspection'): Promise<number> {
  const api = guarding(audience, verification)
  return statusOf(await api.check(bearing(token), api.rule('read')))
}

test('opaque: asked about, and refused where it is for another API (RFC 7662 §4)', async () => {
  const token = await tokenFor(opaque)
  assert.equal(await statusAt(opaque, token), 200)
  assert.equal(await statusAt(jwtOf('ES256'), token), 401)
})

for (const algorithm of idTokenAlgorithms) {
  test(`${algorithm}: a JWT is checked by the keys, or asked about, and is for its API alone (RFC 9068 §4)`, async () => {
    const audience = jwtOf(algorithm)
    const token = await tokenFor(audience)
    assert.equal(await statusAt(audience, token), 200)
    assert.equal(await statusAt(audience, token, 'introspection'), 200)
    assert.equal(await statusAt(opaque, token), 401)
    await send(server, '/o/revoke_token/', pairs({ token, ...app.credentials }))
    assert.equal(await statusAt(audience, token, 'introspection'), 401, 'asked about, its end counts at once')
    assert.equal(await statusAt(audience, token), 200, 'by the keys alone it lives out its short life')
  })
}
