// What somebody with some permissions, or with an account alone, tries in order to get at more. Each test is named after the attack.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'

import {
  type ClientSettings,
  defaultClientSettings,
  findClient,
  hasPowers,
  insertClient,
  plainMetadata,
} from '../../packages/authorization-server/src/records/clients/index.ts'
import { sql, type Write } from '../../packages/authorization-server/src/platform/storage/index.ts'
import { insertUser, type User } from '../../packages/authorization-server/src/records/users/index.ts'
import type { FormBrowser } from '../support/form-browser.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { administrator, call, groupOf, person, signedIn } from './ground.ts'

type Json = Readonly<Record<string, unknown>>
type SetPermissions = (permissions: readonly string[]) => Promise<void>

let server: TestServer
let admin: FormBrowser
/** Called with what is about to be read or written, while they are set. */
let beforeRead: ((text: string) => Promise<void>) | undefined
let beforeCommit: ((writes: readonly Write[]) => Promise<void>) | undefined

before(async () => {
  server = await startTestServer({
    deps: {
      wrapDatabase: (database) => ({
        engine: database.engine,
        close: () => database.close(),
        async all(query) {
          await beforeRead?.(query.sql)
          return database.all(query)
        },
        async commit(writes) {
          await beforeCommit?.(writes)
          return database.commit(writes)
        },
      }),
    },
  })
  admin = await administrator(server)
})
after(() => server.close())

async function staff(name: string): Promise<{ user: User; browser: FormBrowser; may: SetPermissions }> {
  const user = await person(server, name, { isStaff: true })
  const may = await groupOf(server, `${name}-group`, user)
  return { user, may, browser: await signedIn(server, name) }
}

async function client(clientId: string, more: Partial<ClientSettings> = {}): Promise<number> {
  const settings = defaultClientSettings({ clientId, name: clientId, isConfidential: true })
  const redirectUris = [`https://${clientId}.example/cb`]
  await server.context.database.commit([insertClient({ ...settings, redirectUris, ...more }, server.clock.now())])
  const row = (await findClient(server.context.database, clientId))?.row
  assert.ok(row !== undefined)
  return row
}

const powers: readonly (readonly [string, Partial<ClientSettings>])[] = [
  ['skip', { consent: 'skip' }],
  ['console', { scopes: ['openid', 'console'] }],
  ['any', { introspection: 'any' }],
]

describe('taking hold of an application that a superuser gave powers', () => {
  test('by the permission to change applications: not its addresses, keys, secrets or owner', async () => {
    const { user, browser, may } = await staff('app-clerk')
    await may(['clients.view', 'clients.change'])
    const plain = await client('plain-app')
    const evil = 'https://evil.example/cb'
    const patch = (row: number, body: object): Promise<{ status: number }> =>
      call(server, browser, 'PATCH', `/api/v1/clients/${row}`, { body })
    assert.equal((await patch(plain, { redirect_uris: [evil] })).status, 200)
    for (const [name, power] of powers) {
      const row = await client(`powerful-${name}`, power)
      const untouched = await findClient(server.context.database, `powerful-${name}`)
      for (const body of [
        { redirect_uris: [evil] },
        { owner: user.id },
        { authentication_method: 'none' },
        { authentication_method: 'private_key_jwt', jwks_uri: 'https://keys.example/jwks' },
      ]) {
        assert.equal((await patch(row, body)).status, 403, `${name} ${JSON.stringify(body)}`)
      }
      for (const [act, body] of [
        ['new-secret', {}],
        ['register-address', { address: 'http://localhost:1/cb' }],
      ] as const) {
        const answer = await call(server, browser, 'POST', `/api/v1/clients/${row}/${act}`, { body })
        assert.equal(answer.status, 403, `${name} ${act}`)
        assert.equal(answer.body['shown'], undefined)
      }
      assert.deepEqual(await findClient(server.context.database, `powerful-${name}`), untouched)
      assert.equal(
        (await call(server, admin, 'PATCH', `/api/v1/clients/${row}`, { body: { name: 'Ours' } })).status,
        200,
      )
      assert.equal((await call(server, browser, 'POST', `/api/v1/clients/${row}/disable`, { body: {} })).status, 200)
    }
  })

  test('by the permission to change people: not through its owner', async () => {
    const { browser, may } = await staff('people-clerk')
    await may(['users.view', 'users.change', 'users.delete', 'clients.change'])
    for (const [name, power] of powers) {
      const owner = await person(server, `keeper-${name}`)
      const act = (path: string, body: object = {}): Promise<{ status: number }> =>
        call(server, browser, 'POST', `/api/v1/users/${owner.id}/${path}`, { body })
      assert.equal((await act('link')).status, 200, 'before they own it')
      await client(`kept-${name}`, { ...power, ownerId: owner.id })
      assert.equal((await act('link')).status, 403, name)
      assert.equal((await act('password', { password: 'other-harbour-lantern' })).status, 403, name)
      const taken = { body: { email: `taken-${name}@example.com` } }
      assert.equal((await call(server, browser, 'PATCH', `/api/v1/users/${owner.id}`, taken)).status, 403, name)
      const web = (await findClient(server.context.database, 'web'))?.row
      const token = await call(server, browser, 'POST', `/api/v1/clients/${web}/test-token`, {
        body: { user: `keeper-${name}@example.com`, scopes: 'read' },
      })
      assert.equal(token.status, 403, name)
    }
  })

  test('by a link that was printed for its owner before: it ends when they get it, or it gets powers', async () => {
    const isOpen = async (link: string): Promise<boolean> => {
      const { pathname, search } = new URL(link)
      return (await admin.get(pathname + search)).status === 200
    }
    const linkFor = async ({ id }: User): Promise<string> => {
      const { body } = await call(server, admin, 'POST', `/api/v1/users/${id}/link`, { body: {} })
      return (body['shown'] as readonly { value: string }[])[0]?.value ?? ''
    }
    const heir = await person(server, 'heir')
    const row = await client('inherited', { consent: 'skip' })
    const change = async (body: object): Promise<void> => {
      assert.equal((await call(server, admin, 'PATCH', `/api/v1/clients/${row}`, { body })).status, 200)
    }
    const first = await linkFor(heir)
    await change({ name: 'Same' })
    assert.equal(await isOpen(first), true)
    await change({ owner: heir.id })
    assert.equal(await isOpen(first), false)
    await change({ consent: 'ask' })
    const second = await linkFor(heir)
    await change({ consent: 'skip' })
    assert.equal(await isOpen(second), false)
    await change({ consent: 'ask' })
    const third = await linkFor(heir)
    const form = await admin.get(`/o/applications/${row}/update/`)
    const saved = await admin.submit(form, { consent: 'skip' }, { action: `/o/applications/${row}/update/` })
    assert.equal(saved.status, 303, saved.text)
    assert.equal(await isOpen(third), false)
  })

  test('what is a power is one thing everywhere', () => {
    const plain = defaultClientSettings({ clientId: 'x', name: 'x', isConfidential: true })
    assert.equal(hasPowers(plain), false)
    for (const [, power] of powers) assert.equal(hasPowers({ ...plain, ...power }), true)
  })
})

test('a link that was printed for a member does not open their account after the group was given more', async () => {
  const { browser, may } = await staff('group-clerk')
  await may(['users.view', 'users.change'])
  const member = await person(server, 'member-of-rising')
  await groupOf(server, 'rising-group', member)
  const { body } = await call(server, browser, 'POST', `/api/v1/users/${member.id}/link`, { body: {} })
  const { pathname, search } = new URL((body['shown'] as readonly { value: string }[])[0]?.value ?? '')
  const found = await call(server, admin, 'GET', '/api/v1/groups?q=rising-group')
  const [group] = found.body['items'] as readonly Json[]
  const change = (permissions: readonly string[]): ReturnType<typeof call> =>
    call(server, admin, 'PATCH', `/api/v1/groups/${String(group?.['id'])}`, { body: { permissions } })
  assert.equal((await admin.get(pathname + search)).status, 200)
  assert.equal((await change(['keys.change'])).status, 200)
  assert.equal((await admin.get(pathname + search)).status, 410)
})

test('naming an owner tells nobody who there is: neither by whether it is taken, nor by a label', async () => {
  const { user, browser, may } = await staff('nosy-clerk')
  await may(['clients.view', 'clients.add', 'clients.change'])
  const hidden = await person(server, 'hidden-person')
  const row = await client('asked-about', { ownerId: user.id })
  const answers = []
  for (const owner of ['hidden-person@example.com', hidden.id, 'nobody-at-all@example.com', 999_999]) {
    const changed = await call(server, browser, 'PATCH', `/api/v1/clients/${row}`, { body: { owner } })
    const added = await call(server, browser, 'POST', '/api/v1/clients', {
      body: { name: 'New', redirect_uris: ['https://new.example/cb'], owner },
    })
    answers.push([changed.status, changed.text, added.status, added.text])
  }
  for (const answer of answers) assert.deepEqual(answer, answers[0])
  assert.deepEqual([answers[0]?.[0], answers[0]?.[2]], [400, 400])
  for (const owner of [null, user.id, 'nosy-clerk@example.com']) {
    const own = await call(server, browser, 'PATCH', `/api/v1/clients/${row}`, { body: { owner } })
    assert.equal(own.status, 200, own.text)
  }
  // What stands there already may stay there.
  const theirs = await client('somebody-elses', { ownerId: hidden.id })
  const kept = await call(server, browser, 'PATCH', `/api/v1/clients/${theirs}`, { body: { name: 'Kept' } })
  assert.deepEqual([kept.status, kept.body['owner']], [200, hidden.id])
  await may(['clients.view', 'clients.change', 'users.view'])
  const handed = await call(server, browser, 'PATCH', `/api/v1/clients/${row}`, { body: { owner: hidden.id } })
  assert.equal(handed.body['owner'], hidden.id)
})

test('an application that takes the subject of a person for its id would be that person to APIs (RFC 9700 §4.15)', async () => {
  const victim = await person(server, 'impersonated')
  await person(server, 'impostor')
  const browser = await signedIn(server, 'impostor')
  const wanted = {
    name: 'Impostor',
    client_id: victim.subject,
    grant_types: ['client_credentials'],
    scopes: ['read'],
  }
  for (const by of [browser, admin]) {
    const answer = await call(server, by, 'POST', '/api/v1/clients', { body: wanted })
    assert.deepEqual([answer.status, Object.keys(Object(answer.body['errors']))], [400, ['client_id']])
  }
  const form = await browser.get('/o/applications/register/')
  const refused = await browser.submit(form, {
    name: 'Impostor',
    client_id: victim.subject,
    redirect_uris: 'https://i.example/cb',
  })
  assert.notEqual(refused.status, 303)
  assert.equal(await findClient(server.context.database, victim.subject), undefined)
})

test('an address that was not refused and offered is not registered by the repair of refusals', async () => {
  const row = await client('repaired')
  for (const address of ['https://evil.example/cb', 'https://repaired.example/other']) {
    const answer = await call(server, admin, 'POST', `/api/v1/clients/${row}/register-address`, { body: { address } })
    assert.equal(answer.status, 400, address)
  }
})

test('a repair does not bring an address into a sector whose document does not have it (OpenID Connect Core §8.1)', async () => {
  const owner = await person(server, 'sector-owner')
  const browser = await signedIn(server, 'sector-owner')
  const sectorIdentifierUri = 'https://127.0.0.1/of-somebody-else.json'
  const metadata = { ...plainMetadata, subjectType: 'pairwise', sectorIdentifierUri } as const
  const row = await client('sectored', { ownerId: owner.id, metadata })
  const address = 'http://localhost:7070/cb'
  const asked = new URLSearchParams({ response_type: 'code', client_id: 'sectored', redirect_uri: address })
  assert.equal((await browser.get(`/o/authorize/?${asked.toString()}`)).status, 400)
  const body = { address }
  const byApi = await call(server, browser, 'POST', `/api/v1/clients/${row}/register-address`, { body })
  assert.equal(byApi.status, 400)
  assert.doesNotMatch(byApi.text, /valid choice/, 'it was offered, and refused by the document')
  const page = await browser.get(`/o/applications/${row}/`)
  await browser.post(`/o/applications/${row}/add-redirect-uri/`, {
    uri: address,
    csrf_token: page.field('csrf_token') ?? '',
  })
  assert.deepEqual((await findClient(server.context.database, 'sectored'))?.redirectUris, [
    'https://sectored.example/cb',
  ])
})

describe('going on after the rights ended', () => {
  async function many(name: string, count: number): Promise<readonly number[]> {
    const { database, clock } = server.context
    const rows = Array.from({ length: count }, (_, at) =>
      insertUser({ subject: `${name}-${at}`, email: `${name}-${at}@example.com` }, clock.now()),
    )
    await database.commit(rows)
    const found = await database.all(sql`select id from users where subject like ${`${name}-%`} order by id`)
    return found.map(({ id }) => Number(id))
  }

  const ends: readonly (readonly [string, (user: User, may: SetPermissions) => Promise<unknown>])[] = [
    ['permission', (_, may) => may(['groups.view'])],
    ['account', (user) => call(server, admin, 'POST', `/api/v1/users/${user.id}/disable`, { body: {} })],
    ['session', (user) => call(server, admin, 'POST', `/api/v1/users/${user.id}/sign-out`, { body: {} })],
  ]

  test('with a file that is still being sent: it breaks off', async () => {
    await many('exported', 1_500)
    for (const [name, end] of ends) {
      const { user, browser, may } = await staff(`exporter-${name}`)
      await may(['users.view'])
      let pages = 0
      beforeRead = async (text) => {
        if (!text.includes('sorted_by') || !text.includes('from users') || !text.includes('limit')) return
        pages += 1
        if (pages !== 4) return
        await end(user, may)
      }
      const cookie = [...browser.cookies].map(([key, value]) => `${key}=${value}`).join('; ')
      const reply = await fetch(`${server.url}/api/v1/users/export.json`, {
        headers: { cookie, accept: 'application/json' },
      })
      assert.equal(reply.status, 200)
      await assert.rejects(reply.text(), name)
      beforeRead = undefined
      assert.ok(pages <= 5, `${name}: ${pages} pages were read`)
    }
  })

  test('with an act on many: the rest is left', async () => {
    const ids = await many('acted-on', 6)
    const { browser, may } = await staff('bulk-clerk')
    await may(['users.view', 'users.change'])
    const token = (await browser.get('/account/password/')).field('csrf_token') ?? ''
    let commits = 0
    beforeCommit = async () => {
      commits += 1
      if (commits === 2) {
        beforeCommit = undefined
        await may(['users.view'])
      }
    }
    const answer = await call(server, browser, 'POST', '/api/v1/users/actions/disable', { body: { ids }, token })
    beforeCommit = undefined
    const [row] = await server.context.database.all(sql`
      select count(*) as gone from users where subject like 'acted-on-%' and is_active = 0`)
    assert.ok(
      Number(row?.['gone']) <= 2,
      `${String(row?.['gone'])} were disabled, answered ${answer.status} ${answer.text}`,
    )
  })
})

test('who owns an application does not learn from its history where and who the staff are', async () => {
  const owner = await person(server, 'history-owner')
  const browser = await signedIn(server, 'history-owner')
  const row = await client('with-history', { ownerId: owner.id })
  assert.equal(
    (await call(server, browser, 'PATCH', `/api/v1/clients/${row}`, { body: { name: 'By owner' } })).status,
    200,
  )
  assert.equal(
    (await call(server, admin, 'PATCH', `/api/v1/clients/${row}`, { body: { name: 'By staff' } })).status,
    200,
  )
  const { body } = await call(server, browser, 'GET', `/api/v1/clients/${row}/history`)
  const [byStaff, byOwner] = body['items'] as readonly Json[]
  assert.deepEqual([byStaff?.['address'], byOwner?.['address']], ['', '192.0.2.1'])
  assert.doesNotMatch(String(byStaff?.['actor']), /admin@email\.com/)
  assert.equal(byOwner?.['actor'], 'history-owner@example.com')
  assert.ok(!(await browser.get(`/admin/clients/${row}/history/`)).body.includes('admin@email.com'))
  const full = await call(server, admin, 'GET', `/api/v1/clients/${row}/history`)
  assert.equal((full.body['items'] as readonly Json[])[0]?.['actor'], 'admin@email.com')
})

describe('sabotage by those who may change APIs and scopes', () => {
  test('this server itself is no API: deleted, its name would be taken from every token for ever', async () => {
    const { browser, may } = await staff('api-clerk')
    await may(['apis.view', 'apis.add', 'apis.change', 'apis.delete'])
    const body = { audience: server.context.issuer, name: 'Us', token_format: 'jwt' }
    for (const by of [browser, admin]) {
      const answer = await call(server, by, 'POST', '/api/v1/apis', { body })
      assert.deepEqual([answer.status, Object.keys(Object(answer.body['errors']))], [400, ['audience']])
    }
  })

  test('the words in which people hand over their powers in the console are a superuser’s', async () => {
    const { browser, may } = await staff('words-clerk')
    await may(['scopes.view', 'scopes.change'])
    const change = (by: FormBrowser, name: string, body: object): Promise<{ status: number }> =>
      call(server, by, 'PATCH', `/api/v1/scopes/${name}`, { body })
    assert.equal((await change(browser, 'console', { description: 'your name' })).status, 403)
    assert.equal((await change(browser, 'read', { description: 'your things' })).status, 200)
    assert.equal((await change(browser, 'console', { position: 99 })).status, 200)
    assert.equal((await change(admin, 'console', { description: 'everything here' })).status, 200)
  })
})
