// What a client that registers itself may say of itself, and what the server makes of it.
// OpenID Connect Dynamic Client Registration §2, §3.2, §3.3, §5; OpenID Connect Core §4, §5.3.2, §8.1, §10.1.1; RFC 7591 §3.2.2;
// RFC 7592 §2.1, §3.
import assert from 'node:assert/strict'
import { createLocalJWKSet, jwtVerify } from 'jose'
import { Browser, type Visited } from '../browser.ts'
import {
  allScopes,
  askToRegister,
  freshPath,
  type Members,
  newKey,
  publishKeys,
  register,
  registerKeyed,
} from '../clients.ts'
import { sectorHost } from '../ground.ts'
import { ask, responseOf } from '../requests.ts'
import type { Stage } from '../stage.ts'
import { redeem, refresh, signInTo, tokenErrorOf, tokensOf } from '../tokens.ts'
import { jsonOf } from '../wire.ts'

/** The sign-in page, as somebody sees it who comes from this client. */
async function signInPageFor(stage: Stage, members: Members): Promise<Visited> {
  const { client } = await register(stage, members)
  const { journey } = await ask(stage, client, {}, { browser: new Browser(stage.wire) })
  const [first] = journey.asked
  assert.ok(first !== undefined && journey.steps[0] === 'sign-in')
  return first
}

async function isLinkedOnSignIn(stage: Stage, member: 'policy_uri' | 'tos_uri'): Promise<void> {
  const uri = stage.party.at(freshPath(member))
  const { page } = await signInPageFor(stage, { [member]: uri })
  const links = [...page.body.matchAll(/<a\b[^>]*\bhref="([^"]*)"/g)].map(([, href]) => href)
  assert.ok(links.includes(uri), `no link to ${uri} among ${links.join(' ')}`)
}

async function assertRefused(stage: Stage, members: Members): Promise<void> {
  const answered = await askToRegister(stage, { redirect_uris: [stage.party.at(freshPath('cb'))], ...members })
  assert.equal(answered.status, 400, answered.body)
  assert.equal(jsonOf(answered)['error'], 'invalid_client_metadata')
}

const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)

export const registrationModules = {
  async 'oidcc-idtoken-rs256'(stage: Stage): Promise<void> {
    const client = await registerKeyed(stage, { id_token_signed_response_alg: 'RS256' })
    await signInTo(stage, client, {}, { algorithm: 'RS256' })
  },

  async 'oidcc-userinfo-rs256'(stage: Stage): Promise<void> {
    const client = await registerKeyed(stage, { userinfo_signed_response_alg: 'RS256' })
    const { accessToken = '', claims } = await signInTo(stage, client, { scope: 'openid email' })
    const { status, headers, body } = await stage.wire.send(await stage.endpoint('userinfo_endpoint'), {
      headers: { authorization: `Bearer ${accessToken}` },
    })
    assert.equal(status, 200)
    assert.match(headers['content-type'] ?? '', /^application\/jwt(;|$)/)
    const { payload } = await jwtVerify(body, createLocalJWKSet(await stage.jwks()), {
      issuer: stage.issuer,
      audience: client.clientId,
      algorithms: ['RS256'],
      currentDate: new Date(stage.server.clock.now()),
    })
    assert.equal(payload.sub, claims.sub)
    assert.equal(payload['email'], stage.person.username)
  },

  async 'oidcc-registration-logo-uri'(stage: Stage): Promise<void> {
    const path = freshPath('logo')
    stage.party.say(path, png, 'image/png')
    const { url, page } = await signInPageFor(stage, { logo_uri: stage.party.at(path) })
    const pictures = [...page.body.matchAll(/<img\b[^>]*\bsrc="([^"]*)"/g)].map(([, src = '']) => src)
    assert.ok(pictures.length > 0, 'a picture is on the page')
    const before = stage.party.received.length
    const shown = await new Browser(stage.wire).load(pictures[0] ?? '', url)
    assert.equal(shown.page.status, 200)
    assert.equal(shown.page.headers['content-type'], 'image/png')
    assert.equal(Number(shown.page.headers['content-length']), png.length)
    assert.ok(stage.party.received.slice(before).some((one) => one.url.pathname === path))
  },

  async 'oidcc-registration-policy-uri'(stage: Stage): Promise<void> {
    await isLinkedOnSignIn(stage, 'policy_uri')
  },

  async 'oidcc-registration-tos-uri'(stage: Stage): Promise<void> {
    await isLinkedOnSignIn(stage, 'tos_uri')
  },

  async 'oidcc-registration-jwks-uri'(stage: Stage): Promise<void> {
    const client = await registerKeyed(stage)
    const before = stage.party.received.length
    await signInTo(stage, client)
    const [asked] = stage.party.received.slice(before).filter(({ url }) => url.pathname === client.jwksPath)
    assert.equal(asked?.method, 'GET')
    // A key that is not there is nobody's, even under a name that is.
    const code = responseOf(stage, await ask(stage, client)).members.get('code') ?? ''
    const stranger = { ...client, key: newKey(client.key.kid) }
    assert.equal(tokenErrorOf(await redeem(stage, stranger, code), 401), 'invalid_client')
    tokensOf(await redeem(stage, client, code))
  },

  async 'oidcc-registration-sector-uri'(stage: Stage): Promise<void> {
    const [path, ownUri, other] = [freshPath('sector'), stage.party.at(freshPath('cb')), 'https://other.example/cb']
    stage.party.say(path, JSON.stringify([ownUri, other]))
    const sector = { subject_type: 'pairwise', sector_identifier_uri: stage.party.at(path, sectorHost) }
    const { client } = await register(stage, { ...sector, redirect_uris: [ownUri] })
    const sub = await subjectAt(stage, client)
    // One sector, one subject; another client outside of it knows the person by another name.
    const { client: sibling } = await register(stage, { ...sector, redirect_uris: [ownUri] })
    assert.equal(await subjectAt(stage, sibling), sub)
    assert.notEqual(await subjectAt(stage, (await register(stage)).client), sub)
    assert.notEqual(await subjectAt(stage, (await register(stage, { subject_type: 'pairwise' })).client), sub)
  },

  async 'oidcc-registration-sector-bad'(stage: Stage): Promise<void> {
    const path = freshPath('sector')
    const sectorUri = stage.party.at(path, sectorHost)
    const bad = { subject_type: 'pairwise', sector_identifier_uri: sectorUri }
    stage.party.say(path, JSON.stringify(['https://somebody-else.example/cb']))
    await assertRefused(stage, bad)
    await assertRefused(stage, { sector_identifier_uri: sectorUri })
    stage.party.say(path, '{}')
    await assertRefused(stage, bad)
    await assertRefused(stage, { ...bad, sector_identifier_uri: sectorUri.replace('https:', 'http:') })
  },

  async 'oidcc-server-rotate-keys'(stage: Stage): Promise<void> {
    const client = await stage.client()
    const { idToken } = await signInTo(stage, client)
    const before = await stage.jwks()
    const hourMs = 3_600_000
    const { kid } = await stage.server.context.keys.rotateSigningKey('RS256', hourMs, 24 * hourMs)
    const after = await stage.jwks()
    const kids = after.keys.map((key) => key.kid)
    assert.ok(kids.includes(kid) && !before.keys.some((key) => key.kid === kid), 'there is a new key')
    for (const old of before.keys) assert.ok(kids.includes(old.kid), 'the old ones stay')
    assert.equal(new Set(kids).size, kids.length)
    stage.server.clock.advance(hourMs)
    const next = await signInTo(stage, client)
    assert.equal(kidOf(next.idToken), kid)
    const currentDate = new Date(stage.server.clock.now() - hourMs)
    await jwtVerify(idToken, createLocalJWKSet(await stage.jwks()), { issuer: stage.issuer, currentDate })
  },

  async 'oidcc-refresh-token-rp-key-rotation'(stage: Stage): Promise<void> {
    const client = await registerKeyed(stage, {
      grant_types: ['authorization_code', 'refresh_token'],
      scope: allScopes.join(' '),
    })
    const changes = { scope: 'openid offline_access', prompt: 'consent' }
    const { refreshToken = '' } = await signInTo(stage, client, changes)
    const key = newKey('second')
    publishKeys(stage, client.jwksPath, [key])
    stage.server.clock.advance(60_000)
    tokensOf(await refresh(stage, { ...client, key }, refreshToken))
    // The key that was taken away is good no more.
    assert.equal(tokenErrorOf(await refresh(stage, client, refreshToken), 401), 'invalid_client')
  },

  async 'oidcc-3rd_party-init-login'(stage: Stage): Promise<void> {
    const uri = stage.party.at(freshPath('begin'))
    const { body } = await register(stage, { initiate_login_uri: uri })
    const { registration_client_uri: address, registration_access_token: token } = body
    const read = await stage.wire.send(String(address), { headers: { authorization: `Bearer ${String(token)}` } })
    assert.equal(read.status, 200)
    assert.equal(jsonOf(read)['initiate_login_uri'], uri)
  },

  async 'oidcc-3rd_party-init-login-nohttps'(stage: Stage): Promise<void> {
    await assertRefused(stage, { initiate_login_uri: stage.party.at('/begin').replace('https:', 'http:') })
  },
}

async function subjectAt(stage: Stage, client: Parameters<typeof signInTo>[1]): Promise<string> {
  const { claims } = await signInTo(stage, client)
  return claims.sub ?? ''
}

function kidOf(jwt: string): unknown {
  const header: unknown = JSON.parse(Buffer.from(jwt.split('.')[0] ?? '', 'base64url').toString())
  return typeof header === 'object' && header !== null && 'kid' in header ? header.kid : undefined
}
