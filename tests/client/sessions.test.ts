// What a session is made of: sealed for one purpose, cut to size, ended by the next sign-in, opened by an older secret.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { login, type SessionStore } from '@latchkey/client'
import { fetchLogin } from '@latchkey/client/fetch'
import { memorySessions } from '@latchkey/client/stores/memory'
import { createTestIssuer, signInAs, TestBrowser, type TestIssuer } from '@latchkey/client/testing'
import { createSealer } from '../../packages/client/src/platform/crypto/index.ts'
import { baseUrl, groundWith } from './ground.ts'

const secrets = ['the first secret of 32 characters', 'another secret of 32 characters!'] as const

describe('sealing', () => {
  test('what is sealed for one purpose opens for that purpose alone, and only whole', async () => {
    const sealer = createSealer([secrets[0]])
    const sealed = await sealer.seal('session', { a: 1 })
    assert.deepEqual(await sealer.open('session', sealed), { a: 1 })
    assert.equal(await sealer.open('state', sealed), undefined)
    assert.equal(await sealer.open('session', sealed, 'another row'), undefined)
    assert.equal(await createSealer([secrets[1]]).open('session', sealed), undefined)
    assert.notEqual(await sealer.seal('session', { a: 1 }), sealed)
    for (let at = 0; at < sealed.length; at += 1) {
      const other = sealed[at] === 'A' ? 'B' : 'A'
      assert.equal(await sealer.open('session', sealed.slice(0, at) + other + sealed.slice(at + 1)), undefined)
      assert.equal(await sealer.open('session', sealed.slice(0, at)), undefined)
    }
    assert.equal(await sealer.open('session', `${sealed}A`), undefined)
    assert.equal(await sealer.open('session', '%'), undefined)
  })

  test('a secret is exchanged without signing anybody out: the first seals, all open', async () => {
    const idp = await createTestIssuer()
    const app = (secret: readonly string[]) => login({ ...idp.options, secret, baseUrl })
    const cookie = await signInAs(app([secrets[0]]), idp)
    assert.equal(await nameIn(app([secrets[1], secrets[0]]), cookie), 'alice')
    assert.equal(await nameIn(app([secrets[1]]), cookie), undefined)
  })
})

async function nameIn(auth: ReturnType<typeof login>, cookie: string): Promise<string | undefined> {
  const visit = await auth.open({ header: (name) => (name === 'cookie' ? cookie : undefined) })
  return visit.session?.user.username
}

describe('size', () => {
  /** A browser at an app whose server gives access tokens of a size. */
  const sized = async (idp: TestIssuer, size: number): Promise<TestBrowser> => {
    const alice = { sub: '7', preferred_username: 'alice' }
    idp.bending = {
      tokens: (answer) => ({ ...answer, access_token: 'x'.repeat(size) }),
      answer: (path) => (path === '/userinfo' ? Response.json(alice) : undefined),
      idToken: (claims) => ({ ...claims, at_hash: undefined }),
    }
    const auth = login({ ...idp.options, baseUrl })
    const app = fetchLogin(auth)((_request, { session }) => new Response(session?.user.username ?? 'nobody'))
    return new TestBrowser(app, baseUrl, idp)
  }

  test('long tokens go into several cookies, each below the limit of browsers, and leave with the session', async () => {
    const browser = await sized(await createTestIssuer(), 6_000)
    await browser.open('/auth/login')
    assert.equal(await (await browser.get('/')).text(), 'alice')
    const own = [...browser.cookies].filter(([name]) => !name.includes('_t_'))
    assert.equal(own.length, 3)
    for (const [name, value] of own) assert.ok(name.length + value.length < 4_000)
    await browser.post('/auth/logout', { where: 'here' })
    assert.deepEqual(
      [...browser.cookies.keys()].filter((name) => !name.includes('_t_')),
      [],
    )
  })

  test('where there is no room the ID token goes first; then it is told what to do', async () => {
    const roomy = await sized(await createTestIssuer(), 10_150)
    await roomy.open('/auth/login')
    assert.equal(await (await roomy.get('/')).text(), 'alice')
    const left = await roomy.post('/auth/logout')
    assert.equal(new URL(left.headers.get('location') ?? '').searchParams.has('id_token_hint'), false)
    const full = await sized(await createTestIssuer(), 20_000)
    const page = await full.open('/auth/login')
    assert.equal(page.status, 502)
    assert.match(await page.text(), /You cannot be kept signed in/)
  })
})

for (const [name, open] of [
  ['sealed cookies', (): SessionStore | undefined => undefined],
  ['a store', memorySessions],
] as const) {
  test(`${name}: the next sign-in gives a new session, and ends the one before`, async () => {
    const sessions = open()
    const { browser, app } = await groundWith(sessions === undefined ? {} : { sessions })
    await browser.open('/auth/login', { username: 'alice' })
    const before = browser.cookie
    await browser.open('/auth/login', { subject: '8', username: 'bob' })
    const greet = async (cookie: string) => (await app(new Request(`${baseUrl}/`, { headers: { cookie } }))).text()
    assert.equal(await greet(browser.cookie), 'Hello bob!')
    assert.equal(await greet(before), 'Hello world!')
  })
}

test('a session that was set by somebody else before the sign-in is not taken over (session fixation)', async () => {
  const { browser, sessions } = await groundWith({ sessions: memorySessions() })
  const [name = ''] = [...(await signedInCookies())].filter((one) => !one.includes('_t_'))
  browser.cookies.set(name, '1.chosen-by-the-attacker')
  await browser.open('/auth/login')
  assert.notEqual(browser.cookies.get(name), '1.chosen-by-the-attacker')
  await browser.open('/')
  assert.equal(sessions.at(-1)?.user.username, 'alice')
})

async function signedInCookies(): Promise<Iterable<string>> {
  const { browser } = await groundWith()
  await browser.open('/auth/login')
  return browser.cookies.keys()
}

test('the content of one row opens nothing in another', async () => {
  const store = memorySessions()
  const { browser, app } = await groundWith({ sessions: store })
  await browser.open('/auth/login', { username: 'alice' })
  const victim = (await store.list(0))[0]
  const other = new TestBrowser(app, baseUrl)
  assert.ok(victim)
  await browser.post('/auth/logout', { where: 'here' })
  await browser.open('/auth/login', { subject: '8', username: 'bob' })
  const own = (await store.list(0))[0]
  assert.ok(own)
  await store.replace(own.id, own.version, victim.sealed)
  for (const [name, value] of browser.cookies) other.cookies.set(name, value)
  assert.equal(await (await other.get('/')).text(), 'Hello world!')
})

test('paths are served with and without their last slash, and no other path is', async () => {
  const { browser, app } = await groundWith({ paths: { login: '/accounts/login/' }, callbackPath: '/accounts/cb/' })
  for (const path of ['/accounts/login/', '/accounts/login']) {
    assert.match(String((await browser.get(path)).headers.get('location')), /^https:\/\/id\.test\/authorize/)
  }
  for (const path of ['/accounts/login/x', '/auth/login', '/accounts/cb/x', '/accounts//login', '/ACCOUNTS/LOGIN']) {
    assert.equal(await (await app(new Request(baseUrl + path))).text(), 'Hello world!', path)
  }
  assert.equal((await browser.get('/accounts/cb')).status, 400)
})

test('settings that a function gives take effect at once, and sessions of before stay', async () => {
  const idp = await createTestIssuer()
  const { issuer, clientId, clientSecret, ...settings } = idp.options
  let secret = 'not yet entered'
  const providers = async () => [{ issuer, clientId, clientSecret: secret }]
  const auth = login({ ...settings, baseUrl, app: 'site', providers })
  await assert.rejects(signInAs(auth, idp), /502/)
  secret = clientSecret
  const cookie = await signInAs(auth, idp)
  assert.equal(await nameIn(auth, cookie), 'alice')
  assert.deepEqual(await auth.providers(), [{ id: 'default', name: 'default' }])
  secret = 'changed'
  assert.equal(await nameIn(auth, cookie), 'alice')
})
