// Personal details: edited in the account pages without scripts, given to clients by scope at UserInfo and nowhere else.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { asJson, guarded, sql } from '../../packages/authorization-server/src/platform/storage/index.ts'
import { FormBrowser } from '../support/form-browser.ts'
import { codeTokens } from '../support/code-flow.ts'
import { startTestServer, type TestServer } from '../support/server.ts'

let server: TestServer
let browser: FormBrowser
const path = '/account/details/'
const eventsQuery = sql`select detail from events where kind = 'user.changed'`

before(async () => {
  server = await startTestServer()
  const scopes = asJson(['openid', 'profile', 'email', 'address', 'phone'])
  await server.context.database.commit([guarded(sql`update clients set scopes = ${scopes} where client_id = 'web'`)])
  server.context.clients.forget()
  browser = new FormBrowser(server.server.app.http, { origin: server.url })
  await browser.signIn('alice', 'correct-horse-battery')
})
after(async () => server.close())

async function save(fields: Readonly<Record<string, string>>) {
  return browser.submit(await browser.get(path), fields)
}

async function userinfo(scope: string): Promise<Readonly<Record<string, unknown>>> {
  const { access_token: token } = await codeTokens(browser, server.url, scope)
  const response = await fetch(`${server.url}/o/userinfo/`, { headers: { authorization: `Bearer ${token}` } })
  assert.equal(response.status, 200)
  return (await response.json()) as Readonly<Record<string, unknown>>
}

test('the page has a label, an autocomplete token and a hint where one is needed for every field (WCAG 2.2 §1.3.5)', async () => {
  const page = await browser.get(path)
  assert.equal(page.status, 200)
  for (const [name, token] of Object.entries({
    middle_name: 'additional-name',
    nickname: 'nickname',
    birthdate: 'bday',
    gender: 'sex',
    locale: 'language',
    website: 'url',
    picture: 'photo',
    phone_number: 'tel',
    street_address: 'street-address',
    postal_code: 'postal-code',
    locality: 'address-level2',
    region: 'address-level1',
    country: 'country-name',
  })) {
    assert.match(page.body, new RegExp(`name="${name}"[^>]* autocomplete="${token}"`), name)
    assert.match(page.body, new RegExp(`<label for="${name}">`), name)
  }
  assert.match(page.body, /aria-current="page"[^>]*>.*Personal details/)
})

test('what is wrong is said beside its field, and what was typed stands there still', async () => {
  const page = await save({
    birthdate: '31.12.1990',
    phone_number: '12',
    website: 'javascript:alert(1)',
    nickname: 'Al',
  })
  assert.equal(page.status, 200)
  assert.match(page.fieldError('birthdate'), /year-month-day/)
  assert.match(page.fieldError('phone_number'), /country code/)
  assert.match(page.fieldError('website'), /begins with https/)
  assert.equal(page.field('birthdate'), '31.12.1990')
  assert.equal(page.field('nickname'), 'Al')
  assert.match(page.body, /aria-invalid="true"/)
  assert.deepEqual(Object.keys(await userinfo('openid profile phone')).includes('nickname'), false)
})

test('what was saved is told by scope, and by no other (OpenID Connect Core §5.4)', async () => {
  const saved = await browser.follow(
    await save({
      middle_name: 'Pleasance',
      nickname: 'Al',
      birthdate: '1852-05-04',
      gender: 'female',
      locale: 'en-GB',
      zoneinfo: 'Europe/London',
      website: 'https://alice.example/',
      profile: 'https://social.example/@alice',
      picture: 'https://alice.example/me.png',
      phone_number: '+44 20 7946 0958',
      street_address: '1 Deanery\r\nChrist Church',
      postal_code: 'OX1 1DP',
      locality: 'Oxford',
      region: 'Oxfordshire',
      country: 'United Kingdom',
    }),
  )
  assert.match(saved.text, /Your details have been saved/)
  const { sub, updated_at: updatedAt, ...profile } = await userinfo('openid profile')
  assert.equal(typeof sub, 'string')
  assert.equal(updatedAt, Math.floor(server.clock.now() / 1_000))
  assert.deepEqual(profile, {
    name: 'Alice',
    given_name: 'Alice',
    preferred_username: 'alice',
    middle_name: 'Pleasance',
    nickname: 'Al',
    birthdate: '1852-05-04',
    gender: 'female',
    locale: 'en-GB',
    zoneinfo: 'Europe/London',
    website: 'https://alice.example/',
    profile: 'https://social.example/@alice',
    picture: 'https://alice.example/me.png',
  })
  assert.deepEqual(await userinfo('openid phone'), {
    sub,
    phone_number: '+442079460958',
    phone_number_verified: false,
  })
  assert.deepEqual(await userinfo('openid address'), {
    sub,
    address: {
      formatted: '1 Deanery\nChrist Church\nOX1 1DP Oxford\nOxfordshire\nUnited Kingdom',
      street_address: '1 Deanery\nChrist Church',
      locality: 'Oxford',
      region: 'Oxfordshire',
      postal_code: 'OX1 1DP',
      country: 'United Kingdom',
    },
  })
  assert.deepEqual(await userinfo('openid'), { sub })
})

test('a field that is emptied is forgotten, one that is not sent stays', async () => {
  const page = await browser.get(path)
  const token = page.field('csrf_token')
  const sent = await browser.post(path, {
    csrf_token: token,
    nickname: '',
    locality: 'London',
    is_staff: 'on',
    phone_number_verified: 'true',
  })
  assert.equal(sent.status, 303)
  const claims = await userinfo('openid profile address phone')
  assert.equal('nickname' in claims, false)
  assert.equal(claims['middle_name'], 'Pleasance')
  assert.equal(claims['phone_number_verified'], false)
  assert.match(JSON.stringify(claims['address']), /"locality":"London"/)
})

test('markup in a detail is text on the page', async () => {
  await save({ nickname: '"><svg onload=alert(1)>', street_address: '</textarea><script>alert(1)</script>' })
  const page = await browser.get(path)
  assert.ok(!page.body.includes('<svg onload') && !page.body.includes('<script>alert'))
  assert.equal(page.field('nickname'), '"><svg onload=alert(1)>')
})

test('the trail names what was changed and holds none of it', async () => {
  const rows = JSON.stringify(await server.context.database.all(eventsQuery))
  assert.match(rows, /phone_number/)
  for (const value of ['7946', 'Deanery', 'Pleasance', '1852']) assert.ok(!rows.includes(value), value)
})

test('every standard claim is advertised (OpenID Connect Discovery §3)', async () => {
  const response = await fetch(`${server.url}/o/.well-known/openid-configuration`)
  const metadata = (await response.json()) as { readonly claims_supported: readonly string[] }
  for (const name of 'name given_name family_name middle_name nickname preferred_username profile picture website gender birthdate zoneinfo locale updated_at email email_verified address phone_number phone_number_verified'.split(
    ' ',
  )) {
    assert.ok(metadata.claims_supported.includes(name), name)
  }
})

test('only whoever is signed in, and only a form of ours', async () => {
  const nobody = new FormBrowser(server.server.app.http, { origin: server.url })
  assert.match((await nobody.get(path)).location ?? '', /^\/accounts\/login\//)
  assert.equal((await browser.post(path, { nickname: 'Eve' })).status, 403)
})
