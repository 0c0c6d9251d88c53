// Settings in the console: what is in force and where it was written, read only; a noun without a table, with lists like any other.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { settingFragments } from '../../packages/authorization-server/src/config.ts'
import { startServer } from '../../packages/authorization-server/src/index.ts'
import { loadSettings, settingRows } from '../../packages/authorization-server/src/platform/config/index.ts'
import { silentLog } from '../../packages/authorization-server/src/platform/log/index.ts'
import { fixedClock } from '../../packages/authorization-server/src/platform/time/index.ts'
import type { FormBrowser } from '../support/form-browser.ts'
import { freePort } from '../support/port.ts'
import type { TestServer } from '../support/server.ts'
import { administrator, call, groupOf, person, signedIn } from './ground.ts'

type Row = Readonly<Record<string, unknown>>

const masterKey = randomBytes(32).toString('hex')
const file = `{
  "identity": { "sessionIdleSeconds": 1234 }
}`
let server: TestServer
let admin: FormBrowser

before(async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'latchkey-settings-'))
  const port = await freePort()
  const { settings, origins } = loadSettings(settingFragments, {
    environment: {
      LATCHKEY_CONFIG: 'latchkey.json',
      LATCHKEY_DATA_DIR: dataDir,
      LATCHKEY_MASTER_KEY: masterKey,
      LATCHKEY_SIGN_UP: 'false',
      PORT: String(port),
    },
    flags: [{ flag: '--body-limit', key: 'server.bodyLimitBytes', value: 131_072 }],
    readFile: () => file,
  })
  const clock = fixedClock(Date.UTC(2027, 0, 15, 12))
  const running = await startServer({ ...settings, origins }, true, { clock, log: silentLog })
  await running.listen()
  server = {
    url: `http://localhost:${port}`,
    issuer: running.issuer,
    clock,
    server: running,
    context: running.app.context,
    dataDir,
    async close() {
      await running.close()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
  admin = await administrator(server)
})
after(() => server.close())

async function list(query = '', browser: FormBrowser = admin): Promise<Row> {
  const answer = await call(server, browser, 'GET', `/api/v1/settings${query}`)
  assert.equal(answer.status, 200, answer.text)
  return answer.body
}

async function keysOf(query: string): Promise<readonly string[]> {
  return ((await list(query))['items'] as readonly Row[]).map(({ id }) => String(id))
}

async function one(key: string): Promise<Row> {
  return (await call(server, admin, 'GET', `/api/v1/settings/${key}`)).body
}

const declared = settingRows(settingFragments)

test('every declared setting is there, with its words, its type, its unit and its default', async () => {
  assert.deepEqual((await keysOf('?limit=200')).toSorted(), declared.map(({ key }) => key).toSorted())
  for (const { key, unit, allowed, defaultValue, description, env } of declared) {
    const row = await one(key)
    assert.deepEqual(
      [row['unit'], row['allowed'], row['default_value'], row['description'], row['variable']],
      [unit ?? null, allowed, defaultValue ?? null, description, env],
    )
  }
})

test('each value stands with where it came from', async () => {
  const told = async (key: string): Promise<readonly unknown[]> => {
    const { value, source, origin } = await one(key)
    return [value, source, origin]
  }
  assert.deepEqual(await told('identity.signUp'), ['false', 'environment', 'environment LATCHKEY_SIGN_UP'])
  assert.deepEqual((await told('server.port')).slice(1), ['environment', 'environment PORT'])
  assert.deepEqual(await told('identity.sessionIdleSeconds'), ['1234', 'file', 'file latchkey.json:2'])
  assert.deepEqual(await told('server.bodyLimitBytes'), ['131072', 'flag', 'flag --body-limit'])
  assert.deepEqual(await told('limits.signInWindowSeconds'), ['900', 'default', 'default'])
})

test('a secret is masked wherever settings are told', async () => {
  const row = await one('server.masterKey')
  assert.deepEqual([row['value'], row['is_secret'], row['source']], ['•••', true, 'environment'])
  for (const path of [
    '/api/v1/settings?limit=200',
    '/api/v1/settings/server.masterKey',
    '/api/v1/settings/export.csv',
    '/api/v1/settings/export.json',
  ]) {
    const { status, text } = await call(server, admin, 'GET', path)
    assert.equal(status, 200)
    assert.ok(text.includes('masterKey') && !text.includes(masterKey), path)
  }
  assert.equal((await list(`?q=${masterKey.slice(0, 8)}`))['count'], 0)
})

test('they are searched, filtered and sorted like any list', async () => {
  assert.deepEqual(await keysOf('?source=flag'), ['server.bodyLimitBytes'])
  assert.deepEqual(await keysOf('?q=master_key'), ['server.masterKey'])
  assert.deepEqual(
    (await keysOf('?is_secret=yes')).toSorted(),
    declared
      .filter(({ secret }) => secret)
      .map(({ key }) => key)
      .toSorted(),
  )
  assert.ok((await keysOf('?room=console&limit=200')).every((key) => key.startsWith('console.')))
  assert.deepEqual(await keysOf('?q=window&room=limits&source=environment'), [])
  assert.deepEqual((await keysOf('?limit=200')).toReversed(), await keysOf('?limit=200&sort=-key'))
  for (const query of ['?room=nowhere', '?sort=value', '?value=x']) {
    assert.equal((await call(server, admin, 'GET', `/api/v1/settings${query}`)).status, 400, query)
  }
})

test('pages of any size bring each row once, onward and back', async () => {
  for (const sort of ['key', '-key', 'source', '-source']) {
    const all: unknown[] = []
    let next: unknown
    do {
      const onward = typeof next === 'string' ? `&after=${encodeURIComponent(next)}` : ''
      const page = await list(`?limit=7&sort=${sort}${onward}`)
      all.push(...(page['items'] as readonly Row[]).map(({ id }) => id))
      assert.equal(page['count'], declared.length)
      next = page['next']
    } while (next !== null)
    assert.deepEqual(all, await keysOf(`?limit=200&sort=${sort}`), sort)
  }
  const second = await admin.get(
    /rel="next" href="([^"]+)"/
      .exec((await admin.get('/admin/settings/?limit=25')).body)?.[1]
      ?.replaceAll('&#38;', '&') ?? '',
  )
  const back = /rel="prev" href="([^"]+)"/.exec(second.body)?.[1]?.replaceAll('&#38;', '&') ?? ''
  const names = (body: string): readonly string[] =>
    [...body.matchAll(/href="\/admin\/settings\/([\w.]+)\/"/g)].map(([, name = '']) => name)
  assert.deepEqual(names((await admin.get(back)).body), names((await admin.get('/admin/settings/?limit=25')).body))
})

test('nobody changes them here, and who sees them is a permission of its own', async () => {
  for (const [method, path] of [
    ['POST', '/api/v1/settings'],
    ['PATCH', '/api/v1/settings/server.port'],
    ['DELETE', '/api/v1/settings/server.port'],
  ] as const) {
    assert.equal((await call(server, admin, method, path, { body: {} })).status, 404, method)
  }
  const clerk = await person(server, 'clerk', { isStaff: true })
  const allow = await groupOf(server, 'clerks', clerk)
  const browser = await signedIn(server, 'clerk')
  assert.equal((await call(server, browser, 'GET', '/api/v1/settings')).status, 403)
  await allow(['settings.view'])
  assert.equal((await list('', browser))['count'], declared.length)
  assert.equal((await browser.get('/admin/settings/server.port/')).status, 200)
})

test('the API’s description knows them', async () => {
  const { body } = await call(server, admin, 'GET', '/api/v1/openapi.json')
  const paths = Object(body['paths']) as Readonly<Record<string, Row>>
  assert.deepEqual(Object.keys(paths['/api/v1/settings/{id}'] ?? {}), ['get'])
})

test('the menu stands in parts, of which nobody sees one that is empty', async () => {
  const { body } = await admin.get('/admin/settings/')
  const titles = [...body.matchAll(/<h2 class="menu-title">([^<]+)</g)].map(([, title]) => title)
  assert.deepEqual(
    titles.filter((title) => ['People', 'Applications', 'System'].includes(String(title))),
    ['People', 'Applications', 'System'],
  )
  const clerk = await signedIn(server, 'clerk')
  const own = (await clerk.get('/admin/settings/')).body
  assert.ok(!own.includes('>People</h2>') && own.includes('>System</h2>'))
})
