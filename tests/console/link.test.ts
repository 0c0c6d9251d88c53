// A one-time link that staff print: its holder chooses a password, once; and whoever is not to be let in by it is not.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { createLog } from '../../packages/authorization-server/src/platform/log/index.ts'
import { asFlag, guarded, sql, unguarded } from '../../packages/authorization-server/src/platform/storage/index.ts'
import { insertGroup } from '../../packages/authorization-server/src/records/groups/index.ts'
import { systemClock } from '../../packages/authorization-server/src/platform/time/index.ts'
import type { User } from '../../packages/authorization-server/src/records/users/index.ts'
import { codeTokens, isActive } from '../support/code-flow.ts'
import type { FormBrowser, Page } from '../support/form-browser.ts'
import { postgresPlace } from '../support/postgres.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { administrator, type Answer, browserOf, call, groupOf, password, person, signedIn } from './ground.ts'

const chosen = 'own-words-of-a-person'
const dayMs = 86_400_000
const lines: string[] = []
let server: TestServer
let admin: FormBrowser

before(async () => {
  const log = createLog({ format: 'json', level: 'debug', clock: systemClock, write: (line) => lines.push(line) })
  server = await startTestServer({ deps: { log } })
  admin = await administrator(server)
})
after(() => server.close())

function print(user: Pick<User, 'id'>, browser = admin, at = server): Promise<Answer> {
  return call(at, browser, 'POST', `/api/v1/users/${user.id}/link`, { body: {} })
}

/** The path of a link, as its holder opens it. */
async function linkOf(user: Pick<User, 'id'>, at = server): Promise<string> {
  const answer = await print(user, at === server ? admin : await administrator(at), at)
  assert.equal(answer.status, 200, answer.text)
  const [shown] = answer.body['shown'] as readonly { readonly value: string }[]
  const url = new URL(shown?.value ?? '')
  assert.equal(url.origin, at.url)
  return url.pathname + url.search
}

async function use(link: string, secret = chosen): Promise<Page> {
  const holder = browserOf(server)
  return holder.submit(await holder.get(link), { password: secret })
}

async function maySignIn(name: string, secret: string): Promise<boolean> {
  return (await browserOf(server).signIn(`${name}@example.com`, secret)).url === '/account/'
}

async function isOpen(link: string): Promise<boolean> {
  const { status } = await browserOf(server).get(link)
  assert.ok(status === 200 || status === 410, String(status))
  return status === 200
}

describe('the way of a new person', () => {
  test('two steps without a password, then a link on paper: they choose one and sign in, without scripts', async () => {
    const added = await admin.submit(await admin.get('/admin/users/add/'), { email: 'new@example.com' })
    assert.match(added.location ?? '', /change\/\?done=added/)
    const id = Number(/users\/(\d+)\//.exec(added.location ?? '')?.[1])
    assert.equal(await maySignIn('new', ''), false)
    const path = `/admin/users/${id}/link/`
    const page = await admin.submit(await admin.get(path), {}, { action: path })
    assert.equal(page.status, 200)
    assert.equal(page.headers['cache-control'], 'no-store')
    const link = /\/accounts\/password-link\/\?token=[\w-]{43}/.exec(page.body)?.[0] ?? ''
    assert.match((await admin.get(`/admin/users/${id}/`)).body, /^(?![\s\S]*password-link\/\?token)/)

    const holder = browserOf(server)
    const form = await holder.get(link)
    assert.equal(form.headers['cache-control'], 'no-store')
    assert.equal(form.headers['referrer-policy'], 'strict-origin')
    assert.match(form.text, /new@example\.com/)
    const weak = await holder.submit(form, { password: '12345678' })
    assert.equal(weak.status, 200)
    assert.match(weak.fieldError('password'), /too common/)
    const done = await holder.submit(weak, { password: chosen })
    assert.equal(done.location, '/accounts/password-link/?done=yes')
    assert.match((await holder.follow(done)).text, /Your password is set/)
    assert.match((await holder.get('/account/')).location ?? '', /login/, 'nobody is signed in by it')
    assert.equal(await maySignIn('new', chosen), true)
  })

  test('what they held under the former password ends: sessions, tokens, the password', async () => {
    const held = await person(server, 'held')
    const browser = await signedIn(server, 'held')
    const { access_token: token } = await codeTokens(browser, server.url)
    const link = await linkOf(held)
    assert.equal(await isActive(server.url, token), true, 'a link that nobody used changes nothing')
    assert.equal((await browser.get('/account/')).status, 200)
    assert.equal((await use(link)).status, 303)
    assert.equal(await isActive(server.url, token), false)
    assert.match((await browser.get('/account/')).location ?? '', /login/)
    assert.equal(await maySignIn('held', password), false)
    assert.equal(await maySignIn('held', chosen), true)
  })
})

describe('a link works once, and only for what it was made', () => {
  test('used twice, it changes nothing the second time', async () => {
    const once = await person(server, 'once')
    const link = await linkOf(once)
    const [first, second] = [browserOf(server), browserOf(server)]
    const [one, other] = [await first.get(link), await second.get(link)]
    assert.equal((await first.submit(one, { password: chosen })).status, 303)
    assert.equal((await second.submit(other, { password: 'other-words-of-mallory' })).status, 410)
    assert.equal(await isOpen(link), false)
    assert.equal(await maySignIn('once', chosen), true)
  })

  test('of 32 at the same moment exactly one is met', async () => {
    const raced = await person(server, 'raced')
    const link = await linkOf(raced)
    const holder = browserOf(server)
    const form = await holder.get(link)
    const all = Array.from({ length: 32 }, (_, at) => holder.submit(form, { password: `own-words-of-number-${at}` }))
    const statuses = (await Promise.all(all)).map(({ status }) => status)
    assert.equal(statuses.filter((status) => status === 303).length, 1, String(statuses))
    assert.ok(
      statuses.every((status) => [303, 410, 503].includes(status)),
      String(statuses),
    )
    const winner = statuses.indexOf(303)
    assert.equal(await maySignIn('raced', `own-words-of-number-${winner}`), true)
  })

  test('it ends with a new password, with being disabled, with a further link, and by time', async () => {
    const ended = await person(server, 'ended')
    const ends: readonly (readonly [string, () => Promise<unknown>])[] = [
      [
        'password',
        () => call(server, admin, 'POST', `/api/v1/users/${ended.id}/password`, { body: { password: chosen } }),
      ],
      ['sign-out', () => call(server, admin, 'POST', `/api/v1/users/${ended.id}/sign-out`, { body: {} })],
      ['link', () => print(ended)],
      ['disable', () => call(server, admin, 'POST', `/api/v1/users/${ended.id}/disable`, { body: {} })],
    ]
    for (const [name, end] of ends) {
      const link = await linkOf(ended)
      const holder = browserOf(server)
      const form = await holder.get(link)
      await end()
      assert.equal(await isOpen(link), false, name)
      assert.equal((await holder.submit(form, { password: 'mallory-was-quicker' })).status, 410, name)
    }
    assert.equal((await print(ended)).status, 403, 'nothing is printed for somebody who is disabled')
    await call(server, admin, 'POST', `/api/v1/users/${ended.id}/enable`, { body: {} })
    const late = await linkOf(ended)
    server.clock.advance(dayMs - 1)
    assert.equal(await isOpen(late), true)
    server.clock.advance(1)
    assert.equal(await isOpen(late), false)
    admin = await administrator(server)
    assert.equal(await maySignIn('ended', 'mallory-was-quicker'), false)
  })

  test("another person's link sets nobody else's password, and a tampered one none", async () => {
    const [ann, bob] = [await person(server, 'ann'), await person(server, 'bob')]
    const [anns, bobs] = [await linkOf(ann), await linkOf(bob)]
    const holder = browserOf(server)
    const form = await holder.get(anns)
    const sent = { password: chosen, username: 'bob@example.com', user: String(bob.id), email: 'bob@example.com' }
    assert.equal((await holder.submit(form, sent)).status, 303)
    assert.equal(await maySignIn('bob', chosen), false)
    assert.equal(await maySignIn('bob', password), true)
    assert.equal(await isOpen(bobs), true)
    for (const tampered of [
      bobs.slice(0, -1),
      `${bobs}A`,
      bobs.replace(/.$/, '_'),
      bobs.replace(/token=.*/, (token) => `token=${token.slice(6).toUpperCase()}`),
      `${bobs}%00`,
    ]) {
      assert.ok(tampered === bobs || !(await isOpen(tampered)), tampered)
    }
    assert.equal(await isOpen('/accounts/password-link/'), false)
    assert.equal(await isOpen('/accounts/password-link/?token='), false)
  })

  test('a form of another browser, or of another site, is refused', async () => {
    const link = await linkOf(await person(server, 'guarded'))
    const holder = browserOf(server)
    const form = await holder.get(link)
    const foreign = (await browserOf(server).get(link)).field('csrf_token')
    assert.equal((await holder.submit(form, { password: chosen, csrf_token: foreign })).status, 403)
    assert.equal((await holder.submit(form, { password: chosen, csrf_token: undefined })).status, 403)
    const fields = { password: chosen, token: form.field('token') ?? '', csrf_token: form.field('csrf_token') ?? '' }
    const elsewhere = await holder.post('/accounts/password-link/', fields, { origin: 'https://evil.example' })
    assert.equal(elsewhere.status, 403)
    assert.equal(await isOpen(link), true)
  })
})

describe('who may print one', () => {
  test('staff not for a superuser, nor for somebody who may do more than they; a reader for nobody', async () => {
    const clerk = await person(server, 'link-clerk', { isStaff: true })
    const set = await groupOf(server, 'link-clerks', clerk)
    await set(['users.view', 'users.change'])
    const boss = await person(server, 'link-boss', { isStaff: true })
    await (await groupOf(server, 'link-bosses', boss))(['keys.change'])
    const root = await person(server, 'link-root', { isStaff: true, isSuperuser: true })
    const plain = await person(server, 'link-plain')
    const browser = await signedIn(server, 'link-clerk')
    assert.equal((await print(plain, browser)).status, 200)
    for (const target of [boss, root]) {
      const refused = await print(target, browser)
      assert.equal(refused.status, 403)
      assert.doesNotMatch(refused.text, /token=/)
      const links = await server.context.database.all(sql`select * from password_links where user_id = ${target.id}`)
      assert.equal(links.length, 0)
    }
    await set(['users.view'])
    assert.equal((await print(plain, browser)).status, 403)
    assert.equal((await print(plain, await signedIn(server, 'link-plain'))).status, 403)
  })

  test('the password is asked for again first', async () => {
    const asked = await person(server, 'asked')
    server.clock.advance(11 * 60_000)
    const refused = await print(asked)
    assert.equal(refused.status, 403)
    assert.match(refused.text, /password that was given in the last/)
    admin = await administrator(server)
  })

  test('a link that was made for a person of no standing does not open the account of one who rose since', async () => {
    const { database, clock } = server.context
    for (const column of ['is_staff', 'is_superuser']) {
      const rising = await person(server, `rising-${column}`)
      const link = await linkOf(rising)
      const flag = asFlag(true)
      const raise = column === 'is_staff' ? sql`is_staff = ${flag}` : sql`is_superuser = ${flag}`
      await database.commit([guarded(sql`update users set ${raise} where id = ${rising.id}`)])
      assert.equal(await isOpen(link), false, column)
    }
    const joining = await person(server, 'joining')
    const link = await linkOf(joining)
    await database.commit([insertGroup('strong-ones', ['keys.change'], clock.now())])
    const found = await call(server, admin, 'GET', '/api/v1/groups?q=strong-ones')
    const [group] = found.body['items'] as readonly { readonly id: number }[]
    const path = `/api/v1/users/${joining.id}`
    assert.equal((await call(server, admin, 'PATCH', path, { body: { groups: [group?.id] } })).status, 200)
    assert.equal(await isOpen(link), false)
  })
})

test('a backup that is restored brings no link back', async (t) => {
  const own = await startTestServer()
  t.after(() => own.close())
  const link = await linkOf(await person(own, 'restored'), own)
  assert.equal((await browserOf(own).get(link)).status, 200)
  // What a restore does to everything that was handed out before.
  await own.context.database.commit([unguarded(sql`update installation set epoch = epoch + 1`)])
  assert.equal((await browserOf(own).get(link)).status, 410)
})

describe('the link is told nowhere', () => {
  test('not in the log, not in an event, not in the database', async () => {
    const quiet = await person(server, 'quiet')
    const link = await linkOf(quiet)
    const token = link.split('token=')[1] ?? ''
    assert.equal(token.length, 43)
    await isOpen(link)
    await use(link)
    await isOpen(link)
    assert.ok(lines.length > 0)
    assert.equal(
      lines.some((line) => line.includes(token)),
      false,
    )
    const { database } = server.context
    const stored = [
      ...(await database.all(sql`select * from events`)),
      ...(await database.all(sql`select * from password_links`)),
    ]
    assert.equal(JSON.stringify(stored).includes(token), false)
    const history = await call(server, admin, 'GET', `/api/v1/users/${quiet.id}/history`)
    const [last] = history.body['items'] as readonly { readonly kind: string; readonly note: string }[]
    assert.equal(last?.kind, 'user.password-link-made')
    assert.match(last?.note ?? '', /It works until 2027-/)
  })

  test('who tries many that are none is held up, and who holds a right one is not', async (t) => {
    const own = await startTestServer({ settings: { limits: { strangerFailuresPerMinute: 5 } } })
    t.after(() => own.close())
    const right = await linkOf(await person(own, 'right'), own)
    const statuses = new Set<number>()
    const guesser = browserOf(own)
    for (let at = 0; at < 40 && !statuses.has(429); at++) {
      statuses.add((await guesser.get(`/accounts/password-link/?token=guess-${at}`)).status)
    }
    assert.deepEqual(statuses, new Set([410, 429]))
    assert.equal((await guesser.get(right)).status, 200)
  })
})

test('on PostgreSQL: made, replaced, used once by one of many, and gone with a change of standing', async (t) => {
  const place = await postgresPlace()
  const other = await startTestServer({ settings: { server: { databaseUrl: place.url } } })
  t.after(async () => {
    await other.close()
    await place.remove()
  })
  const user = await person(other, 'elsewhere')
  const replaced = await linkOf(user, other)
  const link = await linkOf(user, other)
  const holder = browserOf(other)
  assert.equal((await holder.get(replaced)).status, 410)
  const form = await holder.get(link)
  const all = Array.from({ length: 8 }, () => holder.submit(form, { password: chosen }))
  const statuses = (await Promise.all(all)).map(({ status }) => status)
  assert.equal(statuses.filter((status) => status === 303).length, 1, String(statuses))
  assert.equal((await browserOf(other).signIn('elsewhere@example.com', chosen)).url, '/account/')
  const late = await linkOf(user, other)
  const raised = { is_staff: true, locality: 'Bath', email_verified: true }
  const changed = await call(other, await administrator(other), 'PATCH', `/api/v1/users/${user.id}`, { body: raised })
  assert.deepEqual([changed.body['locality'], changed.body['email_verified']], ['Bath', true], changed.text)
  assert.equal((await browserOf(other).get(late)).status, 410)
})
