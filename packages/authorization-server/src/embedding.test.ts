import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer as createHttpServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { createServer, type LatchkeyServer, type OwnClientCredentials } from './index.ts'
import { silentLog } from './platform/log/index.ts'

let server: LatchkeyServer
let dataDir = ''
before(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'latchkey-embedded-'))
  const identity = { publicUrl: 'http://localhost:8000', passwordPolicy: 'tutorial', signUp: false }
  const settings = { server: { dataDir }, identity, limits: { signUpsPerSource: 3 } }
  server = await createServer({ settings, deps: { log: silentLog } })
})
after(async () => {
  await server.close()
  await rm(dataDir, { recursive: true, force: true })
})

const own = { clientId: 'own', grantTypes: ['password', 'refresh_token'], accessTokenLifetimeSeconds: 36_000 } as const
const account = { password: '1234abcd', address: '192.0.2.1' }

async function tokenFor({ clientId, clientSecret }: OwnClientCredentials, username: string): Promise<Response> {
  const form = { grant_type: 'password', username, password: '1234abcd', client_id: clientId }
  const body = new URLSearchParams({ ...form, client_secret: clientSecret })
  return server.fetch(new Request(`${server.issuer}/token/`, { method: 'POST', body }))
}

test('a program makes its own client; each call gives a new secret, and the two newest work', async () => {
  await server.signUp({ ...account, username: 'owner', address: '192.0.2.9' })
  const first = await server.registerClient(own)
  const answer = await tokenFor(first, 'owner')
  assert.equal(answer.status, 200)
  assert.match(await answer.text(), /"expires_in":36000/)
  const second = await server.registerClient({ ...own, accessTokenLifetimeSeconds: 60 })
  assert.equal((await tokenFor(first, 'owner')).status, 200)
  assert.match(await (await tokenFor(second, 'owner')).text(), /"expires_in":60/)
  await server.registerClient(own)
  assert.equal((await tokenFor(second, 'owner')).status, 200)
  assert.equal((await tokenFor(first, 'owner')).status, 401)
})

test('a program makes accounts by the rules of the sign-up page, also while that page is off', async () => {
  const page = await server.fetch(new Request('http://localhost:8000/accounts/signup/'))
  assert.equal(page.status, 404)
  assert.equal((await server.signUp({ ...account, username: 'half' })).kind, 'created')
  assert.deepEqual(await server.signUp({ ...account, username: 'HALF' }), { kind: 'taken', field: 'username' })
  const refused = await server.signUp({ ...account, username: 'half spring', email: 'none', password: 'short' })
  assert.equal(refused.kind, 'refused')
  assert.deepEqual(Object.keys(refused.kind === 'refused' ? refused.errors : {}), ['username', 'email', 'password'])
  assert.equal((await server.signUp(account)).kind, 'refused', 'somebody must have a name')
})

test('nobody takes an e-mail address of somebody as their username', async () => {
  const address = '192.0.2.2'
  assert.equal((await server.signUp({ ...account, address, email: 'alice@example.com' })).kind, 'created')
  const pretended = await server.signUp({ ...account, address, username: 'Alice@example.com' })
  assert.deepEqual(pretended, { kind: 'taken', field: 'username' })
})

test('accounts are counted by the address that they are asked for from', async () => {
  const from = (address: string, username: string) => server.signUp({ ...account, address, username })
  for (const username of ['one', 'two', 'three']) assert.equal((await from('192.0.2.3', username)).kind, 'created')
  const fourth = await from('192.0.2.3', 'four')
  assert.equal(fourth.kind, 'throttled')
  assert.equal((await from('192.0.2.4', 'four')).kind, 'created')
})

test('a cookie that is none is nobody', async () => {
  assert.equal(await server.signedIn(undefined), undefined)
  assert.equal(await server.signedIn('latchkey_session=forged; other=1'), undefined)
})

test('the server stands beside the addresses of a program on one port', async () => {
  const pass = await server.handler()
  const http = createHttpServer((request, response) => {
    if (request.url === '/mine') response.end('mine')
    else pass(request, response)
  }).listen(0, 'localhost')
  await once(http, 'listening')
  const address = http.address()
  const url = `http://localhost:${typeof address === 'object' ? address?.port : ''}`
  try {
    assert.equal(await (await fetch(`${url}/mine`)).text(), 'mine')
    assert.equal((await fetch(`${url}/health/live`)).status, 200)
    assert.equal((await fetch(`${url}/nowhere`)).status, 404)
    const body = new URLSearchParams({ grant_type: 'password' })
    const refused = await fetch(`${url}/o/token/`, { method: 'POST', body })
    assert.equal(refused.status, 400)
    assert.match(await refused.text(), /^\{"error":/)
  } finally {
    http.close()
    http.closeAllConnections()
  }
})
