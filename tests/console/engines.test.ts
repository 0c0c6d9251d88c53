// The console on PostgreSQL: the same lists in the same order as on SQLite, and the same changes with their trail.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { insertUser } from '../../packages/authorization-server/src/records/users/index.ts'
import type { FormBrowser } from '../support/form-browser.ts'
import { bothServers } from './both-engines.ts'
import { administrator, call, person, signedIn } from './ground.ts'

let both: Awaited<ReturnType<typeof bothServers>>
let admins: readonly [FormBrowser, FormBrowser]

const names = [
  'Zoë',
  'ångström',
  'Ångström',
  'aardvark',
  'Aaron',
  '',
  'ß',
  '日本',
  'zz',
  'É',
  'e',
  'O’Hara',
  '_x',
  '1st',
]

before(async () => {
  both = await bothServers()
  for (const { context } of both.servers) {
    const rows = names.map((name, n) =>
      insertUser(
        {
          subject: `subject-${n}`,
          email: n % 4 === 0 ? undefined : `person-${n}@example.com`,
          username: n % 3 === 0 || n % 4 === 0 ? `${name}.${n}` : undefined,
          firstName: name,
          lastName: names[(n * 5) % names.length] ?? '',
          isStaff: n % 5 === 0,
        },
        context.clock.now() + n,
      ),
    )
    assert.ok((await context.database.commit(rows)).won)
  }
  admins = await Promise.all([administrator(both.servers[0]), administrator(both.servers[1])])
})
after(() => both.close())

async function listed(at: 0 | 1, query: string): Promise<readonly unknown[]> {
  const all: unknown[] = []
  let next: string | undefined
  do {
    const onward = next === undefined ? '' : `&after=${encodeURIComponent(next)}`
    const { status, body } = await call(both.servers[at], admins[at], 'GET', `/api/v1/users?limit=3&${query}${onward}`)
    assert.equal(status, 200, query)
    const items = body['items'] as readonly Readonly<Record<string, unknown>>[]
    all.push(...items.map(({ first_name: name, last_name: last, email, groups }) => [name, last, email, groups]))
    next = typeof body['next'] === 'string' ? body['next'] : undefined
  } while (next !== undefined)
  return all
}

test('both engines list, sort, search and filter alike', async () => {
  const sorts = ['created_at', 'email', 'username', 'last_name'].flatMap((sort) => [`sort=${sort}`, `sort=-${sort}`])
  const searches = ['a', 'A', 'Å', 'z', 'é', '日', 'person-1', 'subject-3', '3', '%'].map(
    (text) => `q=${encodeURIComponent(text)}`,
  )
  const filters = ['is_staff=yes', 'is_active=no', 'is_superuser=no', 'group=1', 'q=a&is_staff=no']
  for (const query of [...sorts, ...searches, ...filters]) {
    assert.deepEqual(await listed(1, query), await listed(0, query), query)
  }
})

test('both engines go back the way they came', async () => {
  for (const query of ['sort=username', 'sort=-last_name', 'q=a', 'is_staff=no']) {
    for (const at of [0, 1] as const) {
      const page = async (more: string): Promise<Readonly<Record<string, unknown>>> =>
        (await call(both.servers[at], admins[at], 'GET', `/api/v1/users?limit=2&${query}${more}`)).body
      const first = await page('')
      const second = await page(`&after=${encodeURIComponent(String(first['next']))}`)
      const back = await page(`&before=${encodeURIComponent(String(second['previous']))}`)
      assert.deepEqual(back['items'], first['items'], `${query} ${at}`)
    }
  }
})

test('changes, acts and history are the same on PostgreSQL', async () => {
  const [, server] = both.servers
  const [, admin] = admins
  const user = await person(server, 'kept')
  const path = `/api/v1/users/${user.id}`
  const changed = await call(server, admin, 'PATCH', path, { body: { first_name: 'Kay', is_staff: true, groups: [1] } })
  assert.equal(changed.status, 200, changed.text)
  assert.equal((await call(server, admin, 'POST', `${path}/disable`, { body: {} })).status, 200)
  const made = await call(server, admin, 'POST', '/api/v1/groups', {
    body: { name: 'pg', permissions: ['users.view'] },
  })
  assert.equal(made.status, 201)
  const { body } = await call(server, admin, 'GET', `${path}/history`)
  const kinds = (body['items'] as readonly Readonly<Record<string, unknown>>[]).map(({ kind }) => kind)
  assert.deepEqual(kinds, ['user.disabled', 'user.changed'])
  for (const noun of ['clients', 'grants', 'sessions', 'keys', 'events', 'groups']) {
    assert.equal((await call(server, admin, 'GET', `/api/v1/${noun}`)).status, 200, noun)
  }
  assert.equal((await call(server, admin, 'DELETE', path)).status, 204)
})

test('of two superusers who disable each other at the same moment on PostgreSQL, one is always left', async () => {
  const [, server] = both.servers
  const [, admin] = admins
  const own = await call(server, admin, 'GET', '/api/v1/users?q=admin%40email.com')
  const adminId = (own.body['items'] as readonly { readonly id: number }[])[0]?.id ?? 0
  for (let round = 0; round < 6; round += 1) {
    const rival = await person(server, `rival-${round}`, { isStaff: true, isSuperuser: true })
    const browser = await signedIn(server, `rival-${round}`)
    const [mine, theirs] = await Promise.all([
      call(server, admin, 'POST', `/api/v1/users/${rival.id}/disable`, { body: {} }),
      call(server, browser, 'POST', `/api/v1/users/${adminId}/disable`, { body: {} }),
    ])
    assert.equal([mine, theirs].filter(({ status }) => status === 200).length, 1, `${mine.text} ${theirs.text}`)
    if (theirs.status !== 200) continue
    // The rival won: let the administrator in again, and leave.
    const back = await call(server, browser, 'POST', `/api/v1/users/${adminId}/enable`, { body: {} })
    assert.equal(back.status, 200)
    admins = [admins[0], await administrator(server)]
    return
  }
})

test('a client is added, changed, handed on, given a secret and deleted with its history', async () => {
  const owner = await person(both.servers[1], 'mahout')
  const to = async (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, body?: object) =>
    call(both.servers[1], admins[1], method, `/api/v1/clients${path}`, { body })
  const made = await to('POST', '', { name: 'Elephant', client_id: 'elephant', grant_types: ['client_credentials'] })
  assert.equal(made.status, 201, made.text)
  const at = `/${String(made.body['id'])}`
  const changed = await to('PATCH', at, { owner: owner.id, logo_uri: 'https://e.example/l.png', default_max_age: 5 })
  assert.deepEqual([changed.body['owner'], changed.body['default_max_age']], [owner.id, 5])
  const { secrets } = (await to('POST', `${at}/new-secret`, {})).body
  assert.ok(Array.isArray(secrets) && secrets.length === 2)
  assert.equal((await to('POST', `${at}/disable`, {})).body['enabled'], false)
  const { items } = (await to('GET', `${at}/history`)).body
  assert.deepEqual(Array.isArray(items) && items.map(({ kind }) => kind), [
    'client.disabled',
    'client.secret-rotated',
    'client.changed',
    'client.created',
  ])
  assert.equal((await to('DELETE', at)).status, 204)
  assert.equal((await to('GET', at)).status, 404)
})
