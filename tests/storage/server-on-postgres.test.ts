// The server itself on PostgreSQL: what the seeds' clients do, over sockets, with nothing changed but the database's address.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import type { Roof } from '../../packages/authorization-server/src/cli/installation.ts'
import { roofOver } from '../../packages/authorization-server/src/cli/roof.ts'
import { countUsers } from '../../packages/authorization-server/src/records/users/index.ts'
import { type PostgresPlace, postgresPlace } from '../support/postgres.ts'
import { basic, passwordTokens, postForm, startTestServer, type TestServer, type Tokens } from '../support/server.ts'

const client = { client_id: 'clientId', client_secret: 'clientSecret' }
const resourceServer = basic('rs-id', 'rs-secret')

let place: PostgresPlace
let server: TestServer

before(async () => {
  place = await postgresPlace()
  server = await startTestServer({ settings: { server: { databaseUrl: place.url } } })
})

after(async () => {
  await server.close()
  await place.remove()
})

async function isActive(token: string, from: TestServer = server): Promise<unknown> {
  const response = await postForm(`${from.url}/o/introspect/`, { token }, resourceServer)
  assert.equal(response.status, 200)
  const { active } = JSON.parse(await response.text())
  return active
}

async function refreshed(token: string, from: TestServer = server): Promise<Response> {
  return postForm(`${from.url}/o/token/`, { grant_type: 'refresh_token', refresh_token: token, ...client })
}

async function tokensOf(response: Response): Promise<Tokens> {
  assert.equal(response.status, 200)
  return JSON.parse(await response.text())
}

void test('it runs on PostgreSQL, and no embedded database is made', async () => {
  assert.equal(server.context.database.engine, 'postgres')
  const [row] = await place.administer('select count(*) as users from users')
  assert.equal(row?.['users'], '2')
})

void test('the password grant gives tokens that live, and a wrong password none', async () => {
  const tokens = await passwordTokens(server.url)
  assert.equal(await isActive(tokens.access_token), true)
  const wrong = { grant_type: 'password', username: 'admin@email.com', password: 'wrong', ...client }
  assert.equal((await postForm(`${server.url}/o/token/`, wrong)).status, 400)
})

void test('a refresh leaves every index of the grants alone: PostgreSQL writes the row beside itself', async () => {
  let { refresh_token: token } = await passwordTokens(server.url)
  const updates = async (): Promise<readonly number[]> => {
    await place.administer('select pg_stat_force_next_flush()')
    const [row] = await place.administer(
      "select n_tup_upd as all, n_tup_hot_upd as beside from pg_stat_user_tables where relname = 'grants'",
    )
    return [Number(row?.['all']), Number(row?.['beside'])]
  }
  const [all = 0, beside = 0] = await updates()
  for (let n = 0; n < 10; n += 1) ({ refresh_token: token } = await tokensOf(await refreshed(token)))
  const deadline = performance.now() + 10_000
  // The server's processes tell their figures a little later.
  while ((await updates())[0] !== all + 10 && performance.now() < deadline) await delay(200)
  assert.deepEqual(await updates(), [all + 10, beside + 10])
})

void test('a refresh gives the next tokens; an older one ends the grant', async () => {
  const first = await passwordTokens(server.url)
  const second = await tokensOf(await refreshed(first.refresh_token))
  const third = await tokensOf(await refreshed(second.refresh_token))
  assert.equal(await isActive(third.access_token), true)
  assert.equal((await refreshed(first.refresh_token)).status, 400)
  assert.equal(await isActive(third.access_token), false)
})

void test('a revoked token is dead at once, and so is its successor', async () => {
  const tokens = await passwordTokens(server.url)
  const response = await postForm(`${server.url}/o/revoke_token/`, { token: tokens.refresh_token, ...client })
  assert.equal(response.status, 200)
  assert.equal(await isActive(tokens.access_token), false)
  assert.equal((await refreshed(tokens.refresh_token)).status, 400)
})

void test('client credentials give a token that can be revoked', async () => {
  const authorization = basic('web', 'web-secret')
  const form = { grant_type: 'client_credentials', scope: 'read' }
  const { access_token: token } = await tokensOf(await postForm(`${server.url}/o/token/`, form, authorization))
  assert.equal(await isActive(token), true)
  assert.equal((await postForm(`${server.url}/o/revoke_token/`, { token }, authorization)).status, 200)
  assert.equal(await isActive(token), false)
})

void test('of 32 refreshes at once on two nodes all that succeed name one successor', async () => {
  const shared = { databaseUrl: place.url, dataDir: server.dataDir }
  const other = await startTestServer({ dataDir: server.dataDir, settings: { server: shared } })
  try {
    const tokens = await passwordTokens(server.url)
    assert.equal(await isActive(tokens.access_token, other), true)
    const nodes = Array.from({ length: 32 }, (_, index) => (index % 2 === 0 ? server : other))
    const responses = await Promise.all(nodes.map((node) => refreshed(tokens.refresh_token, node)))
    const successors = new Set<string>()
    for (const response of responses) {
      assert.ok(response.status === 200 || response.status === 400, `it answered ${response.status}`)
      if (response.status === 200) successors.add((await tokensOf(response)).refresh_token)
    }
    assert.equal(successors.size, 1)
  } finally {
    await other.close()
  }
})

void test('the commands work on the same database, and say so when it has no tables', async () => {
  const empty = await postgresPlace()
  const roofOf = ({ url }: PostgresPlace): Roof =>
    roofOver({ environment: { LATCHKEY_DATABASE_URL: url }, flags: [], readFile: (path) => readFileSync(path, 'utf8') })
  await assert.rejects(roofOf(empty).open('read'), /no database yet/)
  const made = await roofOf(empty).open('write')
  assert.equal(await countUsers(made.database), 0)
  await made.close()
  const found = await roofOf(place).open('read')
  assert.equal(await countUsers(found.database), 2)
  await found.close()
  await empty.remove()
})
