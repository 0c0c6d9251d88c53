// oauth4webapi, the certified core that our own SDKs stand on, against a server over HTTP with every check on.
import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import * as oauth from 'oauth4webapi'
import { callback } from '../races/ground.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { Visit } from './browser.ts'
import { alice, atHash, type Identity, parties, type Party, registerParties, scope } from './parties.ts'

const insecure = { [oauth.allowInsecureRequests]: true }

let server: TestServer
let identities: ReadonlyMap<Party, Identity>
let as: oauth.AuthorizationServer

before(async () => {
  server = await startTestServer()
  server.clock.set(Date.now())
  identities = await registerParties(server.context)
  const issuer = new URL(server.issuer)
  as = await oauth.processDiscoveryResponse(
    issuer,
    await oauth.discoveryRequest(issuer, { ...insecure, algorithm: 'oidc' }),
  )
})
after(() => server.close())
beforeEach(() => server.clock.set(Date.now()))

const plainParties = parties.filter(
  ({ responseType, responseMode, wantsSigned }) => responseType === 'code' && !responseMode && !wantsSigned,
)

interface Side {
  readonly client: oauth.Client
  readonly proof: oauth.ClientAuth
}

function sideOf(party: Party): Side {
  const { clientId = '', secret = '', key } = identities.get(party) ?? {}
  const client = { client_id: clientId, id_token_signed_response_alg: party.algorithm, require_auth_time: true }
  switch (party.method) {
    case 'client_secret_basic':
      return { client, proof: oauth.ClientSecretBasic(secret) }
    case 'client_secret_post':
      return { client, proof: oauth.ClientSecretPost(secret) }
    case 'private_key_jwt':
      assert.ok(key)
      return { client, proof: oauth.PrivateKeyJwt(key) }
    case 'none':
      return { client, proof: oauth.None() }
  }
}

test('both kinds of discovery give one document (RFC 8414 §3, OpenID Connect Discovery §4)', async () => {
  const issuer = new URL(server.issuer)
  const response = await oauth.discoveryRequest(issuer, { ...insecure, algorithm: 'oauth2' })
  assert.deepEqual(await oauth.processDiscoveryResponse(issuer, response), as)
  await assert.rejects(
    oauth
      .discoveryRequest(issuer, { ...insecure, algorithm: 'oidc' })
      .then((other) => oauth.processDiscoveryResponse(new URL(server.url), other)),
  )
})

async function authorizationUrl(clientId: string, sent: Readonly<Record<string, string>>): Promise<URL> {
  const url = new URL(as.authorization_endpoint ?? '')
  url.search = new URLSearchParams({
    client_id: clientId,
    redirect_uri: callback,
    response_type: 'code',
    scope,
    ...sent,
  }).toString()
  return url
}

for (const party of plainParties) {
  test(`${party.name}: code with PKCE, state, nonce and iss, ID token with its signature, userinfo, refresh, revocation`, async () => {
    const { client, proof } = sideOf(party)
    const [verifier, state, nonce] = [
      oauth.generateRandomCodeVerifier(),
      oauth.generateRandomState(),
      oauth.generateRandomNonce(),
    ]
    const challenge = await oauth.calculatePKCECodeChallenge(verifier)
    const url = await authorizationUrl(client.client_id, {
      state,
      nonce,
      code_challenge: challenge,
      code_challenge_method: 'S256',
      max_age: '600',
    })
    const returned = await new Visit(server, alice).authorize(url)
    const parameters = oauth.validateAuthResponse(as, client, returned, state)
    assert.throws(() => oauth.validateAuthResponse(as, client, returned, 'another state'))

    const response = await oauth.authorizationCodeGrantRequest(
      as,
      client,
      proof,
      parameters,
      callback,
      verifier,
      insecure,
    )
    const tokens = await oauth.processAuthorizationCodeResponse(as, client, response, {
      expectedNonce: nonce,
      maxAge: 600,
      requireIdToken: true,
    })
    await oauth.validateApplicationLevelSignature(as, response, insecure)
    const claims = oauth.getValidatedIdTokenClaims(tokens)
    assert.ok(claims)
    assert.deepEqual([claims.iss, claims.aud, claims.nonce], [server.issuer, client.client_id, nonce])
    assert.equal(claims['at_hash'], atHash(tokens.access_token, party.algorithm))
    assert.deepEqual([tokens.token_type, tokens.scope, tokens.expires_in], ['bearer', scope, 3_600])

    const facts = await oauth.userInfoRequest(as, client, tokens.access_token, insecure)
    const person = await oauth.processUserInfoResponse(as, client, claims.sub, facts)
    assert.equal(person.email, 'alice@example.com')
    const facts2 = await oauth.userInfoRequest(as, client, tokens.access_token, insecure)
    await assert.rejects(oauth.processUserInfoResponse(as, client, 'somebody else', facts2))

    const again = await oauth.refreshTokenGrantRequest(as, client, proof, tokens.refresh_token ?? '', insecure)
    const refreshed = await oauth.processRefreshTokenResponse(as, client, again)
    await oauth.validateApplicationLevelSignature(as, again, insecure)
    assert.equal(oauth.getValidatedIdTokenClaims(refreshed)?.sub, claims.sub)

    await oauth.processRevocationResponse(
      await oauth.revocationRequest(as, client, proof, refreshed.access_token, insecure),
    )
    const late = await oauth.refreshTokenGrantRequest(as, client, proof, refreshed.refresh_token ?? '', insecure)
    await assert.rejects(oauth.processRefreshTokenResponse(as, client, late), { error: 'invalid_grant' })
    const challenged = await oauth.userInfoRequest(as, client, refreshed.access_token, insecure)
    await assert.rejects(oauth.processUserInfoResponse(as, client, claims.sub, challenged), (error: unknown) => {
      assert.ok(error instanceof oauth.WWWAuthenticateChallengeError)
      assert.equal(error.cause[0]?.parameters.error, 'invalid_token')
      return true
    })
  })
}

for (const party of plainParties.filter(({ method }) => method !== 'none')) {
  test(`${party.name}: client credentials, introspection, and refusals in the library's terms`, async () => {
    const { client, proof } = sideOf(party)
    const granted = await oauth.clientCredentialsGrantRequest(as, client, proof, { scope: 'read write' }, insecure)
    const own = await oauth.processClientCredentialsResponse(as, client, granted)
    const asked = await oauth.introspectionRequest(as, client, proof, own.access_token, insecure)
    const facts = await oauth.processIntrospectionResponse(as, client, asked)
    assert.deepEqual(
      [facts.active, facts.client_id, facts.scope, facts.token_type],
      [true, client.client_id, 'read write', 'Bearer'],
    )
    const wrong = party.method === 'client_secret_basic' ? oauth.ClientSecretBasic('x') : oauth.ClientSecretPost('x')
    const refused = await oauth.clientCredentialsGrantRequest(as, client, wrong, { scope: 'read' }, insecure)
    await assert.rejects(oauth.processClientCredentialsResponse(as, client, refused))
    assert.equal(refused.status, 401)
    const tooMuch = await oauth.clientCredentialsGrantRequest(as, client, proof, { scope: 'admin' }, insecure)
    await assert.rejects(oauth.processClientCredentialsResponse(as, client, tooMuch), { error: 'invalid_scope' })
  })
}

test('an error travels to the client with its state and iss, and the library takes it as one (RFC 9207 §2)', async () => {
  const [party] = parties
  assert.ok(party)
  const { client } = sideOf(party)
  const url = await authorizationUrl(client.client_id, {
    state: 's',
    prompt: 'none',
    code_challenge: 'x'.repeat(43),
    code_challenge_method: 'S256',
  })
  const returned = await new Visit(server, alice).authorize(url)
  assert.throws(() => oauth.validateAuthResponse(as, client, returned, 's'), { error: 'login_required' })
  assert.equal(returned.searchParams.get('iss'), server.issuer)
})
