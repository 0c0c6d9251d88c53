// openid-client, the library that most Node applications sign in with, against a server over HTTP with every check on.
import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import * as client from 'openid-client'
import { callback } from '../races/ground.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { Visit } from './browser.ts'
import { alice, atHash, type Identity, parties, type Party, registerParties, scope } from './parties.ts'

let server: TestServer
let identities: ReadonlyMap<Party, Identity>

before(async () => {
  server = await startTestServer()
  server.clock.set(Date.now())
  identities = await registerParties(server.context)
})
after(() => server.close())
beforeEach(() => server.clock.set(Date.now()))

async function discover(party: Party): Promise<client.Configuration> {
  const { clientId } = identityOf(party)
  const signed = {
    userinfo_signed_response_alg: party.algorithm,
    introspection_signed_response_alg: party.algorithm,
  }
  const metadata = {
    id_token_signed_response_alg: party.algorithm,
    require_auth_time: true,
    ...(party.wantsSigned ? signed : {}),
  }
  // What comes with the code from the authorization endpoint is held to FAPI's rules: c_hash and s_hash must be there.
  const hybrid = [client.useCodeIdTokenResponseType, client.enableDetachedSignatureResponseChecks]
  return client.discovery(new URL(server.issuer), clientId, metadata, proofOf(party), {
    execute: [
      client.allowInsecureRequests,
      client.enableNonRepudiationChecks,
      ...(party.responseType === 'code id_token' ? hybrid : []),
    ],
  })
}

function proofOf(party: Party): client.ClientAuth {
  const { secret, key } = identityOf(party)
  switch (party.method) {
    case 'client_secret_basic':
      return client.ClientSecretBasic(secret)
    case 'client_secret_post':
      return client.ClientSecretPost(secret)
    case 'private_key_jwt':
      assert.ok(key)
      return client.PrivateKeyJwt(key)
    case 'none':
      return client.None()
  }
}

interface SignIn {
  readonly tokens: client.TokenEndpointResponse & client.TokenEndpointResponseHelpers
  readonly claims: client.IDToken
  readonly returned: URL | Request
  readonly checks: client.AuthorizationCodeGrantChecks
}

async function signIn(
  config: client.Configuration,
  visit: Visit,
  extra: Readonly<Record<string, string>> = {},
): Promise<SignIn> {
  const pkceCodeVerifier = client.randomPKCECodeVerifier()
  const [expectedState, expectedNonce] = [client.randomState(), client.randomNonce()]
  const address = client.buildAuthorizationUrl(config, {
    redirect_uri: callback,
    scope,
    state: expectedState,
    nonce: expectedNonce,
    code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: 'S256',
    ...extra,
  })
  const returned = await visit.arrive(address)
  const checks = { pkceCodeVerifier, expectedState, expectedNonce, idTokenExpected: true, maxAge: 3_600 }
  const tokens = await client.authorizationCodeGrant(config, copyOf(returned), checks)
  const claims = tokens.claims()
  assert.ok(claims)
  return { tokens, claims, returned, checks }
}

/** A request can be read once. */
function copyOf(returned: URL | Request): URL | Request {
  return returned instanceof URL ? returned : returned.clone()
}

async function membersOf(returned: URL | Request): Promise<URLSearchParams> {
  if (returned instanceof URL)
    return new URLSearchParams(returned.hash === '' ? returned.search : returned.hash.slice(1))
  return new URLSearchParams(await returned.clone().text())
}

for (const party of parties) {
  test(`${party.name}: discovery, code with PKCE, state, nonce and iss, ID token, userinfo, refresh, revocation`, async () => {
    const config = await discover(party)
    assert.equal(config.serverMetadata().issuer, server.issuer)
    const { responseMode } = party
    const { tokens, claims, returned } = await signIn(
      config,
      new Visit(server, alice),
      responseMode === undefined ? {} : { response_mode: responseMode },
    )
    const members = await membersOf(returned)
    assert.equal(members.get('iss'), server.issuer)
    assert.equal(members.has('id_token'), party.responseType === 'code id_token')
    assert.equal(returned instanceof Request, responseMode === 'form_post')
    assert.equal(headerOf(tokens.id_token).alg, party.algorithm)
    assert.equal(claims.aud, identityOf(party).clientId)
    assert.equal(claims['at_hash'], atHash(tokens.access_token, party.algorithm))

    const facts = await client.fetchUserInfo(config, tokens.access_token, claims.sub)
    assert.deepEqual([facts.email, facts.preferred_username], ['alice@example.com', 'alice'])
    await refusedFor(client.fetchUserInfo(config, tokens.access_token, 'somebody else'), /"sub"/)

    const refreshed = await client.refreshTokenGrant(config, tokens.refresh_token ?? '')
    const again = refreshed.claims()
    assert.deepEqual(
      [again?.sub, again?.auth_time, again?.['at_hash']],
      [claims.sub, claims.auth_time, atHash(refreshed.access_token, party.algorithm)],
    )
    assert.notEqual(refreshed.refresh_token, tokens.refresh_token)

    await client.tokenRevocation(config, refreshed.refresh_token ?? '')
    await assert.rejects(client.refreshTokenGrant(config, refreshed.refresh_token ?? ''), { error: 'invalid_grant' })
    await assert.rejects(client.fetchUserInfo(config, refreshed.access_token, claims.sub))
  })
}

for (const party of parties.filter(({ method }) => method !== 'none')) {
  test(`${party.name}: client credentials and introspection`, async () => {
    const config = await discover(party)
    const own = await client.clientCredentialsGrant(config, { scope: 'read' })
    const active = await client.tokenIntrospection(config, own.access_token)
    assert.deepEqual([active.active, active.scope, active.iss], [true, 'read', server.issuer])
    await client.tokenRevocation(config, own.access_token)
    assert.deepEqual(await client.tokenIntrospection(config, own.access_token), { active: false })
  })
}

test('a person who signed in too long ago signs in again for max_age, and auth_time says so', async () => {
  const [party] = parties
  assert.ok(party)
  const config = await discover(party)
  const visit = new Visit(server, alice)
  server.clock.set(Date.now() - 600_000)
  await visit.authorize(client.buildAuthorizationUrl(config, { redirect_uri: callback, scope, ...(await challenge()) }))
  server.clock.set(Date.now())
  const { claims } = await signIn(config, visit, { max_age: '300' })
  assert.equal(visit.signIns, 2)
  assert.ok(Math.abs((claims.auth_time ?? 0) - Date.now() / 1_000) < 5)
  const silent = await signIn(config, visit, { prompt: 'none', max_age: '300' })
  assert.deepEqual([visit.signIns, silent.claims.auth_time], [2, claims.auth_time])
})

test('what an attacker may change on the way back is refused by the library or by the server', async () => {
  const [party] = parties
  assert.ok(party)
  const config = await discover(party)
  const { returned, checks } = await signIn(config, new Visit(server, alice))
  assert.ok(returned instanceof URL)
  const grant = (url: URL, changed: Partial<client.AuthorizationCodeGrantChecks> = {}) =>
    client.authorizationCodeGrant(config, url, { ...checks, ...changed })
  await assert.rejects(grant(returned), { error: 'invalid_grant' }, 'the code was spent')
  const mixedUp = new URL(returned)
  mixedUp.searchParams.set('iss', 'https://evil.example')
  await refusedFor(grant(mixedUp), /"iss"/)
  const withoutIssuer = new URL(returned)
  withoutIssuer.searchParams.delete('iss')
  await refusedFor(grant(withoutIssuer), /"iss"/)
  await refusedFor(grant(returned, { expectedState: 'another' }), /"state"/)
})

async function challenge(): Promise<Readonly<Record<string, string>>> {
  const verifier = client.randomPKCECodeVerifier()
  return { code_challenge: await client.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256' }
}

/** The library says in the cause which check failed. */
async function refusedFor(attempt: Promise<unknown>, why: RegExp): Promise<void> {
  await assert.rejects(attempt, (error: unknown) => {
    assert.ok(error instanceof Error && error.cause instanceof Error)
    assert.match(error.cause.message, why)
    return true
  })
}

function identityOf(party: Party): Identity {
  const identity = identities.get(party)
  if (identity === undefined) throw new Error(`There is no client for ${party.name}.`)
  return identity
}

function headerOf(idToken: string | undefined): { readonly alg: string } {
  return JSON.parse(Buffer.from(idToken?.split('.')[0] ?? '', 'base64url').toString()) as { alg: string }
}
