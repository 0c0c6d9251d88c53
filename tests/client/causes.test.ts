// Failures have named causes, and each has a page: for the person in plain words, for the developer what to look at.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { login, type LoginCause, LoginFailure, loginCauses } from '@latchkey/client'
import { fetchLogin } from '@latchkey/client/fetch'
import { createTestIssuer, TestBrowser } from '@latchkey/client/testing'
import { renderFailure } from '../../packages/client/src/page.ts'
import { failurePageOf } from '../../packages/client/src/page.ts'
import { baseUrl, type Ground, groundWith } from './ground.ts'

/** The address that a browser is sent back to, and everything around it. */
async function begun(ground: Ground, path = '/auth/login'): Promise<string> {
  const response = await ground.browser.get(path)
  assert.equal(response.status, 303)
  return ground.idp.authorize(response.headers.get('location') ?? '')
}

function last({ failures }: Ground): LoginCause | undefined {
  return failures.at(-1)?.reason
}

describe('the callback says why', () => {
  test('other-browser: the link was opened elsewhere, or cookies are off', async () => {
    const ground = await groundWith()
    const back = await begun(ground)
    const stranger = new TestBrowser(ground.app, baseUrl)
    const response = await stranger.get(back)
    assert.equal(response.status, 400)
    assert.match(await response.text(), /The sign-in was begun in another browser/)
    assert.equal(last(ground), 'other-browser')
    assert.equal(ground.idp.requests.get('/token'), undefined, 'a login that somebody else began is not finished here')
    await ground.browser.follow(await ground.browser.get(back))
    assert.equal(ground.sessions.at(-1)?.user.username, 'alice', 'and the right browser can still finish it')
  })

  test('expired: ten minutes and a second later', async () => {
    const ground = await groundWith()
    const back = await begun(ground)
    ground.idp.clock.advance(601_000)
    await ground.browser.get(back)
    assert.equal(last(ground), 'expired')
  })

  test('second-use: the back button leads on to where the sign-in led, or to a page when the session has ended', async () => {
    const ground = await groundWith()
    const back = await begun(ground, '/auth/login?next=/me')
    await ground.browser.get(back)
    const again = await ground.browser.get(back)
    assert.equal(again.headers.get('location'), '/me')
    assert.equal(ground.idp.requests.get('/token'), 1, 'the code was used once')
    await ground.browser.post('/auth/logout', { where: 'here' })
    assert.equal((await ground.browser.get(back)).status, 400)
    assert.equal(last(ground), 'second-use')
  })

  test('a double click on the way back: both are answered alike, and the code is used once', async () => {
    const ground = await groundWith()
    const back = await begun(ground)
    const cookie = ground.browser.cookie
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => ground.app(new Request(back, { headers: { cookie } }))),
    )
    assert.deepEqual(
      answers.map(({ status }) => status),
      [303, 303, 303, 303, 303],
    )
    assert.equal(ground.idp.requests.get('/token'), 1)
  })

  test('http-https: begun at one, come back at the other', async () => {
    const ground = await groundWith()
    const started = await ground.app(
      new Request(`${baseUrl}/auth/login`, { headers: { 'x-forwarded-proto': 'http', host: 'app.test' } }),
    )
    await ground.app(new Request(ground.idp.authorize(started.headers.get('location') ?? '')))
    assert.equal(last(ground), 'http-https')
  })

  test('other-host: localhost and 127.0.0.1 keep their cookies apart', async () => {
    const ground = await groundWith({ baseUrl: 'http://localhost:3000' })
    const browser = new TestBrowser(ground.app, 'http://localhost:3000', ground.idp)
    const started = await browser.get('/auth/login')
    const back = new URL(ground.idp.authorize(started.headers.get('location') ?? ''))
    back.hostname = '127.0.0.1'
    await ground.app(new Request(back))
    assert.equal(last(ground), 'other-host')
  })

  test('a sign-in that begins at another name of the app is moved to the right one first, once', async () => {
    const ground = await groundWith({ baseUrl: 'http://localhost:3000' })
    const moved = await ground.app(new Request('http://127.0.0.1:3000/auth/login?next=/me'))
    assert.equal(moved.headers.get('location'), 'http://localhost:3000/auth/login?next=%2Fme&moved=1')
    const behindProxy = await ground.app(new Request('http://inner:8080/auth/login?next=%2Fme&moved=1'))
    assert.match(String(behindProxy.headers.get('location')), /^https:\/\/id\.test\/authorize/)
  })

  test('same-site: in a frame, where Lax cookies do not travel', async () => {
    const ground = await groundWith()
    const back = await begun(ground)
    await ground.app(new Request(back, { headers: { 'sec-fetch-dest': 'iframe' } }))
    assert.equal(last(ground), 'same-site')
  })

  test('state-unknown: a state that was forged, of another app, or sealed with another secret', async () => {
    const ground = await groundWith()
    const other = await groundWith({ clientId: 'another' })
    const otherSecret = await groundWith({ secret: 'another secret of at least 32 characters' })
    for (const back of [
      `${baseUrl}/auth/callback?code=x&state=forged`,
      `${baseUrl}/auth/callback?code=x`,
      `${baseUrl}/auth/callback?error=access_denied`,
      await begun(other),
      await begun(otherSecret),
    ]) {
      assert.equal((await ground.browser.get(back)).status, 400)
      assert.equal(last(ground), 'state-unknown')
    }
  })

  test('denied: the person cancelled, and can try again', async () => {
    const ground = await groundWith()
    const response = await ground.browser.get('/auth/login')
    const page = await ground.browser.get(ground.idp.deny(response.headers.get('location') ?? ''))
    assert.equal(page.status, 403)
    assert.match(await page.text(), /The sign-in was cancelled[\s\S]*href="\/auth\/login"/)
    assert.equal(last(ground), 'denied')
  })

  for (const [error, cause] of [
    ['login_required', 'interaction-required'],
    ['consent_required', 'interaction-required'],
    ['temporarily_unavailable', 'server-unreachable'],
    ['invalid_scope', 'server-refused'],
    ['unauthorized_client', 'server-refused'],
  ] as const) {
    test(`${cause}: error=${error}`, async () => {
      const ground = await groundWith()
      const response = await ground.browser.get('/auth/login?prompt=none')
      assert.equal(new URL(response.headers.get('location') ?? '').searchParams.get('prompt'), 'none')
      await ground.browser.get(ground.idp.deny(response.headers.get('location') ?? '', error))
      assert.equal(last(ground), cause)
    })
  }

  test('server-unreachable: before the redirect, and at the callback; nothing is used up before', async () => {
    const ground = await groundWith()
    ground.idp.down()
    assert.equal((await ground.browser.get('/auth/login')).status, 503)
    assert.equal(last(ground), 'server-unreachable')
    ground.idp.up()
    const back = await begun(ground)
    ground.idp.down()
    assert.equal((await ground.browser.get(back)).status, 503)
    assert.equal(last(ground), 'server-unreachable')
  })

  test('a server that takes the connection and says nothing is given up after its time', async () => {
    const ground = await groundWith({ timeoutMs: 50, fetch: waitsForever })
    assert.equal((await ground.browser.get('/auth/login')).status, 503)
    assert.match(String(ground.failures.at(-1)?.cause), /No answer within 50 ms/)
  })

  test('client-refused and code-refused, with the incident of the server', async () => {
    const wrongSecret = await groundWith({ clientSecret: 'guessed' })
    const page = await wrongSecret.browser.get(await begun(wrongSecret))
    assert.equal(last(wrongSecret), 'client-refused')
    assert.equal(page.headers.get('latchkey-incident'), 'incident-invalid_client')
    assert.match(await page.text(), /<code id="incident">incident-invalid_client<\/code>/)
    const ground = await groundWith()
    const back = new URL(await begun(ground))
    back.searchParams.set('code', 'another')
    assert.equal((await ground.browser.get(back.href)).status, 400)
    assert.equal(last(ground), 'code-refused')
    assert.equal(ground.failures.at(-1)?.incident, 'incident-invalid_grant')
  })

  test('clock: a token that has expired on its way, from a server whose Date differs', async () => {
    const ground = await groundWith({
      fetch: async (url, init) => {
        const response = await ground.idp.fetch(url, init)
        const headers = new Headers(response.headers)
        headers.set('date', new Date(ground.idp.clock.now() - 600_000).toUTCString())
        return new Response(response.body, { status: response.status, headers })
      },
    })
    ground.idp.bending = {
      idToken: (claims) => ({ ...claims, iat: Number(claims['iat']) - 600, exp: Number(claims['exp']) - 600 }),
    }
    await ground.browser.get(await begun(ground))
    assert.equal(last(ground), 'clock')
    assert.match(String(ground.failures.at(-1)?.detail), /-600 s ahead/)
  })

  test('unknown-provider', async () => {
    const ground = await groundWith()
    assert.equal((await ground.browser.get('/auth/login?provider=nobody')).status, 404)
    assert.equal(last(ground), 'unknown-provider')
  })
})

function waitsForever(_url: string, init?: RequestInit): Promise<Response> {
  return new Promise((_, reject) => {
    init?.signal?.addEventListener('abort', () => reject(new Error(String(init.signal?.reason))))
  })
}

describe('several at once', () => {
  test('tabs sign in side by side, each lands where it began', async () => {
    const ground = await groundWith()
    const backs = [await begun(ground, '/auth/login?next=/one'), await begun(ground, '/auth/login?next=/two')]
    const [second, first] = [await ground.browser.get(backs[1] ?? ''), await ground.browser.get(backs[0] ?? '')]
    assert.deepEqual([first.headers.get('location'), second.headers.get('location')], ['/one', '/two'])
  })

  test('forgotten tabs do not fill the browser: the oldest of more than eight go', async () => {
    const ground = await groundWith()
    const backs: string[] = []
    for (let tab = 0; tab < 12; tab += 1) {
      backs.push(await begun(ground))
      ground.idp.clock.advance(1_000)
    }
    assert.ok([...ground.browser.cookies.keys()].length <= 8)
    await ground.browser.get(backs.at(-1) ?? '')
    assert.equal(last(ground), undefined)
  })

  test('two apps and the server share localhost: names differ, and nothing of one is taken by the other', async () => {
    const idp = await createTestIssuer()
    const names = ['http://localhost:3000', 'http://localhost:3001'].map(async (origin) => {
      const app = fetchLogin(login({ ...idp.options, baseUrl: origin }))(() => new Response('hello'))
      const browser = new TestBrowser(app, origin, idp)
      await browser.open('/auth/login')
      return browser
    })
    const [one, two] = await Promise.all(names)
    assert.ok(one !== undefined && two !== undefined)
    const own = new Set(one.cookies.keys())
    assert.ok([...two.cookies.keys()].every((name) => !own.has(name) && name !== 'sessionid'))
    // The value under the other's name opens nothing: it is sealed for its own.
    const [[, value] = []] = [...one.cookies].filter(([name]) => !name.includes('_t_'))
    const [[name] = []] = [...two.cookies].filter(([cookie]) => !cookie.includes('_t_'))
    const other = login({ ...idp.options, baseUrl: 'http://localhost:3001' })
    const header = (asked: string) => (asked === 'cookie' ? `${name}=${value}` : undefined)
    const request = {
      method: 'GET',
      url: '/',
      scheme: 'http',
      header,
      form: async () => new URLSearchParams(),
    } as const
    assert.equal((await other.open(request)).session, undefined)
  })
})

test('cookies: __Host-, Secure, HttpOnly, SameSite=Lax, Path=/ on https; no Secure on http', async () => {
  const ground = await groundWith()
  const lines = (await ground.browser.get('/auth/login')).headers.getSetCookie()
  assert.match(
    lines[0] ?? '',
    /^__Host-login_app_\w+_t_[\w-]+=[\w-]+; Max-Age=600; Path=\/; HttpOnly; SameSite=Lax; Secure$/,
  )
  const plain = await groundWith({ baseUrl: 'http://localhost:3000' })
  const local = await plain.app(new Request('http://localhost:3000/auth/login'))
  assert.match(
    local.headers.getSetCookie()[0] ?? '',
    /^login_app_\w+_t_[\w-]+=[^;]+; Max-Age=600; Path=\/; HttpOnly; SameSite=Lax$/,
  )
})

test('a value sealed for one purpose opens for no other: every pair of cookies and state (n × n)', async () => {
  const ground = await groundWith()
  const back = await begun(ground)
  const [pending = ['', '']] = [...ground.browser.cookies]
  const state = new URL(back).searchParams.get('state') ?? ''
  await ground.browser.get(back)
  const names = [...ground.browser.cookies.keys()]
  const session = names.find((name) => !name.includes('_t_')) ?? ''
  const values = { pending: pending[1], state, session: ground.browser.cookies.get(session) ?? '' }
  const open = async (cookie: string): Promise<string> =>
    (await ground.app(new Request(`${baseUrl}/`, { headers: { cookie } }))).text()
  assert.equal(await open(`${session}=${values.session}`), 'Hello alice!')
  for (const foreign of [values.pending, values.state, `1.${values.pending}`, `1.${values.state}`]) {
    assert.equal(await open(`${session}=${foreign}`), 'Hello world!')
  }
  for (const foreign of [values.session, values.session.slice(2), values.state]) {
    await ground.app(new Request(back, { headers: { cookie: `${pending[0]}=${foreign}` } }))
    assert.equal(last(ground), 'other-browser')
  }
  for (const foreign of [values.pending, values.session.slice(2)]) {
    await ground.browser.get(`/auth/callback?code=x&state=${foreign}`)
    assert.equal(last(ground), 'state-unknown')
  }
})

test('return-to stays on this origin, in whatever way it is written (RFC 9700 §4.11)', async () => {
  const ground = await groundWith()
  const foreign = [
    'https://evil.test/',
    '//evil.test/',
    '/\\evil.test/',
    '\\\\evil.test',
    '/%0d%0aLocation: x'.replace('%0d%0a', '\r\n'),
    'javascript:alert(1)',
    ' //evil.test',
    '/\t/evil.test',
    'http:evil.test',
    '/..//evil.test',
    'evil.test',
    '@evil.test',
    '/./\\evil.test',
    'https:app.test.evil.test',
    '',
    '///evil.test',
    `/${'a'.repeat(3_000)}`,
  ]
  for (const next of foreign) {
    const response = await ground.browser.get(`/auth/login?next=${encodeURIComponent(next)}`)
    const landed = await ground.browser.get(ground.idp.authorize(response.headers.get('location') ?? ''))
    assert.equal(landed.headers.get('location'), '/', next)
  }
  for (const next of ['/me', '/me?a=1&b=//x', '/me#part', '/a//b', '/%2F%2Fevil']) {
    const response = await ground.browser.get(`/auth/login?next=${encodeURIComponent(next)}`)
    const landed = await ground.browser.get(ground.idp.authorize(response.headers.get('location') ?? ''))
    assert.equal(landed.headers.get('location'), next)
  }
})

test('the redirect URI never comes from the request', async () => {
  const ground = await groundWith()
  const response = await ground.app(
    new Request(`${baseUrl}/auth/login?moved=1`, { headers: { host: 'evil.test', 'x-forwarded-host': 'evil.test' } }),
  )
  const sent = new URL(response.headers.get('location') ?? '').searchParams.get('redirect_uri')
  assert.equal(sent, `${baseUrl}/auth/callback`)
})

describe('the page', () => {
  const hostile = `"><svg onload=alert(1)>'</script>`
  for (const cause of loginCauses) {
    test(`of ${cause}: words for the person, a hint for the developer, nothing that runs`, async () => {
      const failure = new LoginFailure(cause, { detail: hostile, incident: hostile })
      const page = failurePageOf(failure, true, { tryAgain: `/auth/login?next=${hostile}`, home: '/' })
      const response = await renderFailure(page)
      const text = await response.text()
      assert.ok(response.status >= 400 && response.status < 600)
      assert.match(text, /^<!doctype html>\n<html lang="en" dir="ltr">/)
      assert.ok(page.text.length > 20 && page.title.length > 5)
      assert.doesNotMatch(text, /<script|<svg|javascript:|\son\w+="/)
      assert.ok(text.includes(cause))
      const policy = String(response.headers.get('content-security-policy'))
      assert.doesNotMatch(policy, /unsafe|\*/)
      assert.match(policy, /frame-ancestors 'none'/)
      assert.equal(response.headers.get('cache-control'), 'no-store')
    })
  }

  test('shows no detail to strangers of a site that is not on this machine', async () => {
    const ground = await groundWith()
    assert.doesNotMatch(await (await ground.browser.get('/auth/callback?state=x')).text(), /developer/)
    const open = await groundWith({ baseUrl: 'http://localhost:3000' })
    const page = await open.app(new Request('http://localhost:3000/auth/callback?state=x'))
    assert.match(await page.text(), /For the developer:<\/strong> state-unknown/)
  })

  test('can be one of the app’s own', async () => {
    const { browser } = await groundWith({
      failurePage: ({ title, status, failure }) => new Response(`${failure.reason}: ${title}`, { status }),
    })
    assert.equal(
      await (await browser.get('/auth/callback?state=x')).text(),
      'state-unknown: The sign-in is not known here',
    )
  })
})

describe('settings that cannot work or would be unsafe stop the start', () => {
  const good = { issuer: 'https://id.test', clientId: 'app', secret: 'x'.repeat(32), baseUrl }
  for (const [wrong, message] of [
    [{ secret: 'short' }, /secret must have 32 characters/],
    [{ secret: [] }, /secret must have 32 characters/],
    [{ baseUrl: 'https://app.test/shop' }, /baseUrl must be an origin/],
    [{ baseUrl: 'app.test' }, /baseUrl/],
    [{ issuer: 'http://id.test' }, /issuer must be an https URL/],
    [{ issuer: 'https://id.test/?a=1' }, /issuer must have no query/],
    [{ scopes: ['profile'] }, /scopes must contain openid/],
    [{ scopes: ['open id'] }, /no scope token/],
    [{ algorithms: ['HS256'] }, /algorithms must not have HS256/],
    [{ algorithms: ['none'] }, /algorithms must not have none/],
    [{ clientId: '' }, /clientId is empty/],
    [{ paths: { login: 'https://evil.test/' } }, /paths\.login must be a path/],
    [{ afterLogin: '//evil.test' }, /afterLogin must be a path/],
    [{ callbackPath: 'callback' }, /callbackPath must be a path/],
  ] as const) {
    test(String(message), () => assert.throws(() => login({ ...good, ...wrong }), message))
  }

  test('two providers with one id or one redirect URI', () => {
    const { issuer, clientId, ...settings } = good
    const one = { issuer, clientId, id: 'one' }
    assert.throws(() => login({ ...settings, app: 'a', providers: [one, one] }), /one id/)
    const same = [
      { ...one, callbackPath: '/cb' },
      { ...one, id: 'two', callbackPath: '/cb' },
    ]
    assert.throws(() => login({ ...settings, app: 'a', providers: same }), /one callbackPath/)
  })
})
