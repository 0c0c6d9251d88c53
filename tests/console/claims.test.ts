// The standard claims of a person, set in the console as on their own account page, by page and by API, and told to apps by scope.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { decodeJwt } from 'jose'
import { asJson, guarded, sql } from '../../packages/authorization-server/src/platform/storage/index.ts'
import type { User } from '../../packages/authorization-server/src/records/users/index.ts'
import { codeTokens } from '../support/code-flow.ts'
import type { FormBrowser } from '../support/form-browser.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { administrator, type Answer, call, groupOf, person, signedIn } from './ground.ts'

let server: TestServer
let admin: FormBrowser
let ada: User
let own: FormBrowser

const told = {
  middle_name: 'Augusta',
  nickname: 'Ada',
  birthdate: '1815-12-10',
  gender: 'female',
  locale: 'en-GB',
  zoneinfo: 'Europe/London',
  website: 'https://ada.example/',
  profile: 'https://social.example/@ada',
  picture: 'https://ada.example/me.png',
}
const phone = { phone_number: '+442079460958', phone_number_verified: true }
const address = {
  street_address: '12 St James’s Square\nFirst floor',
  postal_code: 'SW1Y 4JH',
  locality: 'London',
  region: 'Greater London',
  country: 'United Kingdom',
}

before(async () => {
  server = await startTestServer()
  const scopes = asJson(['openid', 'profile', 'email', 'address', 'phone'])
  await server.context.database.commit([guarded(sql`update clients set scopes = ${scopes} where client_id = 'web'`)])
  server.context.clients.forget()
  admin = await administrator(server)
  ada = await person(server, 'ada')
  own = await signedIn(server, 'ada')
})
after(() => server.close())

function patch(body: unknown, browser = admin, id = ada.id): Promise<Answer> {
  return call(server, browser, 'PATCH', `/api/v1/users/${id}`, { body })
}

function errorsOf({ body }: Answer): readonly string[] {
  return Object.keys(Object(body['errors']))
}

async function userinfo(scope: string): Promise<Readonly<Record<string, unknown>>> {
  const { access_token: token } = await codeTokens(own, server.url, scope)
  const response = await fetch(`${server.url}/o/userinfo/`, { headers: { authorization: `Bearer ${token}` } })
  assert.equal(response.status, 200)
  return (await response.json()) as Readonly<Record<string, unknown>>
}

describe('what staff set is what apps are told', () => {
  test('a form without scripts has them in groups, keeps what was typed wrong, and saves', async () => {
    const path = `/admin/users/${ada.id}/change/`
    const form = await admin.get(path)
    for (const title of ['Profile', 'Address', 'Phone'])
      assert.match(form.body, new RegExp(`>${title}</(h2|summary|span)>`))
    const wrong = await admin.submit(
      form,
      { birthdate: '31.12.1990', website: 'javascript:alert(1)', locale: 'e', phone_number: '12', nickname: 'Al' },
      { action: path },
    )
    assert.equal(wrong.status, 200)
    assert.match(wrong.fieldError('birthdate'), /year-month-day/)
    assert.match(wrong.fieldError('website'), /begins with https/)
    assert.match(wrong.fieldError('locale'), /language tag/)
    assert.match(wrong.fieldError('phone_number'), /country code/)
    assert.equal(wrong.field('nickname'), 'Al')
    const typed = { ...told, ...phone, phone_number: '+44 20 7946 0958', phone_number_verified: 'on', ...address }
    const saved = await admin.submit(await admin.get(path), typed, { action: path })
    assert.match(saved.location ?? '', /done=saved/)
    assert.match((await admin.follow(saved)).body, /12 St James’s Square/)
  })

  test('UserInfo tells them by scope, and by no other (OpenID Connect Core §5.4)', async () => {
    const {
      sub: _sub,
      updated_at: _at,
      name: _name,
      preferred_username: _username,
      ...profile
    } = await userinfo('openid profile')
    assert.deepEqual(profile, told)
    const { sub, ...others } = await userinfo('openid address phone')
    assert.equal(sub, ada.subject)
    const { address: seen, ...numbers } = others
    assert.deepEqual(numbers, phone)
    const { formatted, ...parts } = Object(seen)
    assert.deepEqual(parts, address)
    assert.match(formatted, /London/)
  })

  test('an ID token tells those that were asked for by name (OpenID Connect Core §5.5)', async () => {
    const claims = JSON.stringify({ id_token: { phone_number_verified: null, zoneinfo: null, address: null } })
    const tokens: object = await codeTokens(own, server.url, 'openid', { claims })
    const payload = decodeJwt('id_token' in tokens ? String(tokens.id_token) : '')
    assert.equal(payload['phone_number_verified'], true)
    assert.equal(payload['zoneinfo'], 'Europe/London')
    assert.equal(Object(payload['address'])['locality'], 'London')
    assert.equal(Object.hasOwn(payload, 'birthdate'), false)
  })

  test('the API reads and changes one, leaves the rest, and the trail has before and after', async () => {
    const answer = await patch({ locality: 'Bath', gender: null })
    assert.equal(answer.status, 200)
    const { birthdate } = told
    for (const [name, value] of Object.entries({ ...phone, ...address, birthdate, locality: 'Bath', gender: null })) {
      assert.equal(answer.body[name], value, name)
    }
    const history = await call(server, admin, 'GET', `/api/v1/users/${ada.id}/history`)
    const [last] = history.body['items'] as readonly { readonly changes: unknown }[]
    assert.deepEqual(last?.changes, {
      locality: { before: 'London', after: 'Bath' },
      gender: { before: 'female', after: null },
    })
    assert.equal((await patch({ nickname: told.nickname })).status, 200)
    const again = await call(server, admin, 'GET', `/api/v1/users/${ada.id}/history`)
    assert.equal((again.body['items'] as readonly unknown[]).length, 2, 'a change that changes nothing leaves no trail')
  })
})

describe('what nobody sets', () => {
  test('a claim that is unknown, or belongs to the token, is refused, and nothing else is written with it', async () => {
    for (const name of [
      'sub',
      'claims',
      'address',
      'attributes',
      'epoch',
      'amr',
      'formatted',
      'address.locality',
      'iss',
    ]) {
      const answer = await patch({ nickname: 'Mallory', [name]: name === 'claims' ? { sub: 'x' } : 'x' })
      assert.equal(answer.status, 400, name)
      assert.deepEqual(errorsOf(answer), [name])
    }
    assert.equal((await patch('{"nickname":"Mallory","__proto__":{"x":1}}')).status, 400)
    const read = await call(server, admin, 'GET', `/api/v1/users/${ada.id}`)
    assert.equal(read.body['nickname'], 'Ada')
  })

  test('each wrong value is named by its field, all of them at once', async () => {
    const wrong = {
      birthdate: '2999-01-01',
      zoneinfo: 'Mars/Olympus',
      locale: 'not a tag',
      picture: 'http://user:secret@ada.example/',
      profile: 'ftp://ada.example/',
      nickname: 'two\nlines',
      street_address: 'a\nb\nc\nd\ne\nf',
      phone_number: '0207 946 0958',
    }
    // A choice that is not on offer is refused before any rule looks at the others.
    assert.deepEqual(errorsOf(await patch(wrong)), ['zoneinfo'])
    const { zoneinfo: _zone, ...others } = wrong
    assert.deepEqual(errorsOf(await patch(others)).toSorted(), Object.keys(others).toSorted())
    assert.equal((await patch({ birthdate: 1815 })).status, 400)
  })

  test('a person on their own page verifies nothing: neither email nor number', async () => {
    const form = await own.get('/account/details/')
    await own.submit(form, { phone_number: '+4915112345678', phone_number_verified: 'on', email_verified: 'on' })
    const read = await call(server, admin, 'GET', `/api/v1/users/${ada.id}`)
    assert.equal(read.body['phone_number'], '+4915112345678')
    assert.equal(read.body['phone_number_verified'], false)
    assert.equal(read.body['email_verified'], false)
  })
})

describe('what is verified', () => {
  test('staff say so, of an email and of a number that is there; a new one is unverified until they say so again', async () => {
    assert.deepEqual(errorsOf(await patch({ phone_number: null, phone_number_verified: true })), [
      'phone_number_verified',
    ])
    const first = await patch({ email_verified: true, phone_number_verified: true })
    assert.equal(first.body['email_verified'], true)
    assert.equal(first.body['phone_number_verified'], true)
    assert.equal((await userinfo('openid email'))['email_verified'], true)
    const moved = await patch({ email: 'ada2@example.com', phone_number: '+33123456789' })
    assert.equal(moved.body['email_verified'], false)
    assert.equal(moved.body['phone_number_verified'], false)
    const box = await patch({ email: 'ada3@example.com', email_verified: true })
    assert.equal(box.body['email_verified'], true, 'said together with the new one')
    const stale = await patch({ email: 'ada@example.com', email_verified: true })
    assert.equal(stale.body['email_verified'], false, 'a box that was ticked for the former one says nothing')
    const gone = await patch({ phone_number: null })
    assert.equal(gone.body['phone_number_verified'], false)
  })

  test('staff vouch for others, and nobody but a superuser for themselves', async () => {
    const clerk = await person(server, 'claims-clerk', { isStaff: true })
    await (await groupOf(server, 'claims-clerks', clerk))(['users.view', 'users.change'])
    const browser = await signedIn(server, 'claims-clerk')
    assert.equal((await patch({ email_verified: true }, browser)).body['email_verified'], true)
    assert.deepEqual(errorsOf(await patch({ email_verified: true }, browser, clerk.id)), ['email_verified'])
    const boss = await call(server, admin, 'GET', '/api/v1/users?q=admin%40email.com')
    const [first] = boss.body['items'] as readonly { readonly id: number }[]
    assert.equal((await patch({ nickname: 'Boss' }, browser, first?.id)).status, 403)
    assert.equal((await patch({ email_verified: true, nickname: 'Boss' }, admin, first?.id)).status, 200)
  })

  test('what came from elsewhere and is against our rules hinders no other change', async () => {
    const eve = await person(server, 'eve')
    const odd = asJson({ birthdate: '10 Dec', phone_number: '12', surprise: [1] })
    await server.context.database.commit([guarded(sql`update users set claims = ${odd} where id = ${eve.id}`)])
    const answer = await patch({ first_name: 'Eve' }, admin, eve.id)
    assert.equal(answer.status, 200)
    assert.equal(answer.body['birthdate'], '10 Dec')
    assert.deepEqual(errorsOf(await patch({ nickname: 'E' }, admin, eve.id)).toSorted(), ['birthdate', 'phone_number'])
  })
})

describe('what belongs to a person', () => {
  test('their page counts sessions, access and consents of theirs alone, and only for whoever may see them', async () => {
    const page = await admin.get(`/admin/users/${ada.id}/`)
    const counts = (text: string): ReadonlyMap<string, number> =>
      new Map(
        [...text.matchAll(/\/admin\/(\w+\/\?\w+)=\d+">[^<]*(?:<span class="quiet">(\d+))/g)].map(
          ([, list = '', count]) => [list, Number(count)] as const,
        ),
      )
    const shown = counts(page.body)
    for (const list of ['sessions/?user', 'grants/?user', 'consents/?user', 'events/?user', 'events/?actor']) {
      const { body } = await call(server, admin, 'GET', `/api/v1/${list.replace('/', '')}=${ada.id}`)
      assert.equal(shown.get(list), body['count'], list)
      assert.ok((shown.get(list) ?? 0) > 0, list)
    }
    assert.notEqual(shown.get('events/?user'), shown.get('events/?actor'))
    const everybody = await call(server, admin, 'GET', '/api/v1/sessions')
    assert.ok(Number(everybody.body['count']) > (shown.get('sessions/?user') ?? 0))
    const reader = await person(server, 'count-reader', { isStaff: true })
    await (await groupOf(server, 'count-readers', reader))(['users.view', 'sessions.view'])
    const seen = counts((await (await signedIn(server, 'count-reader')).get(`/admin/users/${ada.id}/`)).body)
    for (const hidden of ['grants/?user', 'consents/?user', 'events/?user'])
      assert.equal(seen.has(hidden), false, hidden)
    assert.equal(seen.get('sessions/?user'), shown.get('sessions/?user'))
  })
})
