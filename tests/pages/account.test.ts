// What people see and change of their own account, and what nobody else can.
import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { registerUser } from '../../packages/authorization-server/src/records/credentials/index.ts'
import { eventsOfUser } from '../../packages/authorization-server/src/records/events/index.ts'
import { findUser, type User } from '../../packages/authorization-server/src/records/users/index.ts'
import { codeTokens, isActive } from '../support/code-flow.ts'
import { FormBrowser } from '../support/form-browser.ts'
import { passwordTokens, startTestServer, type TestServer } from '../support/server.ts'

const password = 'correct-horse-battery'
const newPassword = 'another-long-passphrase'

let server: TestServer
let user: User
let email: string
let people = 0

before(async () => {
  server = await startTestServer()
})
after(() => server.close())

beforeEach(async () => {
  email = `person${++people}@example.com`
  const made = await registerUser(server.context, { email, username: `person${people}`, firstName: 'Pat' }, password)
  assert.ok(made.kind === 'created')
  user = made.user
})

function browser(userAgent?: string): FormBrowser {
  const address = `192.0.2.${people}`
  return new FormBrowser(server.server.app.http, {
    origin: server.url,
    address,
    ...(userAgent === undefined ? {} : { userAgent }),
  })
}

async function signedIn(userAgent?: string): Promise<FormBrowser> {
  const own = browser(userAgent)
  const page = await own.signIn(email, password)
  assert.equal(page.url, '/account/')
  return own
}

async function stored(): Promise<User> {
  const found = await findUser(server.context.database, user.id)
  assert.ok(found !== undefined)
  return found
}

async function newestEvent(): Promise<string | undefined> {
  return (await eventsOfUser(server.context.database, user.id, 1))[0]?.kind
}

test('whoever is not signed in is asked to, and comes back to where they were', async () => {
  for (const path of [
    '/account/',
    '/account/profile/?x=1',
    '/account/password/',
    '/account/apps/',
    '/account/sessions/',
    '/o/authorized_tokens/',
    '/o/authorized_tokens/abc/delete/',
  ]) {
    const own = browser()
    const asked = await own.get(path)
    assert.equal(asked.status, 302)
    assert.equal(asked.location, `/accounts/login/?next=${encodeURIComponent(path)}`)
    const form = await own.follow(asked)
    const back = await own.submit(form, { username: email, password })
    assert.equal(back.location, path)
  }
})

test('the addresses that others know lead to the account (Django; change-password well-known URL)', async () => {
  const own = browser()
  assert.equal((await own.get('/accounts/profile/')).location, '/account/')
  assert.equal((await own.get('/.well-known/change-password')).location, '/account/password/')
})

test('the overview shows the person, and how many apps and browsers have a part in the account', async () => {
  const own = await signedIn()
  await passwordTokens(server.url, { username: email, password })
  const page = await own.get('/account/')
  for (const shown of ['Pat', `person${people}`, email, '1 app', '1 browser signed in', 'Password changed']) {
    assert.ok(page.text.includes(shown), shown)
  }
})

test('names and username are saved without a password, and the change is in the trail', async () => {
  const own = await signedIn()
  const form = await own.get('/account/profile/')
  const saved = await own.submit(form, { first_name: 'Patricia', last_name: '<b>Ö', username: 'pat' })
  assert.equal(saved.location, '/account/profile/?done=profile-saved')
  assert.match((await own.follow(saved)).text, /Your profile has been saved/)
  const now = await stored()
  assert.deepEqual([now.firstName, now.lastName, now.username, now.email], ['Patricia', '<b>Ö', 'pat', email])
  const [event] = await eventsOfUser(server.context.database, user.id, 1)
  assert.equal(event?.kind, 'user.changed')
  assert.deepEqual(event.detail, { fields: ['username', 'firstName', 'lastName'] })
})

test('the e-mail address does not change without the password, nor with a wrong one', async () => {
  const own = await signedIn()
  const form = await own.get('/account/profile/')
  for (const wrong of ['', 'not-the-password']) {
    const refused = await own.submit(form, { email: 'moved@example.com', password: wrong })
    assert.equal(refused.status, 200)
    assert.notEqual(refused.fieldError('password'), '')
    assert.equal(refused.field('email'), 'moved@example.com')
  }
  assert.equal((await stored()).email, email)
  // Taking the address away is a change as well.
  assert.notEqual((await own.submit(form, { email: '', password: '' })).fieldError('password'), '')
  assert.equal((await stored()).email, email)
  const saved = await own.submit(form, { email: `moved${people}@example.com`, password })
  assert.equal(saved.location, '/account/profile/?done=email-changed')
  assert.equal((await stored()).email, `moved${people}@example.com`)
})

test('an e-mail address or username of somebody else stays theirs', async () => {
  const own = await signedIn()
  const form = await own.get('/account/profile/')
  const asEmail = await own.submit(form, { email: 'Alice@Example.com', password })
  assert.match(asEmail.fieldError('email'), /already exists/)
  const asUsername = await own.submit(form, { username: 'ALICE' })
  assert.match(asUsername.fieldError('username'), /already exists/)
  const inDisguise = await own.submit(form, { username: 'alice@example.com' })
  assert.match(inDisguise.fieldError('username'), /already exists/)
  const nameless = await own.submit(form, { email: '', username: '', password })
  assert.match(nameless.text, /Keep an email or a username/)
  assert.deepEqual([(await stored()).email, (await stored()).username], [email, user.username])
})

test('fields that the profile form does not have are nobody (mass assignment)', async () => {
  const own = await signedIn()
  const form = await own.get('/account/profile/')
  await own.submit(form, { first_name: 'X', is_superuser: 'on', is_staff: 'on', id: '1', epoch: '0', user_id: '1' })
  const now = await stored()
  assert.deepEqual([now.firstName, now.isSuperuser, now.isStaff, now.epoch], ['X', false, false, user.epoch])
})

test('a new password keeps this browser and ends every other one and every app', async () => {
  const own = await signedIn()
  const other = await signedIn()
  const tokens = await passwordTokens(server.url, { username: email, password })
  const form = await own.get('/account/password/')
  const done = await own.submit(form, { old_password: password, password: newPassword, password2: newPassword })
  assert.equal(done.location, '/account/password/?done=password-changed')
  assert.match((await own.follow(done)).text, /Your password has been changed/)
  assert.equal((await other.get('/account/')).status, 302)
  assert.equal(await isActive(server.url, tokens.access_token), false)
  assert.equal((await browser().signIn(email, newPassword)).url, '/account/')
  assert.notEqual((await browser().signIn(email, password)).url, '/account/')
})

test('a wrong old password, a weak new one and two that differ change nothing', async () => {
  const own = await signedIn()
  const form = await own.get('/account/password/')
  const wrong = await own.submit(form, { old_password: 'x', password: newPassword, password2: newPassword })
  assert.match(wrong.fieldError('old_password'), /incorrectly/)
  const weak = await own.submit(form, { old_password: password, password: '123', password2: '123' })
  assert.match(weak.fieldError('password'), /too short/)
  const similar = await own.submit(form, { old_password: password, password: email, password2: email })
  assert.match(similar.fieldError('password'), /too similar to the email/)
  const differ = await own.submit(form, {
    old_password: password,
    password: newPassword,
    password2: 'other-words-here',
  })
  assert.match(differ.fieldError('password2'), /didn't match/)
  assert.equal((await stored()).epoch, user.epoch)
  for (const page of [wrong, weak, similar, differ]) assert.doesNotMatch(page.body, /value="(123|another-long)/)
})

test('guesses at the old password share the limit of sign-in, under every name of the person', async () => {
  const own = await signedIn()
  const form = await own.get('/account/password/')
  const fields = { password: newPassword, password2: newPassword }
  for (let i = 0; i < 10; i++) {
    assert.equal((await own.submit(form, { old_password: `guess${i}`, ...fields })).status, 200)
  }
  const throttled = await own.submit(form, { old_password: password, ...fields })
  assert.equal(throttled.status, 429)
  assert.equal(throttled.headers['retry-after'], '900')
  assert.match(throttled.fieldError('old_password'), /Too many wrong passwords/)
  const profile = await own.get('/account/profile/')
  assert.equal((await own.submit(profile, { email: 'moved@example.com', password })).status, 429)
  for (const username of [email, `person${people}`]) {
    const asOther = browser()
    assert.equal((await asOther.submit(await asOther.get('/accounts/login/'), { username, password })).status, 429)
  }
  server.clock.advance(900_000)
  assert.equal((await own.submit(form, { old_password: password, ...fields })).status, 303)
})

test('an app is listed with what it may do, and removing it ends its access and its consent', async () => {
  const own = await signedIn()
  const byCode = await codeTokens(own, server.url)
  const page = await own.get('/account/apps/')
  assert.match(page.text, /Web app.*your data in this app/)
  const done = await own.submit(page, {}, { action: '/account/apps/revoke/' })
  assert.equal(done.location, '/account/apps/?done=app-removed')
  assert.match((await own.follow(done)).text, /No connected apps/)
  assert.equal(await isActive(server.url, byCode.access_token), false)
  assert.equal(await newestEvent(), 'consent.withdrawn')
  // Consent given again revives nothing.
  const again = await codeTokens(own, server.url)
  assert.equal(await isActive(server.url, again.access_token), true)
  assert.equal(await isActive(server.url, byCode.access_token), false)
})

test('an app that never had to ask is listed and removed too, and one without a live grant stays until it is removed', async () => {
  const own = await signedIn()
  const tokens = await passwordTokens(server.url, { username: email, password })
  await codeTokens(own, server.url)
  const tokenPage = await own.get('/o/authorized_tokens/')
  const revoke = /href="(\/o\/authorized_tokens\/[^"]+\/delete\/)" aria-label="Revoke the access of Web app"/.exec(
    tokenPage.body,
  )
  await own.submit(await own.get(revoke?.[1] ?? ''), {}, { action: revoke?.[1] ?? '' })
  const page = await own.get('/account/apps/')
  assert.match(page.text, /Web app/)
  const listed = page.forms.filter(({ action }) => action === '/account/apps/revoke/')
  assert.equal(listed.length, 2)
  for (const form of listed) {
    assert.equal((await own.post(form.action, Object.fromEntries(form.fields))).status, 303)
  }
  assert.match((await own.get('/account/apps/')).text, /No connected apps/)
  assert.equal(await isActive(server.url, tokens.access_token), false)
})

test('what is no app of mine is not found, and no trace of it is written', async () => {
  const own = await signedIn()
  const csrf_token = (await own.get('/account/profile/')).field('csrf_token')
  for (const app of ['1', '999', '0', '-1', 'x', '1e3', '']) {
    assert.equal((await own.post('/account/apps/revoke/', { csrf_token, app })).status, 404, app)
  }
  assert.equal(await newestEvent(), 'user.signed-in')
})

test('the list of sessions names the device, and ending one ends its cookie and what was given in it', async () => {
  const own = await signedIn('Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0')
  const other = await signedIn('Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36')
  const tokens = await codeTokens(other, server.url)
  const page = await own.get('/account/sessions/')
  assert.match(page.text, /Firefox on Linux This device/)
  assert.match(page.text, /Chrome on Windows/)
  assert.match(page.body, /aria-label="End the session on Chrome on Windows"/)
  const ids = page.forms
    .filter(({ action }) => action === '/account/sessions/end/')
    .map(({ fields }) => Object.fromEntries(fields))
  assert.equal(ids.length, 2)
  const current = [...own.cookies.values()].join()
  for (const { session = '' } of ids) assert.ok(!current.includes(session))
  const otherPage = await other.get('/account/sessions/')
  assert.equal(otherPage.status, 200)
  const chrome = page.body.indexOf('Chrome on Windows') < page.body.indexOf('Firefox on Linux') ? ids[0] : ids[1]
  const done = await own.post('/account/sessions/end/', chrome ?? {})
  assert.equal(done.location, '/account/sessions/?done=session-ended')
  assert.equal((await other.get('/account/')).location, '/accounts/login/?next=%2Faccount%2F')
  const late = await other.post('/account/profile/', { csrf_token: otherPage.field('csrf_token'), first_name: 'Late' })
  assert.equal(late.location, '/accounts/login/?next=%2Faccount%2Fprofile%2F')
  assert.equal((await stored()).firstName, 'Pat')
  assert.equal(await isActive(server.url, tokens.access_token), false)
  assert.equal(await newestEvent(), 'session.ended')
})

test("a person's own session can be ended too: that is signing out", async () => {
  const own = await signedIn()
  const page = await own.get('/account/sessions/')
  const done = await own.submit(page, {}, { action: '/account/sessions/end/' })
  assert.equal(done.location, '/accounts/logout/')
  assert.equal(own.cookies.has('latchkey_session'), false)
  assert.equal((await own.get('/account/')).status, 302)
})

test('all other sessions end at once, and this one stays', async () => {
  const own = await signedIn()
  const others = [await signedIn(), await signedIn()]
  const done = await own.submit(await own.get('/account/sessions/'), {}, { action: '/account/sessions/end-others/' })
  assert.equal(done.location, '/account/sessions/?done=other-sessions-ended')
  for (const other of others) assert.equal((await other.get('/account/')).status, 302)
  assert.equal((await own.get('/account/')).status, 200)
})

test("somebody else's session and grant are not found, whatever their id", async () => {
  const own = await signedIn()
  const session = (await own.get('/account/sessions/')).field('session')
  await passwordTokens(server.url, { username: email, password })
  const listed = await own.get('/o/authorized_tokens/')
  const path = /href="(\/o\/authorized_tokens\/[^"]+\/delete\/)"/.exec(listed.body)?.[1] ?? ''
  const stranger = browser()
  await stranger.signIn('alice@example.com', 'correct-horse-battery')
  const csrf_token = (await stranger.get('/account/profile/')).field('csrf_token')
  assert.equal((await stranger.post('/account/sessions/end/', { csrf_token, session })).status, 404)
  assert.equal((await stranger.get(path)).status, 404)
  assert.equal((await stranger.post(path, { csrf_token })).status, 404)
  assert.equal((await own.get('/account/')).status, 200)
  assert.equal((await own.get(path)).status, 200)
})

test('an authorized token is listed, confirmed and revoked, once', async () => {
  const own = await signedIn()
  const tokens = await passwordTokens(server.url, { username: email, password })
  const listed = await own.get('/o/authorized_tokens/')
  assert.match(listed.text, /client1.*read.*write/)
  const path = /href="(\/o\/authorized_tokens\/[^"]+\/delete\/)"/.exec(listed.body)?.[1] ?? ''
  const confirm = await own.get(path)
  assert.match(confirm.text, /client1 loses this access at once/)
  assert.equal(await isActive(server.url, tokens.access_token), true)
  const done = await own.submit(confirm, {}, { action: path })
  assert.equal(done.location, '/o/authorized_tokens/?done=token-revoked')
  assert.match((await own.follow(done)).text, /has been revoked/)
  assert.equal(await isActive(server.url, tokens.access_token), false)
  assert.equal((await own.submit(confirm, {}, { action: path })).status, 404)
  assert.equal(await newestEvent(), 'grant.ended')
})

test('no form of the account works without its token, with that of another session, or from another site (CSRF)', async () => {
  const own = await signedIn()
  await passwordTokens(server.url, { username: email, password })
  const other = await signedIn()
  const anonymous = (await browser().get('/accounts/login/')).field('csrf_token')
  const otherSession = (await other.get('/account/profile/')).field('csrf_token')
  const right = (await own.get('/account/profile/')).field('csrf_token')
  const app = (await own.get('/account/apps/')).field('app')
  const session = (await other.get('/account/sessions/')).field('session')
  const token = /href="(\/o\/authorized_tokens\/[^"]+\/delete\/)"/.exec(
    (await own.get('/o/authorized_tokens/')).body,
  )?.[1]
  const forms: readonly (readonly [string, Readonly<Record<string, string | undefined>>])[] = [
    ['/account/profile/', { first_name: 'Mallory' }],
    ['/account/password/', { old_password: password, password: newPassword, password2: newPassword }],
    ['/account/apps/revoke/', { app }],
    ['/account/sessions/end/', { session }],
    ['/account/sessions/end-others/', {}],
    [token ?? '', {}],
  ]
  for (const [path, fields] of forms) {
    for (const csrf_token of [undefined, 'x', anonymous, otherSession]) {
      assert.equal((await own.post(path, { ...fields, csrf_token })).status, 403, path)
    }
    for (const headers of [
      { 'sec-fetch-site': 'cross-site' },
      { origin: 'https://evil.example' },
      { origin: 'null' },
    ]) {
      assert.equal((await own.post(path, { ...fields, csrf_token: right }, headers)).status, 403, path)
    }
  }
  assert.equal((await stored()).firstName, 'Pat')
  assert.equal((await stored()).epoch, user.epoch)
  assert.equal((await other.get('/account/')).status, 200)
  assert.match((await own.get('/account/apps/')).text, /client1/)
  assert.match((await own.get('/o/authorized_tokens/')).text, /client1/)
})

test('a page is one document, and leaves the referrer policy to its header: under `no-referrer` browsers send our own forms with `Origin: null`', async () => {
  const own = await signedIn()
  for (const page of [await own.get('/account/'), await browser().get('/accounts/login/')]) {
    assert.equal(page.body.match(/<!doctype/gi)?.length, 1)
    assert.doesNotMatch(page.body, /<meta name="referrer"/)
    assert.equal(page.headers['referrer-policy'], 'same-origin')
  }
})
