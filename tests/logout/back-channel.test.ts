// OpenID Connect Back-Channel Logout 1.0: whatever ends a session tells its clients, and no client holds anybody up.
import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { createRemoteJWKSet, decodeProtectedHeader, jwtVerify, type JWTPayload } from 'jose'
import {
  deliveriesOfClient,
  dueDeliveries,
  endSessionsUnderOldEpoch,
  type LogoutDelivery,
} from '../../packages/authorization-server/src/records/logouts/index.ts'
import { deliverDue } from '../../packages/authorization-server/src/features/logout/delivery-job.ts'
import { findUserByIdentifier, setUserActive } from '../../packages/authorization-server/src/records/users/index.ts'
import { sweep } from '../../packages/authorization-server/src/housekeeping.ts'
import type { FormBrowser } from '../support/form-browser.ts'
import type { TestServer } from '../support/server.ts'
import {
  addClient,
  admin,
  alice,
  browserAt,
  isSignedIn,
  logoutPath,
  type PartyServer,
  payloadOf,
  redeem,
  returnUri,
  signedIn,
  startGround,
  startParty,
  tokensFor,
} from './ground.ts'

const event = 'http://schemas.openid.net/event/backchannel-logout'
const algorithms = ['RS256', 'ES256', 'PS256', 'EdDSA'] as const

let server: TestServer
let party: PartyServer
const rows = new Map<string, number>()

before(async () => {
  server = await startGround()
  party = await startParty()
  const listening = { metadata: { backchannelLogoutUri: `${party.url}/told?app=1` } }
  for (const algorithm of algorithms) {
    rows.set(algorithm, await addClient(server, algorithm, { ...listening, idTokenAlgorithm: algorithm }))
  }
})
beforeEach(async () => {
  await deliver()
  party.answers(200)
})
after(async () => {
  await server.close()
  await party.close()
})

/** What the server's own job does each second. */
async function deliver(): Promise<void> {
  await deliverDue({ ...server.context, holder: 'a test' })
}

/** The logout tokens that came since, once all that is due was delivered. */
async function toldBy(act: () => Promise<unknown>): Promise<readonly string[]> {
  const start = party.told.length
  await act()
  await deliver()
  // The server's own job may have claimed one, and be about to send it.
  for (let tries = 0; tries < 50 && (await waiting()).some(({ attempts }) => attempts === 0); tries++) await delay(20)
  await delay(30)
  return party.told.slice(start).map(({ token }) => token)
}

async function waiting(): Promise<readonly LogoutDelivery[]> {
  return dueDeliveries(server.context.database, server.clock.now(), 100, 100)
}

async function newest(clientId: string): Promise<LogoutDelivery | undefined> {
  const [delivery] = await deliveriesOfClient(server.context.database, rows.get(clientId) ?? 0, 1)
  return delivery
}

async function verified(token: string, audience: string): Promise<JWTPayload> {
  const keys = createRemoteJWKSet(new URL(`${server.url}/o/.well-known/jwks.json`))
  const currentDate = new Date(server.clock.now())
  const { payload } = await jwtVerify(token, keys, { issuer: server.issuer, audience, typ: 'logout+jwt', currentDate })
  return payload
}

async function signOut(browser: FormBrowser): Promise<void> {
  await browser.submit(await browser.get('/accounts/logout/'), {}, { action: '/accounts/logout/' })
}

const accountForm = async (browser: FormBrowser, page: string, action: string, fields = {}): Promise<void> => {
  await browser.submit(await browser.get(page), fields, { action })
}

test('backchannel-logout-discovery-endpoint-verification: both members are advertised (OpenID Connect Back-Channel Logout §2.1)', async () => {
  const response = await fetch(`${server.url}/.well-known/openid-configuration`)
  const metadata = (await response.json()) as Readonly<Record<string, unknown>>
  assert.equal(metadata['backchannel_logout_supported'], true)
  assert.equal(metadata['backchannel_logout_session_supported'], true)
})

for (const algorithm of algorithms) {
  test(`backchannel-rp-initiated-logout: the client is told with the algorithm of its own ID tokens, ${algorithm} (OpenID Connect Back-Channel Logout §2.4)`, async () => {
    const browser = await signedIn(server)
    const { id_token: idToken } = await tokensFor(server, browser, algorithm)
    const sent = { id_token_hint: idToken, post_logout_redirect_uri: returnUri }
    const [token = '', ...others] = await toldBy(() => browser.get(logoutPath(sent)))
    assert.deepEqual(others, [])
    const payload = await verified(token, algorithm)
    const header = decodeProtectedHeader(token)
    const known = payloadOf(idToken)
    assert.equal(header.alg, algorithm)
    assert.deepEqual(Object.keys(payload).toSorted(), ['aud', 'events', 'exp', 'iat', 'iss', 'jti', 'sid', 'sub'])
    assert.deepEqual(payload['events'], { [event]: {} })
    assert.equal(payload.sub, known['sub'])
    assert.equal(payload['sid'], known['sid'])
    assert.equal(typeof payload['sid'], 'string')
    assert.ok((payload.exp ?? 0) - (payload.iat ?? 0) <= 120)
    assert.equal(await isSignedIn(browser), false)
    const last = party.told.at(-1)
    assert.equal(last?.path, '/told?app=1')
    assert.match(last?.type ?? '', /^application\/x-www-form-urlencoded/)
    assert.equal((await newest(algorithm))?.state, 'delivered')
  })
}

/** Each way in which a session ends; the browser is signed in to RS256 and ES256. */
const endings: Readonly<Record<string, (browser: FormBrowser) => Promise<unknown>>> = {
  'the person signs out': signOut,
  'a client signs them out': async (browser) => {
    const { id_token: hint } = await tokensFor(server, browser, 'shop')
    await browser.get(logoutPath({ id_token_hint: hint }))
  },
  'the session is ended in the account page': async (browser) =>
    accountForm(browser, '/account/sessions/', '/account/sessions/end/'),
  'another browser ends all others': async () =>
    accountForm(await signedIn(server), '/account/sessions/', '/account/sessions/end-others/'),
  'the password is changed in another browser': async () => {
    const fields = { old_password: alice.password, password: alice.password, password2: alice.password }
    await accountForm(await signedIn(server), '/account/password/', '/account/password/', fields)
  },
  'another person signs in at the same browser': async (browser) => {
    await browser.submit(await browser.get('/accounts/login/?next=/account/'), admin, { action: '/accounts/login/' })
  },
  'the person is disabled': async () => {
    const { context } = server
    const user = await findUserByIdentifier(context.database, 'alice')
    const now = server.clock.now()
    for (const active of [false, true]) {
      const ended = endSessionsUnderOldEpoch(user?.id ?? 0, undefined, now)
      await context.database.commit([setUserActive(user?.id ?? 0, active, now), ...ended])
    }
  },
}

for (const [name, end] of Object.entries(endings)) {
  test(`every client of a session is told once when ${name}`, async () => {
    const browser = await signedIn(server)
    const known = new Map<string, unknown>()
    for (const clientId of ['RS256', 'ES256']) {
      known.set(clientId, payloadOf((await tokensFor(server, browser, clientId)).id_token)['sid'])
      await tokensFor(server, browser, clientId)
    }
    const tokens = await toldBy(() => end(browser))
    const told = tokens.map((token) => payloadOf(token)).map(({ aud, sid }) => [String(aud), sid] as const)
    assert.deepEqual(new Map(told), known)
    assert.equal(told.length, 2)
    await toldBy(async () => end(browser).catch(() => undefined))
    assert.equal((await newest('RS256'))?.attempts, 1)
  })
}

test('a session that lives on tells nobody: the one that changed the password, and the one that ended the others', async () => {
  const browser = await signedIn(server)
  await tokensFor(server, browser, 'RS256')
  const fields = { old_password: alice.password, password: alice.password, password2: alice.password }
  const told = await toldBy(async () => {
    await accountForm(browser, '/account/password/', '/account/password/', fields)
    await accountForm(browser, '/account/sessions/', '/account/sessions/end-others/').catch(() => undefined)
  })
  assert.deepEqual(told, [])
  assert.equal((await toldBy(() => signOut(browser))).length, 1)
})

test('who signs in again stays signed in: nobody is told, and the clients keep the sid they know', async () => {
  const browser = await signedIn(server)
  const first = await tokensFor(server, browser, 'RS256', { scope: 'openid offline_access' })
  const sid = payloadOf(first.id_token)['sid']
  const again = async (): Promise<unknown> =>
    browser.submit(await browser.get('/accounts/login/?next=/account/'), alice, { action: '/accounts/login/' })
  assert.deepEqual(await toldBy(again), [])
  const refreshed = await redeem(server, 'RS256', {
    grant_type: 'refresh_token',
    refresh_token: first.refresh_token ?? '',
  })
  assert.equal(payloadOf(refreshed.id_token)['sid'], sid)
  const second = payloadOf((await tokensFor(server, browser, 'RS256')).id_token)['sid']
  const told = await toldBy(() => signOut(browser))
  assert.deepEqual(new Set(told.map((token) => payloadOf(token)['sid'])), new Set([sid, second]))
  assert.equal(told.length, 2)
})

test('two clients, and two browsers, are told of different sids; the other browser stays signed in', async () => {
  const [here, there] = [await signedIn(server), await signedIn(server)]
  const sids = []
  for (const browser of [here, there]) {
    for (const clientId of ['RS256', 'ES256'])
      sids.push(payloadOf((await tokensFor(server, browser, clientId)).id_token)['sid'])
  }
  assert.equal(new Set(sids).size, 4)
  const told = await toldBy(() => signOut(here))
  assert.deepEqual(new Set(told.map((token) => payloadOf(token)['sid'])), new Set(sids.slice(0, 2)))
  assert.equal(told.length, 2)
  assert.ok(await isSignedIn(there))
})

test('the session outlives its access tokens, and the client is told all the same', async () => {
  const browser = await signedIn(server)
  await tokensFor(server, browser, 'RS256')
  server.clock.advance(3 * 86_400_000)
  for (let sweeps = 0; sweeps < 3; sweeps++) await sweep(server.context)
  assert.equal((await toldBy(() => signOut(browser))).length, 1)
})

test('a client that fails is tried again later, with a fresh token, and its result is written down', async () => {
  const browser = await signedIn(server)
  await tokensFor(server, browser, 'RS256')
  party.answers(503)
  const [first = ''] = await toldBy(() => signOut(browser))
  const failed = await newest('RS256')
  assert.deepEqual([failed?.state, failed?.outcome, failed?.attempts], ['waiting', '503', 1])
  assert.deepEqual(await toldBy(async () => server.clock.advance(9_000)), [])
  party.answers(200)
  const [second = ''] = await toldBy(async () => server.clock.advance(1_000))
  assert.notEqual(payloadOf(second)['jti'], payloadOf(first)['jti'])
  await verified(second, 'RS256')
  assert.deepEqual([(await newest('RS256'))?.state, (await newest('RS256'))?.attempts], ['delivered', 2])
  assert.deepEqual(await toldBy(async () => server.clock.advance(86_400_000)), [])
})

test('attempts end: eight, then it is given up', async () => {
  const browser = await signedIn(server)
  await tokensFor(server, browser, 'ES256')
  party.answers(500)
  let attempts = (await toldBy(() => signOut(browser))).length
  for (let hours = 0; hours < 48; hours++)
    attempts += (await toldBy(async () => server.clock.advance(3_600_000))).length
  assert.equal((await newest('ES256'))?.state, 'given-up')
  assert.equal((await newest('ES256'))?.outcome, '500')
  assert.ok(attempts > 5 && attempts <= 8, `${attempts} attempts`)
})

test('a refusal is final, a redirect is not followed', async () => {
  for (const [status, outcome] of [
    [400, '400'],
    [302, 'redirect'],
  ] as const) {
    const browser = await signedIn(server)
    await tokensFor(server, browser, 'RS256')
    party.answers(status)
    assert.equal((await toldBy(() => signOut(browser))).length, 1)
    assert.deepEqual([(await newest('RS256'))?.state, (await newest('RS256'))?.outcome], ['refused', outcome])
  }
})

test('a client that never answers keeps nobody from signing out, nor another client from being told', async () => {
  const dead = await startParty()
  dead.answers(undefined)
  rows.set('dead', await addClient(server, 'dead', { metadata: { backchannelLogoutUri: `${dead.url}/` } }))
  const browser = await signedIn(server)
  await tokensFor(server, browser, 'dead')
  await tokensFor(server, browser, 'RS256')
  const start = party.told.length
  const started = performance.now()
  await signOut(browser)
  assert.ok(performance.now() - started < 1_000)
  assert.equal(await isSignedIn(browser), false)
  const delivering = deliver()
  for (let tries = 0; tries < 150 && party.told.length === start; tries++) await delay(20)
  assert.equal(party.told.length, start + 1)
  await dead.close()
  await delivering
  for (let tries = 0; tries < 300 && (await newest('dead'))?.outcome === undefined; tries++) await delay(20)
  assert.equal((await newest('dead'))?.outcome, 'unreachable')
  assert.equal((await newest('dead'))?.state, 'waiting')
})

test('clients without an address, and those of other sessions, hear nothing', async () => {
  const [browser, other] = [await signedIn(server), await signedIn(server, admin)]
  await tokensFor(server, browser, 'shop')
  await tokensFor(server, other, 'RS256')
  assert.deepEqual(await toldBy(() => signOut(browser)), [])
  await toldBy(() => signOut(other))
})

test('many sign out at once while two nodes deliver: each client is told of each session exactly once', async () => {
  const people: FormBrowser[] = []
  const known: unknown[] = []
  for (let person = 0; person < 12; person++) {
    const browser = await signedIn(server)
    people.push(browser)
    for (const clientId of ['RS256', 'ES256']) {
      known.push(payloadOf((await tokensFor(server, browser, clientId)).id_token)['sid'])
    }
  }
  const told = await toldBy(async () => {
    await Promise.all(people.map(signOut))
    // The server's own job is the other node; more would meet the bound on deliveries under way.
    await deliver()
  })
  assert.equal(told.length, known.length)
  assert.deepEqual(new Set(told.map((token) => payloadOf(token)['sid'])), new Set(known))
})

test('the log of deliveries is swept a week after they were settled', async () => {
  const { database } = server.context
  assert.ok((await deliveriesOfClient(database, rows.get('RS256') ?? 0, 10)).length > 0)
  server.clock.advance(8 * 86_400_000)
  await deliver()
  for (let sweeps = 0; sweeps < 3; sweeps++) await sweep(server.context)
  assert.deepEqual(
    (await deliveriesOfClient(database, rows.get('RS256') ?? 0, 10)).filter(({ state }) => state !== 'waiting'),
    [],
  )
})

test('nobody but the person ends a session: a browser without one tells nobody', async () => {
  assert.deepEqual(await toldBy(() => browserAt(server).get(logoutPath({ client_id: 'RS256' }))), [])
})
