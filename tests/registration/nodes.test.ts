// Two nodes over one PostgreSQL: what is good once is good once over both, and what is counted is counted over both.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, before, test } from 'node:test'
import { removeUnused } from '../../packages/authorization-server/src/features/client-registration/index.ts'
import {
  generateSigningKey,
  publicJwk,
  signJws,
} from '../../packages/authorization-server/src/platform/crypto/index.ts'
import { type PostgresPlace, postgresPlace } from '../support/postgres.ts'
import { postForm, startTestServer, type TestServer } from '../support/server.ts'
import { call, initialToken, register, registered, text, web } from './ground.ts'

let database: PostgresPlace
let nodes: readonly [TestServer, TestServer]

before(async () => {
  database = await postgresPlace()
  const settings = {
    server: { databaseUrl: database.url, masterKey: randomBytes(32).toString('hex') },
    // One address for both, as behind a load balancer.
    identity: { issuer: 'https://id.example/o' },
    registration: { policy: 'open', scopes: ['openid', 'read'], perSourcePerHour: 12, mostClients: 20 },
  }
  nodes = [await startTestServer({ settings }), await startTestServer({ settings })]
})
after(async () => {
  await Promise.all(nodes.map((node) => node.close()))
  await database.remove()
})

function both<T>(times: number, act: (node: TestServer) => Promise<T>): Promise<readonly T[]> {
  return Promise.all(Array.from({ length: times }, (_, n) => act(nodes[n % 2 === 0 ? 0 : 1])))
}

test('an assertion is good once, whichever nodes it is shown to (RFC 7523 §3)', async () => {
  const key = await generateSigningKey('ES256')
  const members = {
    token_endpoint_auth_method: 'private_key_jwt',
    grant_types: ['client_credentials'],
    redirect_uris: null,
    scope: 'read',
    jwks: { keys: [publicJwk(key)] },
  }
  const clientId = text(await registered(nodes[0], members, await initialToken(nodes[0])), 'client_id')
  for (let round = 0; round < 5; round += 1) {
    const exp = Math.floor(nodes[0].clock.now() / 1_000) + 60
    const claims = { iss: clientId, sub: clientId, aud: 'https://id.example/o', jti: `round-${round}`, exp }
    const fields = {
      grant_type: 'client_credentials',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: await signJws(key, 'JWT', claims),
    }
    const answers = await both(8, (node) => postForm(`${node.url}/o/token/`, fields))
    assert.equal(answers.filter(({ status }) => status === 200).length, 1)
    assert.equal(answers.filter(({ status }) => status === 401).length, 7)
  }
})

test('the uses of a token, the tries of a source and the number of clients are counted over both', async () => {
  const count = (answers: readonly { readonly status: number }[], status: number): number =>
    answers.filter((answer) => answer.status === status).length
  const token = await initialToken(nodes[0], { mostUses: 3 })
  assert.equal(count(await both(10, (node) => register(node, web, token)), 201), 3)
  const open = await both(16, (node) => register(node, web))
  assert.deepEqual([count(open, 201), count(open, 429)], [12, 4])
  // One, three and twelve are there: four more, and it is full.
  const large = await initialToken(nodes[1], { mostUses: 100 })
  const full = await both(10, (node) => register(node, web, large))
  assert.deepEqual([count(full, 201), count(full, 503)], [4, 6])
})

test('of two updates on two nodes one is met, and unused clients go there as well', async () => {
  for (const node of nodes) node.clock.advance(3_600_000)
  const removed = await removeUnused(nodes[0].context.database, nodes[0].clock.now(), nodes[0].clock.now())
  assert.equal(removed, 12)
  const body = await registered(nodes[0])
  const [token, address] = [
    text(body, 'registration_access_token'),
    new URL(text(body, 'registration_client_uri')).pathname,
  ]
  const sent = { client_id: body['client_id'], ...web }
  const answers = await both(4, (node) => call('PUT', `${node.url}${address}`, { token, body: sent }))
  assert.equal(answers.filter(({ status }) => status === 200).length, 1)
})
