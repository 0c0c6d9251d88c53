// OpenID Connect Front-Channel Logout 1.0: the signed-out page tells clients in frames, and goes on without scripts.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { FormBrowser, Page } from '../support/form-browser.ts'
import type { TestServer } from '../support/server.ts'
import {
  addClient,
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

const framed = 'https://news.example/front?app=1'

before(async () => {
  server = await startGround()
  await addClient(server, 'news', { metadata: { frontchannelLogoutUri: framed } })
  await addClient(server, 'mail', { metadata: { frontchannelLogoutUri: 'http://[::1]:7000/bye' } })
})
after(async () => server.close())

const signOut = { action: '/accounts/logout/' }

function framesOf(page: Page): readonly URL[] {
  return [...page.body.matchAll(/<iframe src="([^"]*)"/g)].map(([, src = '']) => new URL(src.replaceAll('&#38;', '&')))
}

function policyOf(page: Page, directive: string): string | undefined {
  const parts = String(page.headers['content-security-policy']).split('; ')
  return parts.find((part) => part.startsWith(`${directive} `))?.slice(directive.length + 1)
}

async function signedInTo(
  ...clientIds: readonly string[]
): Promise<{ browser: FormBrowser; idTokens: readonly string[] }> {
  const browser = await signedIn(server)
  const idTokens = []
  for (const clientId of clientIds) idTokens.push((await tokensFor(server, browser, clientId)).id_token)
  return { browser, idTokens }
}

test('frontchannel-logout-discovery-endpoint-verification: both members are advertised (OpenID Connect Front-Channel Logout §3)', async () => {
  const response = await fetch(`${server.url}/o/.well-known/openid-configuration`)
  const metadata = (await response.json()) as Readonly<Record<string, unknown>>
  assert.equal(metadata['frontchannel_logout_supported'], true)
  assert.equal(metadata['frontchannel_logout_session_supported'], true)
})

test('frontchannel-rp-initiated-logout: each client is told issuer and sid in a frame, then the person goes back (OpenID Connect Front-Channel Logout §2)', async () => {
  const { browser, idTokens } = await signedInTo('news', 'mail', 'shop')
  const sent = { id_token_hint: idTokens[2] ?? '', post_logout_redirect_uri: returnUri, state: 's' }
  const page = await browser.open(logoutPath(sent))
  assert.ok(saysSignedOut(page))
  const frames = framesOf(page)
  assert.equal(frames.length, 2)
  for (const [at, base] of [framed, 'http://[::1]:7000/bye'].entries()) {
    const frame = frames[at]
    assert.ok(frame?.href.startsWith(base), String(frame))
    assert.equal(frame?.searchParams.get('iss'), server.issuer)
    assert.equal(frame?.searchParams.get('sid'), payloadOf(idTokens[at] ?? '')['sid'])
  }
  assert.equal(policyOf(page, 'frame-src'), 'https://news.example http:')
  assert.equal(policyOf(page, 'frame-ancestors'), "'none'")
  // By script, by the header, or by the button: all three lead to the same registered address.
  assert.equal(page.headers['refresh'], `4; url=${returnUri}?state=s`)
  assert.match(page.body, new RegExp(`href="${returnUri}\\?state=s" data-continue`))
  assert.match(page.text, /Back to shop/)
  assert.equal(await isSignedIn(browser), false)
})

test('a page that frames nothing may frame nothing', async () => {
  const { browser } = await signedInTo('shop')
  const asked = await browser.get('/accounts/logout/')
  assert.equal(policyOf(asked, 'frame-src'), undefined)
  const done = await browser.follow(await browser.submit(asked, {}, signOut))
  assert.ok(saysSignedOut(done))
  assert.equal(policyOf(done, 'frame-src'), undefined)
  assert.equal(policyOf(done, 'default-src'), "'none'")
})

test('whoever signs out by themselves, or ends their session in the account page, is shown the same frames', async () => {
  const byButton = await signedInTo('news')
  const asked = await byButton.browser.get('/accounts/logout/')
  assert.match(asked.text, /These apps end their session with you, too: news/)
  const done = await byButton.browser.follow(await byButton.browser.submit(asked, {}, signOut))
  assert.equal(framesOf(done).length, 1)
  assert.equal(done.headers['refresh'], undefined)

  const inAccount = await signedInTo('news')
  const list = await inAccount.browser.get('/account/sessions/')
  const own = list.forms.find(({ action, fields }) => action.endsWith('/sessions/end/') && fields.length > 0)
  assert.ok(own)
  const sessions = await inAccount.browser.submit(
    list,
    { session: await currentSession(inAccount.browser, list) },
    { action: '/account/sessions/end/' },
  )
  assert.equal(framesOf(await inAccount.browser.follow(sessions)).length, 1)
})

/** The id of the session that is used now: the one that its form names first in the list. */
async function currentSession(browser: FormBrowser, list: Page): Promise<string> {
  await Promise.resolve(browser)
  const ids = list.forms.flatMap(({ fields }) => fields).filter(([name]) => name === 'session')
  return ids[0]?.[1] ?? ''
}

test('a sign-out on the way elsewhere goes on when the frames were told', async () => {
  const { browser } = await signedInTo('news')
  const asked = await browser.get('/accounts/logout/?next=/accounts/signup/')
  const done = await browser.follow(await browser.submit(asked, {}, signOut))
  assert.equal(framesOf(done).length, 1)
  assert.equal(done.headers['refresh'], '4; url=/accounts/signup/')
  assert.match(done.body, /href="\/accounts\/signup\/" data-continue/)
})

test('the address of the page works again for a while, for nobody else, and not for ever', async () => {
  const { browser } = await signedInTo('news')
  const sent = await browser.submit(await browser.get('/accounts/logout/'), {}, signOut)
  const ticket = sent.location ?? ''
  assert.match(ticket, /^\/accounts\/logout\/\?done=/)
  assert.ok(!ticket.includes('news') && !Buffer.from(ticket.slice(24), 'base64url').includes('news'))
  assert.equal(framesOf(await browser.get(ticket)).length, 1)
  assert.equal(framesOf(await browser.get(`${ticket.slice(0, -1)}${ticket.endsWith('A') ? 'B' : 'A'}`)).length, 0)
  server.clock.advance(601_000)
  const late = await browser.get(ticket)
  assert.ok(saysSignedOut(late))
  assert.equal(framesOf(late).length, 0)
})

test('an address that a browser must not frame is left out, whatever was registered', async () => {
  for (const [at, target] of [
    'javascript:alert(1)',
    'data:text/html,<script>alert(1)</script>',
    'blob:https://evil.example/x',
    'about:blank',
    'not an address',
    '/relative',
    'file:///etc/passwd',
  ].entries()) {
    await addClient(server, `odd${at}`, { metadata: { frontchannelLogoutUri: target } })
    const { browser } = await signedInTo(`odd${at}`)
    const done = await browser.follow(await browser.submit(await browser.get('/accounts/logout/'), {}, signOut))
    assert.equal(framesOf(done).length, 0, target)
    assert.ok(!done.body.includes('<iframe'))
  }
})

test('an address cannot break out of its frame or into the policy', async () => {
  const sly = `https://sly.example/"><script>alert(1)</script>?a=;script-src * 'unsafe-inline'`
  await addClient(server, 'sly', { name: '"><img src=x>', metadata: { frontchannelLogoutUri: sly } })
  const { browser } = await signedInTo('sly')
  const done = await browser.follow(await browser.submit(await browser.get('/accounts/logout/'), {}, signOut))
  assert.equal(policyOf(done, 'frame-src'), 'https://sly.example')
  assert.equal(policyOf(done, 'script-src'), "'self'")
  assert.equal(framesOf(done).length, 1)
  assert.ok(!done.body.includes('<script>alert') && !done.body.includes('<img src=x'))
})
