// One file on both engines: what PostgreSQL becomes by it is, to the byte, what the embedded database becomes.
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { Roof } from '../../packages/authorization-server/src/cli/installation.ts'
import { commandEntries } from '../../packages/authorization-server/src/cli/registry.ts'
import { roofOver } from '../../packages/authorization-server/src/cli/roof.ts'
import { type Outcome, run } from '../../packages/authorization-server/src/cli/testing.ts'
import { type PostgresPlace, postgresPlace } from '../support/postgres.ts'

const commands = await Promise.all(
  commandEntries.filter(({ name }) => /^(export|plan|apply|group|user)/.test(name)).map((entry) => entry.load()),
)
let folder: string
let place: PostgresPlace

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'latchkey-declaration-'))
  place = await postgresPlace()
})

after(async () => {
  await place.remove()
  await rm(folder, { recursive: true })
})

function roofIn(name: string, more: Readonly<Record<string, string>> = {}): Roof {
  const environment = { LATCHKEY_DATA_DIR: join(folder, name), ...more }
  return roofOver({ environment, flags: [], readFile: () => '' })
}

async function latchkey(roof: Roof, line: string, stdin = ''): Promise<Outcome> {
  const environment = { JOB_SECRET: 'a-secret-of-some-length' }
  const outcome = await run(commands, line.split(' '), { roof, stdin, environment })
  assert.equal(outcome.code, 0, outcome.stdout + outcome.stderr)
  return outcome
}

const first = `format: 1
scopes:
  read: your data
  write: your data
  Zebra: one
  apple: two
apis:
  https://b.example: { token_format: jwt, scopes: { "b:read": read b }, clients: [job] }
  https://a.example: { name: A, access_token_lifetime_seconds: 60 }
groups:
  zeta: { permissions: [users.view] }
  Alpha: {}
  "été": {}
clients:
  job: { name: Job, grant_types: [client_credentials], secret: { environment: JOB_SECRET } }
  Shop:
    name: Shop
    owner: ann
    redirect_uris: [https://shop.example/b, https://shop.example/a]
    scopes: [openid, "b:read"]
    enabled: false
  shop: { name: small, authentication_method: none, redirect_uris: ["app.shop:/cb"], application_type: native }
`

const second = first
  .replace('two', 'three')
  .replace('token_format: jwt, ', '')
  .replace(', clients: [job]', ', clients: [job, Shop]')
  .replace('[users.view]', '[users.view, users.change]')
  .replace('enabled: false', 'enabled: true')
  .replace('owner: ann', 'owner: null')
  .replace('name: small', 'name: larger')
  .replace('  Alpha: {}\n', '')
  .replace('  Zebra: one\n', '')
  .replace('  https://a.example: { name: A, access_token_lifetime_seconds: 60 }\n', '')

async function history(roof: Roof): Promise<readonly string[]> {
  await latchkey(roof, 'user create --email ann@example.com --username ann --generate')
  const states: string[] = []
  for (const [text, line] of [
    [first, 'apply - --yes'],
    [second, 'apply - --yes --prune'],
    [second.slice(0, second.indexOf('  Shop:')).replace(', Shop]', ']'), 'apply - --yes --prune'],
  ] as const) {
    const applied = await latchkey(roof, line, text)
    assert.match(applied.stderr, /Applied/)
    assert.match((await latchkey(roof, line, text)).stderr, /No changes/)
    states.push(applied.stdout, (await latchkey(roof, 'export')).stdout)
  }
  return states
}

test('create, change and prune give the same plans and the same export on PostgreSQL and on the embedded database', async () => {
  const embedded = await history(roofIn('embedded'))
  const onPostgres = await history(roofIn('postgres', { LATCHKEY_DATABASE_URL: place.url }))
  assert.deepEqual(onPostgres, embedded)
  const events = await place.administer(
    `select kind, actor_id, target is not null as has_target from events where noun is not null and kind like 'client.%'`,
  )
  assert.ok(events.length >= 6 && events.every((row) => row['actor_id'] === null && row['has_target'] === true))
})
