// A relying party asks to sign its person out. OpenID Connect RP-Initiated Logout §2, §3, §4, §6.
import assert from 'node:assert/strict'
import { SignJWT } from 'jose'
import { Browser, type Visited } from '../browser.ts'
import { addStaticClient, freshPath, newKey, type PartyClient, type StaticClient } from '../clients.ts'
import { ask, errorOf, type Parameters } from '../requests.ts'
import type { Stage } from '../stage.ts'
import { type SignedIn, signInTo } from '../tokens.ts'

export interface Session {
  readonly browser: Browser
  readonly client: PartyClient
  readonly returnUri: string
  readonly signedIn: SignedIn
}

/** Somebody who is signed in to a client of their own, in a browser of their own. */
export async function beginSession(stage: Stage, changes: StaticClient = {}): Promise<Session> {
  const returnUri = stage.party.at(freshPath('bye'))
  const client = await addStaticClient(stage, { postLogoutRedirectUris: [returnUri], ...changes })
  const browser = new Browser(stage.wire)
  return { browser, client, returnUri, signedIn: await signInTo(stage, client, {}, { browser }) }
}

/** Follows a link of the relying party to the end session endpoint. */
export async function askToEnd(stage: Stage, { browser }: Session, sent: Parameters): Promise<Visited> {
  const endpoint = await stage.endpoint('end_session_endpoint')
  const pairs = Object.entries(sent).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]))
  const query = new URLSearchParams(pairs).toString()
  return browser.open(query === '' ? endpoint : `${endpoint}?${query}`, new URL(stage.party.at('/')))
}

/** Whether prompt=none still gets an answer, without a page. */
export async function isSessionAlive(stage: Stage, { browser, client }: Session): Promise<boolean> {
  const asked = await ask(stage, client, { prompt: 'none' }, { browser })
  const { searchParams } = asked.journey.end.url
  if (searchParams.has('code')) return true
  assert.equal(errorOf(stage, asked), 'login_required')
  return false
}

function assertReturned(visited: Visited, returnUri: string, members: Readonly<Record<string, string>>): void {
  const { url } = visited
  assert.equal(url.origin + url.pathname, returnUri, visited.page.text)
  assert.deepEqual(Object.fromEntries(url.searchParams), members)
  assert.equal(url.hash, '')
}

/** The person is on a page of the server, which says what is wrong or asks; nobody was sent anywhere, and nothing has ended. */
async function staysHere(stage: Stage, session: Session, sent: Parameters): Promise<Visited> {
  const before = stage.party.received.length
  const visited = await askToEnd(stage, session, sent)
  const { page, url } = visited
  assert.equal(url.origin, stage.origin)
  assert.equal(page.headers['refresh'], undefined)
  assert.ok(!page.body.includes(session.returnUri) || page.forms.length > 0)
  assert.ok(page.status === 400 || page.forms.some(({ action }) => action === '/accounts/logout/'), page.text)
  assert.deepEqual(stage.party.received.slice(before), [])
  assert.ok(await isSessionAlive(stage, session), 'nobody is signed out by a stranger')
  return visited
}

/** Signed out, at once or after a yes, and told so; nobody is sent back. */
async function isToldHere(stage: Stage, session: Session, sent: Parameters): Promise<void> {
  const before = stage.party.received.length
  const asked = await askToEnd(stage, session, sent)
  const form = asked.page.forms.find(({ action }) => action === '/accounts/logout/')
  const told = form === undefined ? asked : await session.browser.submit(asked, form)
  assert.equal(told.url.origin, stage.origin)
  assert.equal(told.page.status, 200)
  assert.match(told.page.text, /You are signed out/)
  assert.deepEqual(stage.party.received.slice(before), [])
  assert.equal(await isSessionAlive(stage, session), false)
}

function unsignedCopy(idToken: string): string {
  const [, payload = ''] = idToken.split('.')
  return `${Buffer.from(JSON.stringify({ alg: 'none' })).toString('base64url')}.${payload}.`
}

export const logoutModules = {
  async 'oidcc-rp-initiated-logout'(stage: Stage): Promise<void> {
    const session = await beginSession(stage)
    const { returnUri, signedIn } = session
    const state = crypto.randomUUID()
    const sent = { id_token_hint: signedIn.idToken, post_logout_redirect_uri: returnUri, state }
    assertReturned(await askToEnd(stage, session, sent), returnUri, { state })
    assert.equal(await isSessionAlive(stage, session), false)
  },

  async 'oidcc-rp-initiated-logout-no-state'(stage: Stage): Promise<void> {
    const session = await beginSession(stage)
    const { returnUri, signedIn } = session
    const sent = { id_token_hint: signedIn.idToken, post_logout_redirect_uri: returnUri }
    assertReturned(await askToEnd(stage, session, sent), returnUri, {})
    assert.equal(await isSessionAlive(stage, session), false)
  },

  async 'oidcc-rp-initiated-logout-bad-post-logout-redirect-uri'(stage: Stage): Promise<void> {
    const session = await beginSession(stage)
    const bad = `${session.returnUri}${crypto.randomUUID()}`
    const sent = { id_token_hint: session.signedIn.idToken, post_logout_redirect_uri: bad, state: 'a-state' }
    const { page } = await staysHere(stage, session, sent)
    assert.ok(!page.body.includes(bad), 'strangers put no address on our page')
  },

  async 'oidcc-rp-initiated-logout-query-added-to-post-logout-redirect-uri'(stage: Stage): Promise<void> {
    const session = await beginSession(stage)
    const bad = `${session.returnUri}?foo=bar`
    const sent = { id_token_hint: session.signedIn.idToken, post_logout_redirect_uri: bad, state: 'a-state' }
    await staysHere(stage, session, sent)
  },

  async 'oidcc-rp-initiated-logout-modified-id-token-hint'(stage: Stage): Promise<void> {
    const session = await beginSession(stage)
    const hint = unsignedCopy(session.signedIn.idToken)
    const sent = { id_token_hint: hint, post_logout_redirect_uri: session.returnUri, state: 'a-state' }
    await staysHere(stage, session, sent)
  },

  async 'oidcc-rp-initiated-logout-bad-id-token-hint'(stage: Stage): Promise<void> {
    const session = await beginSession(stage)
    const { keys } = await stage.jwks()
    const kid = keys.find(({ kty }) => kty === 'RSA')?.kid ?? ''
    const hint = await new SignJWT(session.signedIn.claims)
      .setProtectedHeader({ alg: 'RS256', kid, typ: 'JWT' })
      .sign(newKey(kid).privateKey)
    const sent = { id_token_hint: hint, post_logout_redirect_uri: session.returnUri, state: 'a-state' }
    await staysHere(stage, session, sent)
  },

  async 'oidcc-rp-initiated-logout-no-id-token-hint'(stage: Stage): Promise<void> {
    const session = await beginSession(stage)
    const { client, returnUri } = session
    await staysHere(stage, session, { post_logout_redirect_uri: returnUri, state: 'a-state' })
    // Anybody can write a client_id: it takes the place of no hint.
    const named = { client_id: client.clientId, post_logout_redirect_uri: returnUri, state: 'a-state' }
    const asked = await staysHere(stage, session, named)
    const told = await session.browser.submit(asked, asked.page.form('/accounts/logout/'))
    assert.equal(told.url.origin, stage.origin)
    assert.equal(told.page.headers['refresh'], undefined)
  },

  async 'oidcc-rp-initiated-logout-no-params'(stage: Stage): Promise<void> {
    await isToldHere(stage, await beginSession(stage), {})
  },

  async 'oidcc-rp-initiated-logout-only-state'(stage: Stage): Promise<void> {
    await isToldHere(stage, await beginSession(stage), { state: 'a-state' })
  },

  async 'oidcc-rp-initiated-logout-no-post-logout-redirect-uri'(stage: Stage): Promise<void> {
    const session = await beginSession(stage)
    await isToldHere(stage, session, { id_token_hint: session.signedIn.idToken, state: 'a-state' })
  },
}
