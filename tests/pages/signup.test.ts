// People make their own accounts on /accounts/signup/.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { findUserByIdentifier } from '../../packages/authorization-server/src/records/users/index.ts'
import { FormBrowser } from '../support/form-browser.ts'
import { startTestServer, type TestServer } from '../support/server.ts'

let server: TestServer
before(async () => {
  server = await startTestServer({ settings: { limits: { signUpsPerSource: 5 } } })
})
after(() => server.close())

let addresses = 0
function browser(address = `192.0.2.${++addresses}`): FormBrowser {
  return new FormBrowser(server.server.app.http, { origin: server.url, address })
}

const password = 'a-good-long-passphrase'

test('a person signs up, is signed in, and lands on their account', async () => {
  const own = browser()
  const form = await own.get('/accounts/signup/')
  assert.equal(form.status, 200)
  const done = await own.submit(form, { email: 'New.Person@Example.COM', username: 'newbie', password })
  assert.equal(done.status, 303)
  assert.equal(done.location, '/account/')
  const account = await own.follow(done)
  assert.equal(account.status, 200)
  assert.match(account.text, /New\.Person@example\.com/)
  const user = await findUserByIdentifier(server.context.database, 'new.person@example.com')
  assert.equal(user?.username, 'newbie')
  assert.equal(user.isStaff || user.isSuperuser, false)
})

test('afterwards the way leads back to a path of ours, and never to another site', async () => {
  for (const [next, target, name] of [
    ['/account/profile/?x=1', '/account/profile/?x=1', 'here'],
    ['https://evil.example/', '/account/', 'elsewhere'],
    ['//evil.example/', '/account/', 'schemeless'],
    [String.raw`/\evil.example/`, '/account/', 'backslash'],
  ] as const) {
    const own = browser()
    const form = await own.get(`/accounts/signup/?next=${encodeURIComponent(next)}`)
    const done = await own.submit(form, { email: `${name}@example.com`, password, next })
    assert.equal(done.location, target, next)
  }
})

test('what is wrong stands beside its field, what was typed stays, and the password does not', async () => {
  const own = browser()
  const form = await own.get('/accounts/signup/')
  const refused = await own.submit(form, { email: 'nobody', username: 'no body', password: '12345' })
  assert.equal(refused.status, 200)
  assert.match(refused.fieldError('email'), /valid email/)
  assert.match(refused.fieldError('username'), /valid username/)
  assert.match(refused.fieldError('password'), /too short.*too common.*entirely numeric/)
  assert.equal(refused.field('email'), 'nobody')
  assert.equal(refused.field('username'), 'no body')
  assert.equal(refused.field('password'), '')
  assert.doesNotMatch(refused.body, /12345/)
})

test('an address or a name that is taken is said so, whatever its case', async () => {
  const own = browser()
  const form = await own.get('/accounts/signup/')
  const email = await own.submit(form, { email: 'ALICE@example.com', password })
  assert.match(email.fieldError('email'), /already exists/)
  const username = await own.submit(form, { email: 'other@example.com', username: 'ALICE', password })
  assert.match(username.fieldError('username'), /already exists/)
  assert.equal(await findUserByIdentifier(server.context.database, 'other@example.com'), undefined)
})

test("somebody else's e-mail address is no username: apps would show its owner as that person", async () => {
  const own = browser()
  const form = await own.get('/accounts/signup/')
  const refused = await own.submit(form, { email: 'mallory@example.com', username: 'alice@example.com', password })
  assert.match(refused.fieldError('username'), /already exists/)
})

test('fields that the form does not have are nobody (mass assignment)', async () => {
  const own = browser()
  const form = await own.get('/accounts/signup/')
  const extra = { is_superuser: 'on', is_staff: '1', isSuperuser: 'true', id: '1', email_verified: '1' }
  await own.submit(form, { email: 'mass@example.com', password, ...extra })
  const user = await findUserByIdentifier(server.context.database, 'mass@example.com')
  assert.deepEqual([user?.isSuperuser, user?.isStaff, user?.emailVerified], [false, false, false])
})

test('without the form token, or with the one of another browser, nobody is signed up', async () => {
  const own = browser()
  const form = await own.get('/accounts/signup/')
  const foreign = (await browser().get('/accounts/signup/')).field('csrf_token')
  for (const csrf_token of [undefined, '', 'x', foreign]) {
    const refused = await own.submit(form, { email: 'csrf@example.com', password, csrf_token })
    assert.equal(refused.status, 403)
  }
  const elsewhere = await own.post(
    '/accounts/signup/',
    { email: 'csrf@example.com', password, csrf_token: form.field('csrf_token') },
    { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' },
  )
  assert.equal(elsewhere.status, 403)
  assert.equal(await findUserByIdentifier(server.context.database, 'csrf@example.com'), undefined)
})

test('one source may ask for so many accounts in a window; names that are taken count too', async () => {
  const address = '198.51.100.7'
  for (let i = 0; i < 5; i++) {
    const own = browser(address)
    const email = i % 2 === 0 ? `crowd${i}@example.com` : 'alice@example.com'
    const answer = await own.submit(await own.get('/accounts/signup/'), { email, password })
    assert.notEqual(answer.status, 429)
  }
  const own = browser(address)
  const form = await own.get('/accounts/signup/')
  const refused = await own.submit(form, { email: 'late@example.com', password })
  assert.equal(refused.status, 429)
  assert.equal(refused.headers['retry-after'], '900')
  assert.match(refused.text, /Too many accounts.*Try again in 15 minutes/)
  const elsewhere = browser('198.51.100.8')
  const other = await elsewhere.submit(await elsewhere.get('/accounts/signup/'), {
    email: 'late@example.com',
    password,
  })
  assert.equal(other.status, 303)
  server.clock.advance(900_000)
  const later = await own.submit(form, { email: 'later@example.com', password })
  assert.equal(later.status, 303)
})

test('where sign-up is switched off there is nothing at its address', async () => {
  const closed = await startTestServer({ settings: { identity: { signUp: false } } })
  try {
    const own = new FormBrowser(closed.server.app.http, { origin: closed.url })
    assert.equal((await own.get('/accounts/signup/')).status, 404)
    assert.equal((await own.post('/accounts/signup/', { email: 'a@example.com', password })).status, 404)
    assert.doesNotMatch((await own.get('/accounts/login/')).body, /signup/)
  } finally {
    await closed.close()
  }
})

test('two people who want one name at once: one gets it, the other is told', async () => {
  const answers = await Promise.all(
    ['race-a', 'race-b'].map(async (name) => {
      const own = browser()
      const form = await own.get('/accounts/signup/')
      return own.submit(form, { email: `${name}@example.com`, username: 'wanted', password })
    }),
  )
  assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200, 303]))
  const told = answers.find(({ status }) => status === 200)
  assert.match(told?.fieldError('username') ?? '', /already exists/)
})
