// OpenID Connect RP-Initiated Logout 1.0, module by module of its certification profile, and what may not happen besides.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { randomId, systemRandom } from '../../packages/authorization-server/src/platform/crypto/index.ts'
import { generateSigningKey, signJws } from '../../packages/authorization-server/src/platform/crypto/index.ts'
import type { FormBrowser, Page } from '../support/form-browser.ts'
import type { TestServer } from '../support/server.ts'
import {
  addClient,
  admin,
  authorizePath,
  browserAt,
  isSignedIn,
  logoutPath,
  payloadOf,
  returnUri,
  saysSignedOut,
  signedIn,
  startGround,
  tokensFor,
} from './ground.ts'

let server: TestServer

before(async () => {
  server = await startGround()
})
after(async () => server.close())

async function signedInToShop(): Promise<{ readonly browser: FormBrowser; readonly idToken: string }> {
  const browser = await signedIn(server)
  return { browser, idToken: (await tokensFor(server, browser, 'shop')).id_token }
}

const signOut = { action: '/accounts/logout/' }

function asks(page: Page): boolean {
  return page.status === 200 && page.title.includes('Sign out?') && page.location === undefined
}

test('rp-initiated-logout-discovery-endpoint-verification: the end session endpoint is advertised', async () => {
  const response = await fetch(`${server.url}/o/.well-known/openid-configuration`)
  const metadata = (await response.json()) as Readonly<Record<string, unknown>>
  assert.equal(metadata['end_session_endpoint'], `${server.url}/o/logout/`)
})

test('rp-initiated-logout: the person is signed out and sent back with the state; prompt=none then fails (OpenID Connect RP-Initiated Logout §3)', async () => {
  const { browser, idToken } = await signedInToShop()
  const sent = { id_token_hint: idToken, post_logout_redirect_uri: returnUri, state: 'a state&b' }
  const page = await browser.get(logoutPath(sent))
  assert.equal(page.status, 302)
  assert.equal(page.location, `${returnUri}?state=a+state%26b`)
  assert.equal(await isSignedIn(browser), false)
  const silent = await browser.get(authorizePath('shop', { prompt: 'none' }))
  assert.equal(new URL(silent.location ?? '').searchParams.get('error'), 'login_required')
})

test('rp-initiated-logout-no-state: the way back carries nothing', async () => {
  const { browser, idToken } = await signedInToShop()
  const page = await browser.get(logoutPath({ id_token_hint: idToken, post_logout_redirect_uri: returnUri }))
  assert.equal(page.location, returnUri)
})

test('a hint that expired years ago is as good as a fresh one (OpenID Connect RP-Initiated Logout §4)', async () => {
  const { idToken } = await signedInToShop()
  server.clock.advance(5 * 365 * 86_400_000)
  const browser = await signedIn(server)
  const page = await browser.get(logoutPath({ id_token_hint: idToken, post_logout_redirect_uri: returnUri }))
  assert.equal(page.location, returnUri)
  assert.equal(await isSignedIn(browser), false)
})

for (const [module, uri] of [
  ['bad-post-logout-redirect-uri', 'https://evil.example/'],
  ['query-added-to-post-logout-redirect-uri', `${returnUri}?next=https://evil.example`],
] as const) {
  test(`rp-initiated-logout-${module}: nobody is redirected, and the session lives until the person says so`, async () => {
    const { browser, idToken } = await signedInToShop()
    const page = await browser.get(logoutPath({ id_token_hint: idToken, post_logout_redirect_uri: uri, state: 's' }))
    assert.equal(page.status, 400)
    assert.equal(page.location, undefined)
    assert.match(page.text, /an address that it has not registered. We do not send you there/)
    assert.ok(!page.body.includes(returnUri), 'strangers do not see what is registered')
    assert.ok(!page.body.includes('evil.example'))
    assert.match(String(page.headers['latchkey-incident']), /^\w{4}-\w{4}$/)
    assert.ok(await isSignedIn(browser))
    assert.match(page.body, /href="\/accounts\/logout\/"/)
  })
}

test('the owner of the client is shown what was sent and what is registered', async () => {
  const browser = await signedIn(server, admin)
  const page = await browser.get(logoutPath({ client_id: 'shop', post_logout_redirect_uri: `${returnUri}/` }))
  assert.equal(page.status, 400)
  assert.ok(page.text.includes('http://localhost:9999/bye'))
})

async function hostileHints(idToken: string): Promise<readonly (readonly [string, string])[]> {
  const [head = '', body = '', tail = ''] = idToken.split('.')
  const encoded = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  const stranger = await generateSigningKey('ES256')
  const header = JSON.parse(Buffer.from(head, 'base64url').toString()) as { kid: string }
  return [
    ['modified-id-token-hint: alg none', `${encoded({ alg: 'none' })}.${body}.`],
    ['modified-id-token-hint: alg none under our kid', `${encoded({ ...header, alg: 'none' })}.${body}.${tail}`],
    ['modified-id-token-hint: another payload', `${head}.${encoded({ ...payloadOf(idToken), sid: 'x' })}.${tail}`],
    ['bad-id-token-hint: signed by a stranger', await signJws(stranger, 'JWT', payloadOf(idToken))],
    [
      'bad-id-token-hint: a stranger under our kid',
      await signJws({ ...stranger, kid: header.kid }, 'JWT', payloadOf(idToken)),
    ],
    ['bad-id-token-hint: no token at all', 'x'.repeat(40)],
  ]
}

test('rp-initiated-logout-modified-id-token-hint, -bad-id-token-hint: nobody is redirected, and the person is asked', async () => {
  const { browser, idToken } = await signedInToShop()
  for (const [name, hint] of await hostileHints(idToken)) {
    const page = await browser.get(logoutPath({ id_token_hint: hint, post_logout_redirect_uri: returnUri, state: 's' }))
    assert.ok(asks(page), name)
    assert.ok(await isSignedIn(browser), name)
  }
  // Said yes to, it ends the session, and still leads nowhere.
  const [[, hint] = ['', '']] = await hostileHints(idToken)
  const asked = await browser.get(logoutPath({ id_token_hint: hint, post_logout_redirect_uri: returnUri }))
  const done = await browser.follow(await browser.submit(asked, {}, signOut))
  assert.ok(saysSignedOut(done))
  assert.ok(!done.body.includes(returnUri))
  assert.equal(done.headers['refresh'], undefined)
})

test('what we signed as something else is no hint: a JWT access token, a logout token, a token of another issuer', async () => {
  const { browser, idToken } = await signedInToShop()
  const key = await server.context.keys.signingKey('RS256')
  const claims = payloadOf(idToken)
  for (const [name, hint] of [
    ['access token', await signJws(key, 'at+jwt', claims)],
    ['logout token', await signJws(key, 'logout+jwt', claims)],
    ['logout token in disguise', await signJws(key, 'JWT', { ...claims, events: {} })],
    ['other issuer', await signJws(key, 'JWT', { ...claims, iss: 'https://other.example' })],
    ['two audiences', await signJws(key, 'JWT', { ...claims, aud: ['wiki', 'shop'] })],
    ['signed UserInfo, which has no time', await signJws(key, 'JWT', { ...claims, exp: undefined })],
    ['nobody', await signJws(key, 'JWT', { ...claims, sub: undefined })],
  ] as const) {
    assert.ok(asks(await browser.get(logoutPath({ id_token_hint: hint, post_logout_redirect_uri: returnUri }))), name)
  }
})

test('rp-initiated-logout-no-id-token-hint: the person is asked, and led back by a button only', async () => {
  const { browser } = await signedInToShop()
  const alone = await browser.get(logoutPath({ post_logout_redirect_uri: returnUri, state: 's' }))
  assert.ok(asks(alone))
  assert.ok(saysSignedOut(await browser.follow(await browser.submit(alone, {}, signOut))))

  const again = (await signedInToShop()).browser
  const asked = await again.get(logoutPath({ client_id: 'shop', post_logout_redirect_uri: returnUri, state: 's' }))
  assert.ok(asks(asked))
  assert.match(asked.text, /shop asks to sign you out/)
  const done = await again.follow(await again.submit(asked, {}, signOut))
  assert.ok(saysSignedOut(done))
  assert.equal(done.headers['refresh'], undefined)
  assert.ok(done.body.includes(`href="${returnUri}?state=s"`))
  assert.match(done.text, /Back to shop/)
  assert.equal(await isSignedIn(again), false)
})

for (const [module, sent] of [
  ['no-params', {}],
  ['only-state', { state: 's' }],
] as const) {
  test(`rp-initiated-logout-${module}: the person is asked, then signed out and told so`, async () => {
    const { browser } = await signedInToShop()
    const asked = await browser.get(logoutPath(sent))
    assert.ok(asks(asked))
    assert.ok(saysSignedOut(await browser.follow(await browser.submit(asked, {}, signOut))))
    assert.equal(await isSignedIn(browser), false)
  })
}

test('rp-initiated-logout-no-post-logout-redirect-uri: the person is signed out and told so', async () => {
  const { browser, idToken } = await signedInToShop()
  const done = await browser.open(logoutPath({ id_token_hint: idToken }))
  assert.ok(saysSignedOut(done))
  assert.equal(await isSignedIn(browser), false)
})

test('a POST from the client is as good as a GET (OpenID Connect RP-Initiated Logout §2)', async () => {
  const { browser, idToken } = await signedInToShop()
  const sent = { id_token_hint: idToken, post_logout_redirect_uri: returnUri, state: 's' }
  const page = await browser.post('/o/logout/', sent, {
    origin: 'http://localhost:9999',
    'sec-fetch-site': 'same-site',
  })
  assert.equal(page.status, 303)
  assert.equal(page.location, `${returnUri}?state=s`)
  assert.equal(await isSignedIn(browser), false)
})

test('a POST from another site, which brings no cookie, does not pretend that nobody is signed in', async () => {
  const { browser, idToken } = await signedInToShop()
  const sent = { id_token_hint: idToken, post_logout_redirect_uri: returnUri, state: 's' }
  const without = browserAt(server)
  const page = await without.post('/o/logout/', sent, {
    origin: 'https://shop.example',
    'sec-fetch-site': 'cross-site',
  })
  assert.equal(page.status, 303)
  assert.match(page.location ?? '', /^\/o\/logout\/\?id_token_hint=/)
  // The browser follows by GET, now with its cookie.
  assert.equal((await browser.get(page.location ?? '')).location, `${returnUri}?state=s`)
  assert.equal(await isSignedIn(browser), false)
})

test('the hint of another person asks whoever is signed in, and says that somebody else was meant', async () => {
  const { idToken } = await signedInToShop()
  const other = await signedIn(server, admin)
  const asked = await other.get(logoutPath({ id_token_hint: idToken, post_logout_redirect_uri: returnUri }))
  assert.ok(asks(asked))
  assert.match(asked.text, /asks to sign out somebody else/)
  assert.ok(await isSignedIn(other))
  const done = await other.submit(asked, {}, signOut)
  assert.equal(done.location, returnUri)
  assert.equal(await isSignedIn(other), false)
})

test('a logout_hint that names somebody else asks, one that names the person does not', async () => {
  const { browser, idToken } = await signedInToShop()
  const sent = { id_token_hint: idToken, post_logout_redirect_uri: returnUri }
  assert.ok(asks(await browser.get(logoutPath({ ...sent, logout_hint: 'bob@example.com' }))))
  assert.equal((await browser.get(logoutPath({ ...sent, logout_hint: 'ALICE@example.com' }))).location, returnUri)
})

test('a hint replayed at another client leads nowhere: its address is not registered there, and its name is not theirs', async () => {
  const evil = 'https://evil.example/collect'
  await addClient(server, 'evil', { postLogoutRedirectUris: [evil] })
  const { browser, idToken } = await signedInToShop()
  const replayed = await browser.get(logoutPath({ id_token_hint: idToken, post_logout_redirect_uri: evil }))
  assert.equal(replayed.status, 400)
  const named = await browser.get(
    logoutPath({ id_token_hint: idToken, client_id: 'evil', post_logout_redirect_uri: evil }),
  )
  assert.equal(named.status, 400)
  assert.ok(await isSignedIn(browser))
  const { id_token: own } = await tokensFor(server, browser, 'evil')
  const crossed = await browser.get(
    logoutPath({ id_token_hint: own, client_id: 'shop', post_logout_redirect_uri: returnUri }),
  )
  assert.equal(crossed.status, 400)
  assert.ok(await isSignedIn(browser))
})

test('no GET ends a session without the proof of a hint, and no POST without a token of our own page (OWASP ASVS 5.0 V3.5)', async () => {
  const { browser } = await signedInToShop()
  for (const url of ['/accounts/logout/', logoutPath(), logoutPath({ client_id: 'shop' })]) await browser.get(url)
  const other = await signedIn(server, admin)
  const foreign = (await other.get('/accounts/logout/')).field('csrf_token')
  for (const fields of [{}, { csrf_token: foreign }, { csrf_token: '' }, { csrf_token: randomId(systemRandom) }]) {
    assert.equal((await browser.post('/accounts/logout/', fields)).status, 403)
  }
  const own = (await browser.get('/accounts/logout/')).field('csrf_token')
  const crossSite = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }
  assert.equal((await browser.post('/accounts/logout/', { csrf_token: own }, crossSite)).status, 403)
  const post = await browser.post('/o/logout/', { client_id: 'shop' }, crossSite)
  assert.ok(asks(post))
  assert.ok(await isSignedIn(browser))
})

test('whoever is not signed in is told so, and goes back where the hint vouches for the way', async () => {
  const { idToken } = await signedInToShop()
  const nobody = browserAt(server)
  assert.ok(saysSignedOut(await nobody.get(logoutPath())))
  const back = await nobody.get(logoutPath({ id_token_hint: idToken, post_logout_redirect_uri: returnUri, state: 's' }))
  assert.equal(back.location, `${returnUri}?state=s`)
  const unsure = await nobody.get(logoutPath({ client_id: 'shop', post_logout_redirect_uri: returnUri }))
  assert.ok(saysSignedOut(unsure))
  assert.equal(unsure.location, undefined)
})

test('a client that is unknown or switched off, and a request that cannot be read, are refused on a page', async () => {
  const { browser } = await signedInToShop()
  const long = 'x'.repeat(2_049)
  for (const sent of [
    { client_id: 'nobody' },
    { client_id: 'shop', state: long },
    { id_token_hint: 'x'.repeat(8_193) },
    { client_id: 'shop', state: 'a\r\nb' },
  ]) {
    const page = await browser.get(logoutPath(sent))
    assert.equal(page.status, 400, JSON.stringify(sent).slice(0, 80))
    assert.match(String(page.headers['content-type']), /^text\/html/)
  }
  assert.equal((await browser.get('/o/logout/?state=a&state=b')).status, 400)
  assert.equal((await browser.get('/o/logout/?state=%ff')).status, 400)
  assert.ok(await isSignedIn(browser))
})

test('the languages that a client wishes for are no fault (OpenID Connect RP-Initiated Logout §2)', async () => {
  const { browser, idToken } = await signedInToShop()
  const done = await browser.open(logoutPath({ id_token_hint: idToken, ui_locales: 'fr-CA fr xx' }))
  assert.ok(saysSignedOut(done))
})

test('offline access outlives the logout, all else does not (OpenID Connect Core §11, OpenID Connect Back-Channel Logout §2.7)', async () => {
  const browser = await signedIn(server)
  const offline = await tokensFor(server, browser, 'shop', { scope: 'openid offline_access' })
  const online = await tokensFor(server, browser, 'wiki')
  await browser.get(logoutPath({ id_token_hint: online.id_token }))
  const userinfo = (token: string): Promise<Response> =>
    fetch(`${server.url}/o/userinfo/`, { headers: { authorization: `Bearer ${token}` } })
  assert.equal((await userinfo(offline.access_token)).status, 200)
  assert.equal((await userinfo(online.access_token)).status, 401)
})
