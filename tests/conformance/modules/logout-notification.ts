// The other ways in which a client learns that a session is over. OpenID Connect Back-Channel Logout §2.2,
// §2.4, §2.5, §2.6; OpenID Connect Front-Channel Logout §2, §3; OpenID Connect Session Management §2, §3.2.
import assert from 'node:assert/strict'
import { webcrypto } from 'node:crypto'
import { createLocalJWKSet, jwtVerify } from 'jose'
import vm from 'node:vm'
import { freshPath } from '../clients.ts'
import type { Stage } from '../stage.ts'
import { askToEnd, beginSession, isSessionAlive, type Session } from './logout.ts'

const event = 'http://schemas.openid.net/event/backchannel-logout'

function endOf({ returnUri, signedIn }: Session): Readonly<Record<string, string>> {
  return { id_token_hint: signedIn.idToken, post_logout_redirect_uri: returnUri, state: 'a-state' }
}

async function assertLogoutToken(stage: Stage, { client, signedIn }: Session, token: string): Promise<void> {
  const { payload, protectedHeader } = await jwtVerify(token, createLocalJWKSet(await stage.jwks()), {
    issuer: stage.issuer,
    audience: client.clientId,
    algorithms: ['RS256'],
    requiredClaims: ['iss', 'aud', 'iat', 'exp', 'jti', 'events', 'sid', 'sub'],
    maxTokenAge: 60,
    currentDate: new Date(stage.server.clock.now()),
  })
  assert.equal(protectedHeader.typ, 'logout+jwt')
  assert.deepEqual(payload['events'], { [event]: {} })
  assert.ok(!('nonce' in payload), 'a nonce would make it look like an ID token')
  assert.ok(typeof payload['sid'] === 'string')
  assert.equal(payload['sid'], signedIn.claims['sid'])
  assert.equal(payload.sub, signedIn.claims.sub)
  assert.ok((payload.exp ?? 0) - (payload.iat ?? 0) <= 120)
}

/** What the server's frame answers to the client's frame, both inside of a page of the client. */
async function checkSession(stage: Stage, { browser, client }: Session, sessionState: string): Promise<unknown> {
  const inside = new URL(client.redirectUri)
  const frame = await browser.load(await stage.endpoint('check_session_iframe'), inside)
  const [, src = '', attributes = ''] = /<script src="([^"]+)"([^>]*)>/.exec(frame.page.body) ?? []
  const script = await browser.load(src, frame.url)
  const dataset = Object.fromEntries(
    [...attributes.matchAll(/data-([a-z]+)="([^"]*)"/g)].map(([, name = '', value = '']) => [name, value]),
  )
  let answer: unknown
  let listen: ((event: object) => Promise<void>) | undefined
  vm.runInNewContext(script.page.body, {
    document: { currentScript: { dataset }, cookie: browser.frameCookies(frame.url) },
    window: {
      addEventListener: (_name: string, listener: typeof listen) => {
        listen = listener
      },
    },
    crypto: webcrypto,
    TextEncoder,
    btoa,
  })
  const source = {
    postMessage: (said: unknown, origin: string) => {
      assert.equal(origin, inside.origin)
      answer = said
    },
  }
  await listen?.({ data: `${client.clientId} ${sessionState}`, origin: inside.origin, source })
  return answer
}

/** The page that follows holds the client's frame, and leads back by itself. */
async function assertFramed(stage: Stage, session: Session, path: string): Promise<void> {
  const { browser, returnUri, signedIn } = session
  const ended = await askToEnd(stage, session, endOf(session))
  assert.equal(ended.url.origin, stage.origin)
  const frames = [...ended.page.body.matchAll(/<iframe\b[^>]*\bsrc="([^"]*)"/g)].map(([, src = '']) => src)
  const [frame = '', ...others] = frames.map((src) => src.replaceAll(/&(amp|#38);/g, '&'))
  assert.ok(frame !== '' && others.length === 0, ended.page.body)
  assert.match(
    String(ended.page.headers['content-security-policy']),
    new RegExp(`frame-src ${new URL(frame).origin}(;|$| )`),
  )
  const before = stage.party.received.length
  await browser.load(frame, ended.url)
  const called = await stage.party.arrival(path, before)
  assert.equal(called.method, 'GET')
  assert.deepEqual(Object.fromEntries(called.url.searchParams), {
    app: '1',
    iss: stage.issuer,
    sid: String(signedIn.claims['sid']),
  })
  const back = await browser.refresh(ended)
  assert.equal(back.url.href, `${returnUri}?state=a-state`)
}

export const logoutNotificationModules = {
  async 'oidcc-backchannel-rp-initiated-logout'(stage: Stage): Promise<void> {
    const path = freshPath('back-channel')
    const metadata = { backchannelLogoutUri: stage.party.at(path), backchannelLogoutNeedsSession: true }
    const session = await beginSession(stage, { metadata })
    const before = stage.party.received.length
    const back = await askToEnd(stage, session, endOf(session))
    assert.equal(back.url.href, `${session.returnUri}?state=a-state`)
    const { method, headers, form } = await stage.party.arrival(path, before)
    assert.equal(method, 'POST')
    assert.match(headers['content-type'] ?? '', /^application\/x-www-form-urlencoded(;|$)/)
    assert.deepEqual([...form.keys()], ['logout_token'])
    await assertLogoutToken(stage, session, form.get('logout_token') ?? '')
    assert.equal(await isSessionAlive(stage, session), false)
  },

  async 'oidcc-frontchannel-rp-initiated-logout'(stage: Stage): Promise<void> {
    const path = freshPath('front-channel')
    const metadata = { frontchannelLogoutUri: `${stage.party.at(path)}?app=1`, frontchannelLogoutNeedsSession: true }
    const session = await beginSession(stage, { metadata })
    await assertFramed(stage, session, path)
    assert.equal(await isSessionAlive(stage, session), false)
  },

  async 'oidcc-session-management-rp-initiated-logout'(stage: Stage): Promise<void> {
    const session = await beginSession(stage)
    const state = session.signedIn.response.members.get('session_state')
    assert.ok(state !== undefined && /^[^\s]+$/.test(state), 'the answer tells the state of the session')
    assert.equal(await checkSession(stage, session, state), 'unchanged')
    assert.equal(await checkSession(stage, session, `${state}x`), 'changed')
    await askToEnd(stage, session, endOf(session))
    assert.equal(await checkSession(stage, session, state), 'changed')
    assert.equal(await isSessionAlive(stage, session), false)
  },
}
