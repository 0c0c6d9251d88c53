// What the console does with people and groups, and what it lets nobody do: raise themselves, reach above, lock everybody out.
// Rows of Django's admin (contract §3.1); where ours differs it says so.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { sql } from '../../packages/authorization-server/src/platform/storage/index.ts'
import type { FormBrowser } from '../support/form-browser.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { administrator, call, groupOf, password, person, signedIn } from './ground.ts'

let server: TestServer
let admin: FormBrowser
let adminId: number

before(async () => {
  server = await startTestServer()
  admin = await administrator(server)
  const { body } = await call(server, admin, 'GET', '/api/v1/users?q=admin%40email.com')
  const [first] = body['items'] as readonly { readonly id: number }[]
  adminId = first?.id ?? 0
})
after(() => server.close())

async function userOf(id: number): Promise<Readonly<Record<string, unknown>>> {
  return (await call(server, admin, 'GET', `/api/v1/users/${id}`)).body
}

describe('nobody raises themselves', () => {
  test('staff who may change users give no role, and no group that holds more than they do', async () => {
    const helper = await person(server, 'helper', { isStaff: true })
    const target = await person(server, 'target')
    const set = await groupOf(server, 'helpers', helper)
    await set(['users.view', 'users.change', 'users.delete', 'groups.view', 'groups.add', 'groups.change'])
    const strong = await call(server, admin, 'POST', '/api/v1/groups', {
      body: { name: 'strong', permissions: ['keys.change'] },
    })
    assert.equal(strong.status, 201)
    const browser = await signedIn(server, 'helper')
    for (const [body, field] of [
      [{ is_superuser: true }, 'is_superuser'],
      [{ is_staff: true }, 'is_staff'],
      [{ groups: [strong.body['id']] }, 'groups'],
    ] as const) {
      const answer = await call(server, browser, 'PATCH', `/api/v1/users/${target.id}`, { body })
      assert.equal(answer.status, 400, field)
      assert.ok(Object.hasOwn(Object(answer.body['errors']), field), field)
    }
    const own = await call(server, browser, 'PATCH', `/api/v1/users/${helper.id}`, { body: { groups: [] } })
    assert.equal(own.status, 400)
    const ownGroup = await call(server, browser, 'GET', '/api/v1/groups?q=helpers')
    const [group] = ownGroup.body['items'] as readonly { readonly id: number }[]
    const raised = await call(server, browser, 'PATCH', `/api/v1/groups/${group?.id}`, {
      body: { permissions: ['users.view', 'keys.change'] },
    })
    assert.equal(raised.status, 400)
    const made = await call(server, browser, 'POST', '/api/v1/groups', {
      body: { name: 'mine', permissions: ['keys.change'] },
    })
    assert.equal(made.status, 400)
    const plain = await call(server, browser, 'PATCH', `/api/v1/users/${target.id}`, { body: { first_name: 'Tara' } })
    assert.equal(plain.body['first_name'], 'Tara')
  })

  test('staff do nothing to a superuser, nor to somebody who may do more than they', async () => {
    const clerk = await person(server, 'clerk', { isStaff: true })
    const boss = await person(server, 'boss', { isStaff: true })
    await (await groupOf(server, 'clerks', clerk))(['users.view', 'users.change', 'users.delete'])
    await (await groupOf(server, 'bosses', boss))(['users.view', 'keys.change'])
    const browser = await signedIn(server, 'clerk')
    for (const id of [adminId, boss.id]) {
      const calls = [
        call(server, browser, 'PATCH', `/api/v1/users/${id}`, { body: { email: 'taken-over@example.com' } }),
        call(server, browser, 'POST', `/api/v1/users/${id}/password`, { body: { password: 'other-harbour-lantern' } }),
        call(server, browser, 'POST', `/api/v1/users/${id}/disable`, { body: {} }),
        call(server, browser, 'POST', `/api/v1/users/${id}/sign-out`, { body: {} }),
        call(server, browser, 'DELETE', `/api/v1/users/${id}`),
      ]
      for (const answer of await Promise.all(calls)) assert.equal(answer.status, 403, JSON.stringify(answer.body))
    }
    assert.equal((await userOf(adminId))['is_active'], true)
  })
})

describe('somebody can always administer the server', () => {
  test('the last superuser does not step down, and nobody disables or deletes themselves', async () => {
    const down = await call(server, admin, 'PATCH', `/api/v1/users/${adminId}`, { body: { is_superuser: false } })
    assert.equal(down.status, 403)
    assert.match(String(down.body['detail']), /Somebody must be left/)
    assert.equal((await call(server, admin, 'POST', `/api/v1/users/${adminId}/disable`, { body: {} })).status, 403)
    assert.equal((await call(server, admin, 'DELETE', `/api/v1/users/${adminId}`)).status, 403)
  })

  test('of two superusers who disable each other at the same moment, one is left', async () => {
    const second = await person(server, 'second', { isStaff: true, isSuperuser: true })
    const other = await signedIn(server, 'second')
    const answers = await Promise.all([
      call(server, admin, 'POST', `/api/v1/users/${second.id}/disable`, { body: {} }),
      call(server, other, 'POST', `/api/v1/users/${adminId}/disable`, { body: {} }),
    ])
    const won = answers.filter(({ status }) => status === 200)
    assert.ok(won.length <= 1, JSON.stringify(answers.map(({ status, body }) => [status, body])))
    const rows = await server.context.database.all(sql`select id from users where is_superuser = 1 and is_active = 1`)
    assert.ok(rows.length >= 1)
    // Whoever is left puts it right for the tests below.
    const left = (await call(server, admin, 'GET', '/api/v1/users')).status === 200 ? admin : other
    const disabled = left === admin ? second.id : adminId
    await call(server, left, 'POST', `/api/v1/users/${disabled}/enable`, { body: {} })
    admin = await administrator(server)
    assert.equal((await call(server, admin, 'DELETE', `/api/v1/users/${second.id}`)).status, 204)
  })
})

describe('what is done to people', () => {
  test('a user is disabled: sessions end at once, sign-in is refused; enabled: nothing comes back', async () => {
    const victim = await person(server, 'victim')
    const browser = await signedIn(server, 'victim')
    assert.equal((await call(server, admin, 'POST', `/api/v1/users/${victim.id}/disable`, { body: {} })).status, 200)
    assert.match((await browser.get('/account/')).location ?? '', /login/)
    assert.equal((await call(server, admin, 'POST', `/api/v1/users/${victim.id}/disable`, { body: {} })).status, 403)
    assert.equal((await call(server, admin, 'POST', `/api/v1/users/${victim.id}/enable`, { body: {} })).status, 200)
    assert.match((await browser.get('/account/')).location ?? '', /login/)
    await signedIn(server, 'victim')
  })

  test('a password is set by the form: the old one and all sessions end, a weak one is refused in words', async () => {
    const user = await person(server, 'forgetful')
    const earlier = await signedIn(server, 'forgetful')
    const form = await admin.get(`/admin/users/${user.id}/password/`)
    const weak = await admin.submit(form, { password: '12345678' })
    assert.match(weak.fieldError('password'), /too common/)
    assert.equal(weak.field('password'), '')
    const done = await admin.follow(await admin.submit(form, { password: 'other-harbour-lantern' }))
    assert.match(done.text, /The password has been set/)
    assert.match((await earlier.get('/account/')).location ?? '', /login/)
    await signedIn(server, 'forgetful', 'other-harbour-lantern')
  })

  test('a deletion says what goes with it, and what stays', async () => {
    const user = await person(server, 'leaver')
    await signedIn(server, 'leaver')
    const question = await admin.get(`/admin/users/${user.id}/delete/`)
    assert.match(question.text, /Sessions that end 1/)
    const list = await admin.follow(await admin.submit(question))
    assert.match(list.text, /It has been deleted/)
    assert.equal((await admin.get(`/admin/users/${user.id}/`)).status, 404)
    assert.equal((await call(server, admin, 'GET', '/api/v1/events?limit=1')).status, 200)
  })

  test('several at once: asked first, done for those for whom there is something to do', async () => {
    const [one, two] = [await person(server, 'many-1'), await person(server, 'many-2')]
    const list = await admin.get('/admin/users/?q=many-')
    const asked = await admin.post('/admin/users/actions/disable/', {
      csrf_token: list.field('csrf_token') ?? '',
      id: [String(one.id), String(two.id), '999999'],
    })
    assert.equal(asked.title, 'Disable: 2 rows · Latchkey')
    assert.equal((await userOf(one.id))['is_active'], true)
    const done = await admin.follow(
      await admin.submit(asked, { id: [String(one.id), String(two.id), String(adminId)] }),
    )
    assert.match(done.text, /Done for 2 rows\./)
    assert.match(done.text, /1 row was left as it is/)
    assert.equal((await userOf(two.id))['is_active'], false)
  })

  test('of two forms that were filled in at once, the second is told, and nothing is lost', async () => {
    const user = await person(server, 'contested')
    const path = `/admin/users/${user.id}/change/`
    const [first, second] = [await admin.get(path), await admin.get(path)]
    assert.equal((await admin.submit(first, { first_name: 'First' })).status, 303)
    const refused = await admin.submit(second, { first_name: 'Second' })
    assert.equal(refused.status, 409)
    assert.match(refused.text, /changed meanwhile/)
    assert.equal((await userOf(user.id))['first_name'], 'First')
    const stale = await call(server, admin, 'PATCH', `/api/v1/users/${user.id}`, {
      body: { first_name: 'x' },
      headers: { 'if-match': '"1"' },
    })
    assert.equal(stale.status, 412)
  })

  test('errors stand beside their fields, and what was typed stays', async () => {
    const page = await admin.submit(await admin.get('/admin/users/add/'), {
      email: 'not an address',
      username: 'a b',
      password,
    })
    assert.equal(page.status, 200)
    assert.equal(page.fieldError('email'), 'Enter a valid email address.')
    assert.match(page.fieldError('username'), /Enter a valid username/)
    assert.equal(page.field('email'), 'not an address')
    const taken = await admin.submit(page, { email: 'ADMIN@email.com', username: '', password })
    assert.match(taken.fieldError('email'), /already exists/)
  })

  test('every change is in the history, with who made it and what was there before', async () => {
    const user = await person(server, 'watched')
    await call(server, admin, 'PATCH', `/api/v1/users/${user.id}`, { body: { last_name: 'Seen', is_staff: true } })
    const { body } = await call(server, admin, 'GET', `/api/v1/users/${user.id}/history`)
    const [change] = body['items'] as readonly Readonly<Record<string, unknown>>[]
    assert.equal(change?.['kind'], 'user.changed')
    assert.equal(change?.['actor'], 'admin@email.com')
    assert.equal(change?.['address'], '192.0.2.1')
    assert.deepEqual(change?.['changes'], {
      last_name: { before: '', after: 'Seen' },
      is_staff: { before: false, after: true },
    })
  })
})

describe('owners of a client', () => {
  test('see and change theirs, and find no other', async () => {
    const owner = await person(server, 'owner')
    const browser = await signedIn(server, 'owner')
    const form = await browser.get('/o/applications/register/')
    const made = await browser.submit(form, { name: 'Mine', redirect_uris: 'https://mine.example/cb' })
    assert.ok(made.status === 200 || made.status === 303, made.text)
    const list = await call(server, browser, 'GET', '/api/v1/clients')
    const items = list.body['items'] as readonly Readonly<Record<string, unknown>>[]
    assert.deepEqual(
      items.map(({ name, owner: whose }) => [name, whose]),
      [['Mine', owner.id]],
    )
    const all = await call(server, admin, 'GET', '/api/v1/clients')
    const foreign = (all.body['items'] as readonly Readonly<Record<string, unknown>>[]).find(
      ({ owner: o }) => o === null,
    )
    assert.equal((await call(server, browser, 'GET', `/api/v1/clients/${String(foreign?.['id'])}`)).status, 404)
    const away = `/api/v1/clients/${String(foreign?.['id'])}/disable`
    assert.equal((await call(server, browser, 'POST', away, { body: {} })).status, 404)
    const own = `/api/v1/clients/${String(items[0]?.['id'])}/disable`
    assert.equal((await call(server, browser, 'POST', own, { body: {} })).body['enabled'], false)
    assert.ok(!/"(\w*secret|\w*verifier\w*|password)":/.test(JSON.stringify(all.body)), 'no secret is told')
  })
})
