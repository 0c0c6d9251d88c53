// Who may do what: role × address × method, made from the table by which requests are served. What is in no row of it is not found.
// Security §2.5 L14, §3.14; OWASP ASVS 5.0 V8.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { consoleDesks } from '../../packages/authorization-server/src/features/console/index.ts'
import {
  type Operation,
  operationsOf,
  permissionOf,
  verbsOf,
} from '../../packages/authorization-server/src/platform/console/index.ts'
import type { FormBrowser } from '../support/form-browser.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { administrator, browserOf, call, groupOf, person, signedIn, tokenOf } from './ground.ts'

let server: TestServer
let operations: readonly Operation[]
let setPermissions: (permissions: readonly string[]) => Promise<void>
const people: Record<'nobody' | 'person' | 'staff' | 'member' | 'superuser', FormBrowser> = Object.create(null)

before(async () => {
  server = await startTestServer()
  operations = operationsOf((await consoleDesks(server.context)).map(({ noun }) => noun))
  const [member] = await Promise.all([
    person(server, 'member', { isStaff: true }),
    person(server, 'person'),
    person(server, 'staff', { isStaff: true }),
  ])
  setPermissions = await groupOf(server, 'matrix', member)
  people.nobody = browserOf(server)
  people.person = await signedIn(server, 'person')
  people.staff = await signedIn(server, 'staff')
  people.member = await signedIn(server, 'member')
  people.superuser = await administrator(server)
})
after(() => server.close())

type Verdict = 'let in' | 'refused' | 'must sign in' | 'must prove'

/** An id that no row has: whoever is let in finds nothing, and nothing is done. */
const missing = '999999999'

async function verdictOf(operation: Operation, browser: FormBrowser, token?: string): Promise<Verdict> {
  const path = operation.path.replace(':id', missing)
  if (operation.surface === 'page') {
    const page =
      operation.method === 'GET'
        ? await browser.get(path)
        : await browser.post(path, { csrf_token: token ?? (await tokenOf(browser)), id: missing })
    if (page.location?.startsWith('/accounts/login/')) return 'must sign in'
    if (page.location?.startsWith('/admin/confirm/')) return 'must prove'
    assert.ok(page.status < 500, `${operation.method} ${path} answered ${page.status}`)
    return page.status === 403 ? 'refused' : 'let in'
  }
  const { method, task } = operation
  const body = method === 'GET' || method === 'DELETE' ? undefined : task === 'act-on-many' ? { ids: [missing] } : {}
  const answer = await call(server, browser, method, path, {
    ...(body === undefined ? {} : { body }),
    ...(token === undefined ? {} : { token }),
  })
  assert.ok(answer.status < 500, `${operation.method} ${path} answered ${answer.status}`)
  if (answer.status === 401) return 'must sign in'
  if (String(answer.headers['www-authenticate']).includes('insufficient_user_authentication')) return 'must prove'
  return answer.status === 403 ? 'refused' : 'let in'
}

async function compare(
  browser: FormBrowser,
  expected: (operation: Operation) => Verdict,
  prepare: (operation: Operation) => Promise<void> = async () => {},
): Promise<void> {
  const wrong: string[] = []
  for (const operation of operations) {
    await prepare(operation)
    const verdict = await verdictOf(operation, browser)
    if (verdict !== expected(operation)) wrong.push(`${operation.method} ${operation.path}: ${verdict}`)
  }
  assert.deepEqual(wrong, [])
}

/** What owners may do with their own rows is let in, and finds none. */
const isOwners = ({ noun, verb }: Operation): boolean => noun.owner?.may.includes(verb) === true

describe('every address has a rule', () => {
  test('there are many, and each one is mounted', () => {
    assert.ok(operations.length > 100, String(operations.length))
    const { features } = server.server.app
    const routes = features.find(({ name }) => name === 'console')?.routes ?? []
    const patterns = routes.map(({ method, path }) => {
      const pattern = path.replaceAll('.', '\\.').replaceAll(/:\w+/g, '[^/]+')
      return { method, pattern: new RegExp(`^${pattern}$`) }
    })
    const lost = operations.filter(
      ({ method, path }) => !patterns.some((one) => one.method === method && one.pattern.test(path)),
    )
    assert.deepEqual(lost, [])
  })

  test('each names a verb that its noun has, and so a permission that a group can hold', () => {
    for (const { noun, verb, path } of operations) assert.ok(verbsOf(noun).includes(verb), path)
  })

  test('what is in no row is not found, for a superuser as well', async () => {
    for (const path of ['/admin/passwords/', '/admin/users/1/become/', '/admin/events/add/', '/admin/keys/1/delete/']) {
      assert.equal((await people.superuser.get(path)).status, 404, path)
    }
    for (const [method, path] of [
      ['GET', '/api/v1/passwords'],
      ['DELETE', '/api/v1/events/1'],
      ['PATCH', '/api/v1/sessions/x'],
      ['POST', '/api/v1/users/1/become'],
    ] as const) {
      assert.equal((await call(server, people.superuser, method, path, { body: {} })).status, 404, path)
    }
  })
})

describe('roles', () => {
  test('nobody: everything asks for a sign-in', () => compare(people.nobody, () => 'must sign in'))
  test('a person without a role: only what is their own', () =>
    compare(people.person, (operation) => (isOwners(operation) ? 'let in' : 'refused')))
  test('staff without permissions: only what is their own', () =>
    compare(people.staff, (operation) => (isOwners(operation) ? 'let in' : 'refused')))
  test('staff with exactly the permission that an address needs', () =>
    compare(
      people.member,
      () => 'let in',
      ({ noun, verb }) => setPermissions([permissionOf(noun, verb)]),
    ))
  test('staff with every other permission', async () => {
    const all = operations.map(({ noun, verb }) => permissionOf(noun, verb))
    await compare(
      people.member,
      (operation) => (isOwners(operation) ? 'let in' : 'refused'),
      ({ noun, verb }) => {
        // To change rows is to see them.
        const without = verb === 'view' ? ['view', 'change'] : [verb]
        const names = without.map((one) => `${noun.name}.${one}`)
        return setPermissions([...new Set(all)].filter((one) => !names.includes(one)))
      },
    )
  })
  test('a superuser', () => compare(people.superuser, () => 'let in'))
})

test('a form or a call without the token of its session changes nothing (OWASP ASVS 5.0 V3.5)', async () => {
  const stolen = await tokenOf(people.staff)
  for (const operation of operations.filter(({ method }) => method !== 'GET')) {
    for (const token of ['', 'x', stolen]) {
      const path = `${operation.method} ${operation.path}`
      assert.equal(await verdictOf(operation, people.superuser, token), 'refused', path)
    }
  }
})

describe('a console that is left alone', () => {
  let alone: TestServer
  before(async () => {
    alone = await startTestServer()
  })
  after(() => alone.close())

  test('asks for the password before what is sensitive, and after a while before everything', async () => {
    const browser = await administrator(alone)
    const all = operationsOf((await consoleDesks(alone.context)).map(({ noun }) => noun))
    assert.ok(all.some(({ isSensitive }) => isSensitive))
    for (const [minutes, expected] of [
      [11, (operation: Operation) => operation.isSensitive],
      [31, () => true],
    ] as const) {
      alone.clock.advance(minutes * 60_000)
      for (const operation of all.filter(({ surface, method }) => surface === 'page' && method === 'GET')) {
        const page = await browser.get(operation.path.replace(':id', missing))
        const asks = page.location?.startsWith('/admin/confirm/') === true
        assert.equal(asks, expected(operation), `${operation.path} after ${minutes} minutes`)
      }
    }
    const question = await browser.open('/admin/users/add/')
    assert.equal(question.title, 'Confirm that it is you · Latchkey')
    const wrong = await browser.submit(question, { password: 'wrong' })
    assert.match(wrong.fieldError('password'), /incorrectly/)
    const there = await browser.follow(await browser.submit(wrong, { password: 'testpass123' }))
    assert.equal(there.url, '/admin/users/add/')
  })

  test('a call of the API is told how recent the password must be (RFC 9470 §3)', async () => {
    const browser = await administrator(alone)
    alone.clock.advance(11 * 60_000)
    assert.equal((await call(alone, browser, 'GET', '/api/v1/users')).status, 200)
    const refused = await call(alone, browser, 'POST', '/api/v1/users', { body: {} })
    assert.equal(refused.status, 403)
    assert.match(String(refused.headers['www-authenticate']), /insufficient_user_authentication", max_age="600"/)
    alone.clock.advance(31 * 60_000)
    assert.equal((await call(alone, browser, 'GET', '/api/v1/users')).status, 401)
  })
})

describe('guessed ids', () => {
  const guesses = ['0', '-1', '1e3', '1.0', '01', ' 1', "1' or '1'='1", '../users', '%00', 'null', 'x'.repeat(900)]
  test('find nothing, on pages and in the API', async () => {
    const nouns = [...new Set(operations.map(({ noun }) => noun.name))]
    for (const noun of nouns) {
      for (const guess of guesses) {
        const id = guess === '%00' ? guess : encodeURIComponent(guess)
        assert.equal((await people.superuser.get(`/admin/${noun}/${id}/`)).status, 404, `${noun} ${guess}`)
        const { status } = await call(server, people.superuser, 'GET', `/api/v1/${noun}/${id}`)
        assert.equal(status, 404, `${noun} ${guess}`)
      }
    }
  })
})

describe('members that no form has', () => {
  const strange = [
    'id',
    'subject',
    'epoch',
    'is_active',
    'email_verified',
    'created_at',
    '__proto__',
    'constructor',
    'role',
  ]
  test('are refused by name when something is added, changed or done', async () => {
    for (const { method, path, task, act } of operations.filter(({ surface }) => surface === 'api')) {
      if (!['add', 'change', 'act', 'act-on-noun'].includes(task)) continue
      const { id } = await firstRow(path)
      if (id === undefined && path.includes(':id')) continue
      for (const name of strange) {
        const body = `{"${name}": 1}`
        const answer = await call(server, people.superuser, method, path.replace(':id', String(id)), { body })
        if (answer.status === 403 && act?.when !== undefined) continue
        assert.equal(answer.status, 400, `${method} ${path} ${name}`)
        const { errors } = answer.body
        assert.ok(typeof errors === 'object' && errors !== null && Object.hasOwn(errors, name), `${path} ${name}`)
      }
    }
  })

  async function firstRow(path: string): Promise<{ readonly id: unknown }> {
    const list = path.split('/').slice(0, 4).join('/')
    const { body } = await call(server, people.superuser, 'GET', `${list}?limit=1`)
    const { items } = body
    const first: unknown = Array.isArray(items) ? items[0] : undefined
    return { id: typeof first === 'object' && first !== null && 'id' in first ? first.id : undefined }
  }
})
