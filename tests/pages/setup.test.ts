// The one-time link through which a new installation gets its first administrator.
import assert from 'node:assert/strict'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { openSetup } from '../../packages/authorization-server/src/features/setup/index.ts'
import { createServer } from '../../packages/authorization-server/src/index.ts'
import { createLog } from '../../packages/authorization-server/src/platform/log/index.ts'
import { eventsOfUser } from '../../packages/authorization-server/src/records/events/index.ts'
import { countUsers, findUserByIdentifier } from '../../packages/authorization-server/src/records/users/index.ts'
import { FormBrowser } from '../support/form-browser.ts'
import { startTestServer, type TestServer } from '../support/server.ts'

const password = 'a-good-long-passphrase'
const email = 'root@example.com'

async function production(t: TestContext): Promise<TestServer> {
  const server = await startTestServer({ development: false })
  t.after(() => server.close())
  return server
}

function browser(server: TestServer): FormBrowser {
  return new FormBrowser(server.server.app.http, { origin: server.url })
}

async function linkOf(server: TestServer): Promise<string> {
  const link = await openSetup(server.context)
  assert.ok(link !== undefined)
  assert.equal(link.expiresAt, server.clock.now() + 3_600_000)
  const url = new URL(link.url)
  assert.equal(url.origin, server.url)
  return url.pathname + url.search
}

test('the link makes one superuser, signs them in, and works no more', async (t) => {
  const server = await production(t)
  const link = await linkOf(server)
  const own = browser(server)
  const form = await own.get(link)
  assert.equal(form.status, 200)
  assert.equal(form.headers['cache-control'], 'no-store')
  const done = await own.submit(form, { email, password })
  assert.equal(done.location, '/account/')
  assert.equal((await own.follow(done)).status, 200)
  const user = await findUserByIdentifier(server.context.database, email)
  assert.deepEqual([user?.isSuperuser, user?.isStaff], [true, true])
  assert.equal(user && (await eventsOfUser(server.context.database, user.id, 5))[0]?.kind, 'user.signed-in')

  const replayed = await browser(server).get(link)
  assert.equal(replayed.status, 410)
  assert.doesNotMatch(replayed.body, /<form[^>]*action="\/setup/)
  assert.equal(await openSetup(server.context), undefined)
})

test('a set-up form that is sent twice makes nobody the second time', async (t) => {
  const server = await production(t)
  const link = await linkOf(server)
  const [first, second] = [browser(server), browser(server)]
  const [one, other] = [await first.get(link), await second.get(link)]
  assert.equal((await first.submit(one, { email, password })).status, 303)
  const replayed = await second.submit(other, { email: 'mallory@example.com', password })
  assert.equal(replayed.status, 410)
  assert.equal(await countUsers(server.context.database), 1)
})

test('of two who send it at once exactly one becomes administrator', async (t) => {
  const server = await production(t)
  const link = await linkOf(server)
  const answers = await Promise.all(
    ['a@example.com', 'b@example.com'].map(async (name) => {
      const own = browser(server)
      return own.submit(await own.get(link), { email: name, password })
    }),
  )
  assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([303, 410]))
  assert.equal(await countUsers(server.context.database), 1)
})

test('the link ends after an hour, with the next link, and with a superuser made elsewhere', async (t) => {
  const server = await production(t)
  const first = await linkOf(server)
  const second = await linkOf(server)
  assert.equal((await browser(server).get(first)).status, 410)
  const own = browser(server)
  const form = await own.get(second)
  assert.equal(form.status, 200)
  server.clock.advance(3_600_000)
  assert.equal((await own.get(second)).status, 410)
  assert.equal((await own.submit(form, { email, password })).status, 410)
  assert.equal(await countUsers(server.context.database), 0)
})

test('a wrong token, none, and a form of another browser are refused', async (t) => {
  const server = await production(t)
  const link = await linkOf(server)
  const own = browser(server)
  assert.equal((await own.get('/setup/')).status, 410)
  assert.equal((await own.get('/setup/?token=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA')).status, 410)
  const form = await own.get(link)
  const foreign = (await browser(server).get(link)).field('csrf_token')
  for (const csrf_token of [undefined, foreign]) {
    assert.equal((await own.submit(form, { email, password, csrf_token })).status, 403)
  }
  assert.equal((await own.submit(form, { email, password, token: 'guessed' })).status, 410)
  assert.equal(await countUsers(server.context.database), 0)
})

test('a mistake does not spend the link', async (t) => {
  const server = await production(t)
  const own = browser(server)
  const form = await own.get(await linkOf(server))
  const refused = await own.submit(form, { email: 'root', password: 'short' })
  assert.match(refused.fieldError('email'), /valid email/)
  assert.match(refused.fieldError('password'), /too short/)
  assert.equal(refused.field('email'), 'root')
  assert.equal((await own.submit(refused, { email, password })).status, 303)
})

test('the token is in no log line and not in the database', async (t) => {
  const dataDir = await mkdtemp(join(tmpdir(), 'latchkey-setup-'))
  t.after(() => rm(dataDir, { recursive: true, force: true }))
  const lines: string[] = []
  const clock = { now: () => Date.UTC(2027, 0, 15) }
  const log = createLog({ level: 'debug', format: 'json', clock, write: (line: string) => void lines.push(line) })
  const server = await createServer({ settings: { server: { dataDir, port: 8_000 } }, deps: { clock, log } })
  const link = await openSetup(server.app.context)
  assert.ok(link !== undefined)
  const token = new URL(link.url).searchParams.get('token') ?? ''
  assert.equal(Buffer.from(token, 'base64url').length, 32)
  const own = new FormBrowser(server.app.http, { origin: 'http://localhost:8000' })
  const form = await own.get(`/setup/?token=${token}`)
  assert.equal((await own.submit(form, { csrf_token: 'x', password })).status, 403)
  assert.equal((await own.submit(form, { email, password })).status, 303)
  assert.equal((await own.get(`/setup/?token=${token}`)).status, 410)
  await server.close()
  assert.ok(lines.some((line) => line.includes('/setup/')))
  assert.ok(!lines.join('\n').includes(token))
  for (const name of await readdir(dataDir)) {
    assert.ok(!(await readFile(join(dataDir, name), 'latin1')).includes(token), name)
  }
})
