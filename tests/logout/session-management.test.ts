// OpenID Connect Session Management 1.0: off unless it is switched on; then a frame tells a client whether the session changed.
import assert from 'node:assert/strict'
import { webcrypto } from 'node:crypto'
import { after, before, test } from 'node:test'
import vm from 'node:vm'
import { sessionState } from '../../packages/authorization-server/src/features/browser/index.ts'
import type { FormBrowser } from '../support/form-browser.ts'
import type { TestServer } from '../support/server.ts'
import { admin, alice, logoutPath, redirectUri, signedIn, startGround, tokensFor } from './ground.ts'

const origin = new URL(redirectUri).origin
const cookie = 'latchkey_browser_state'
let server: TestServer

before(async () => {
  server = await startGround({ settings: { identity: { sessionManagement: true } } })
})
after(async () => server.close())

/** What the frame answers to a message, in a browser that has these cookies. */
async function answerTo(browser: FormBrowser, message: unknown, from: string = origin): Promise<string | undefined> {
  const frame = await browser.get('/o/session/')
  const [, src = '', name = ''] = /<script src="([^"]+)" data-cookie="([^"]+)">/.exec(frame.body) ?? []
  const script = await browser.get(src)
  const answers: { readonly answer: string; readonly to: string }[] = []
  let listen: ((event: object) => Promise<void>) | undefined
  const sandbox = {
    document: {
      currentScript: { dataset: { cookie: name } },
      cookie: [...browser.cookies].map(([key, value]) => `${key}=${value}`).join('; '),
    },
    window: {
      addEventListener: (_name: string, listener: (event: object) => Promise<void>) => {
        listen = listener
      },
    },
    crypto: webcrypto,
    TextEncoder,
    btoa,
  }
  vm.runInNewContext(script.body, sandbox)
  const source = { postMessage: (answer: string, to: string) => answers.push({ answer, to }) }
  await listen?.({ data: message, origin: from, source })
  for (const { to } of answers) assert.equal(to, from)
  return answers[0]?.answer
}

async function stateOf(browser: FormBrowser, clientId = 'shop'): Promise<string> {
  const { idOfSession } = await currentSession(browser)
  return sessionState(server.context, { clientId, redirectUri, sessionId: idOfSession })?.sessionState ?? ''
}

async function currentSession(browser: FormBrowser): Promise<{ readonly idOfSession: string }> {
  const list = await browser.get('/account/sessions/')
  const ids = list.forms.flatMap(({ fields }) => fields).filter(([name]) => name === 'session')
  return { idOfSession: ids[0]?.[1] ?? '' }
}

test('session-management-discovery-endpoint-verification: the frame is advertised (OpenID Connect Session Management §3.3)', async () => {
  const response = await fetch(`${server.url}/o/.well-known/openid-configuration`)
  const metadata = (await response.json()) as Readonly<Record<string, unknown>>
  assert.equal(metadata['check_session_iframe'], `${server.url}/o/session/`)
})

test('session-management-rp-initiated-logout: unchanged while signed in, changed after logout (OpenID Connect Session Management §3.2)', async () => {
  const browser = await signedIn(server)
  const { id_token: hint } = await tokensFor(server, browser, 'shop')
  const state = await stateOf(browser)
  assert.match(state, /^[\w-]{43}\.[\w-]+$/)
  assert.equal(await answerTo(browser, `shop ${state}`), 'unchanged')
  await browser.get(logoutPath({ id_token_hint: hint }))
  assert.equal(browser.cookies.has(cookie), false)
  assert.equal(await answerTo(browser, `shop ${state}`), 'changed')
})

test('another sign-in in the browser is a change, of another person or of the same', async () => {
  for (const who of [admin, alice]) {
    const browser = await signedIn(server)
    const state = await stateOf(browser)
    const form = await browser.get('/accounts/login/?next=/account/')
    await browser.submit(form, who, { action: '/accounts/login/' })
    assert.equal(await answerTo(browser, `shop ${state}`), 'changed')
    assert.equal(await answerTo(browser, `shop ${await stateOf(browser)}`), 'unchanged')
  }
})

test('a page of another origin, and another client, learn nothing from a state that is not theirs', async () => {
  const browser = await signedIn(server)
  const state = await stateOf(browser)
  for (const [message, from] of [
    [`shop ${state}`, 'https://evil.example'],
    [`shop ${state}`, `${origin}0`],
    [`wiki ${state}`, origin],
  ] as const) {
    assert.equal(await answerTo(browser, message, from), 'changed')
  }
})

test('what is not a question is an error, and nobody answers to no origin (OpenID Connect Session Management §3.2)', async () => {
  const browser = await signedIn(server)
  const state = await stateOf(browser)
  for (const message of [
    '',
    'shop',
    `shop ${state} more`,
    `shop ${state}.more`,
    'shop nodot',
    17,
    { a: 1 },
    undefined,
  ]) {
    assert.equal(await answerTo(browser, message), 'error', JSON.stringify(message))
  }
  assert.equal(await answerTo(browser, `shop ${state}`, 'null'), undefined)
})

test('the frame is small, runs nothing but its script, and is the only page that may be framed', async () => {
  const browser = await signedIn(server)
  const frame = await browser.get('/o/session/')
  const script = await browser.get('/o/session/check.js')
  assert.equal(frame.headers['x-frame-options'], undefined)
  assert.equal(
    frame.headers['content-security-policy'],
    "default-src 'none'; script-src 'self'; frame-ancestors *; base-uri 'none'",
  )
  assert.ok(frame.body.length + script.body.length < 5_000)
  assert.equal(script.headers['content-type'], 'text/javascript; charset=utf-8')
  for (const url of ['/accounts/logout/', '/account/', '/', '/nowhere/']) {
    const page = await browser.get(url)
    assert.match(String(page.headers['content-security-policy']), /frame-ancestors 'none'/, url)
    assert.equal(page.headers['x-frame-options'], 'DENY', url)
  }
})

test('the cookie says nothing of the session, and only where it is switched on is there one', async () => {
  const browser = await signedIn(server)
  const { idOfSession } = await currentSession(browser)
  const value = browser.cookies.get(cookie) ?? ''
  assert.match(value, /^[\w-]{22}$/)
  assert.ok(!value.includes(idOfSession))
  const plain = await startGround()
  try {
    const there = await signedIn(plain)
    assert.equal(there.cookies.has(cookie), false)
    assert.equal((await there.get('/o/session/')).status, 404)
    assert.equal(sessionState(plain.context, { clientId: 'shop', redirectUri, sessionId: 'x' }), undefined)
    const response = await fetch(`${plain.url}/o/.well-known/openid-configuration`)
    assert.ok(!(await response.text()).includes('check_session_iframe'))
  } finally {
    await plain.close()
  }
})

test('a native app has no page that could ask, and gets no state', () => {
  for (const uri of ['com.example.app:/cb', 'not a uri']) {
    assert.equal(sessionState(server.context, { clientId: 'app', redirectUri: uri, sessionId: 'x' }), undefined)
  }
})
