// The API for programs: a person's token with the scope `console` does what the person may do, and nothing more (RFC 6750 §3.1).
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { findClient, updateClient } from '../../packages/authorization-server/src/records/clients/index.ts'
import { codeTokens } from '../support/code-flow.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { type Answer, browserOf, call, person, signedIn } from './ground.ts'

let server: TestServer

before(async () => {
  server = await startTestServer()
  const { database, clients, clock } = server.context
  const web = await findClient(database, 'web')
  if (web === undefined) throw new Error('The demo has no client web.')
  await database.commit([updateClient(web, { ...web, scopes: [...web.scopes, 'console'] }, clock.now())])
  clients.forget()
  await Promise.all([person(server, 'root', { isStaff: true, isSuperuser: true }), person(server, 'plain')])
})
after(() => server.close())

async function tokenOf(name: string, scope: string): Promise<string> {
  return (await codeTokens(await signedIn(server, name), server.url, scope)).access_token
}

function asBearer(token: string, method: 'GET' | 'POST', path: string, body?: unknown): Promise<Answer> {
  return call(server, browserOf(server), method, path, {
    token: '',
    headers: { authorization: `Bearer ${token}` },
    ...(body === undefined ? {} : { body }),
  })
}

test('a token with the scope does what its person may do', async () => {
  const root = await tokenOf('root', 'console')
  assert.equal((await asBearer(root, 'GET', '/api/v1/users')).status, 200)
  assert.equal((await asBearer(root, 'POST', '/api/v1/groups', { name: 'by-token' })).status, 201)
  const plain = await tokenOf('plain', 'console')
  assert.equal((await asBearer(plain, 'GET', '/api/v1/users')).status, 403)
  assert.equal((await asBearer(plain, 'GET', '/api/v1/clients')).status, 200)
})

test('a token without the scope is told which it lacks, and no token at all how to come again', async () => {
  const lacking = await asBearer(await tokenOf('root', 'read'), 'GET', '/api/v1/users')
  assert.equal(lacking.status, 403)
  assert.match(String(lacking.headers['www-authenticate']), /error="insufficient_scope".*scope="console"/)
  assert.equal(lacking.headers['content-type'], 'application/problem+json')
  const wrong = await asBearer('nonsense', 'GET', '/api/v1/users')
  assert.equal(wrong.status, 401)
  const none = await call(server, browserOf(server), 'GET', '/api/v1/users')
  assert.equal(none.status, 401)
  assert.match(String(none.headers['www-authenticate']), /^Bearer realm="latchkey"$/)
})

test('what is sensitive takes a password that was given a short time ago: a token that was refreshed since has none', async () => {
  const token = await tokenOf('root', 'console')
  server.clock.advance(11 * 60_000)
  assert.equal((await asBearer(token, 'GET', '/api/v1/users')).status, 200)
  const refused = await asBearer(token, 'POST', '/api/v1/groups', { name: 'too-late' })
  assert.equal(refused.status, 403)
  assert.match(String(refused.headers['www-authenticate']), /insufficient_user_authentication/)
})
