// The relying party's clients: set up by the operator, or registered by the relying party itself over HTTPS; and how each proves
// itself at the token endpoint (OpenID Connect Core §9).
import assert from 'node:assert/strict'
import { generateKeyPairSync, type KeyObject, randomUUID } from 'node:crypto'
import { type JWK, SignJWT } from 'jose'
import { systemRandom } from '../../packages/authorization-server/src/platform/crypto/index.ts'
import {
  type ClientMetadata,
  type ClientSettings,
  defaultClientSettings,
  generateSecret,
  insertClient,
  insertSecret,
  plainMetadata,
} from '../../packages/authorization-server/src/records/clients/index.ts'
import type { Ground } from './ground.ts'
import { type Answered, jsonOf } from './wire.ts'

export interface PartyClient {
  readonly clientId: string
  readonly redirectUri: string
  readonly authentication: 'client_secret_basic' | 'client_secret_post' | 'private_key_jwt'
  readonly secret?: string
  /** What it signs with now; its public part is at its jwks_uri. */
  readonly key?: ClientKey
}

export interface ClientKey {
  readonly kid: string
  readonly privateKey: KeyObject
  readonly jwk: JWK
}

export const allScopes: readonly string[] = ['openid', 'profile', 'email', 'address', 'phone', 'offline_access']

let made = 0

/** An address of the relying party that no other client has. */
export function freshPath(name: string): string {
  made += 1
  return `/${name}/${made}`
}

export interface StaticClient extends Partial<Omit<ClientSettings, 'metadata'>> {
  readonly metadata?: Partial<ClientMetadata>
}

/** As an operator sets it up: PKCE is not asked of it, the person is asked for consent. */
export async function addStaticClient(
  { server: { context, clock }, party }: Ground,
  { metadata, ...changes }: StaticClient = {},
): Promise<PartyClient> {
  const path = freshPath('cb')
  const clientId = `static-${made}`
  const [redirectUri = ''] = changes.redirectUris ?? [party.at(path)]
  const settings: ClientSettings = {
    ...defaultClientSettings({ clientId, name: `Application ${made}`, isConfidential: true }),
    authenticationMethod: 'client_secret_basic',
    redirectUris: [redirectUri],
    scopes: allScopes,
    pkce: 'optional',
    ...changes,
    metadata: { ...plainMetadata, ...metadata },
  }
  const { secret, stored } = generateSecret(systemRandom)
  const now = clock.now()
  const { won } = await context.database.commit([insertClient(settings, now), insertSecret(clientId, stored, now)])
  assert.ok(won, 'the client is stored')
  context.clients.forget()
  const authentication =
    settings.authenticationMethod === 'client_secret_post' ? 'client_secret_post' : 'client_secret_basic'
  return { clientId, redirectUri, authentication, secret }
}

export type Members = Readonly<Record<string, unknown>>

/** A registration request as it came back (OpenID Connect Dynamic Client Registration §3). */
export async function askToRegister(ground: Ground, members: Members): Promise<Answered> {
  return ground.wire.send(await ground.endpoint('registration_endpoint'), {
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(members),
  })
}

/** Registers, which must succeed; says back all that was sent. */
export async function register(ground: Ground, members: Members = {}): Promise<{ client: PartyClient; body: Members }> {
  const redirectUri = ground.party.at(freshPath('cb'))
  const sent = { client_name: `Application ${made}`, redirect_uris: [redirectUri], ...members }
  const answered = await askToRegister(ground, sent)
  assert.equal(answered.status, 201, answered.body)
  assert.match(answered.headers['cache-control'] ?? '', /no-store/)
  const body = jsonOf(answered)
  for (const [member, value] of Object.entries(sent)) assert.deepEqual(body[member], value, member)
  const { client_id: clientId, client_secret: secret, token_endpoint_auth_method: method } = body
  assert.ok(typeof clientId === 'string')
  const [first] = sent.redirect_uris
  const common = { clientId, redirectUri: first ?? '' }
  if (method === 'private_key_jwt') {
    assert.equal(secret, undefined)
    return { client: { ...common, authentication: method }, body }
  }
  assert.ok(typeof secret === 'string' && (method === 'client_secret_basic' || method === 'client_secret_post'))
  assert.equal(body['client_secret_expires_at'], 0)
  return { client: { ...common, authentication: method, secret }, body }
}

/** A key that nobody else has. */
export function newKey(kid: string): ClientKey {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 })
  const { kty = '', n = '', e = '' } = publicKey.export({ format: 'jwk' })
  return { kid, privateKey, jwk: { kty, n, e, kid, use: 'sig', alg: 'RS256' } }
}

let usual: ClientKey | undefined

export interface KeyedClient extends PartyClient {
  readonly key: ClientKey
  readonly jwksPath: string
}

/** Registers a client of the dynamic profile: private_key_jwt, with keys at its own address. */
export async function registerKeyed(ground: Ground, members: Members = {}): Promise<KeyedClient> {
  const jwksPath = freshPath('jwks')
  const key = (usual ??= newKey('first'))
  publishKeys(ground, jwksPath, [key])
  const { client } = await register(ground, {
    token_endpoint_auth_method: 'private_key_jwt',
    jwks_uri: ground.party.at(jwksPath),
    ...members,
  })
  return { ...client, key, jwksPath }
}

export function publishKeys({ party }: Ground, path: string, keys: readonly ClientKey[]): void {
  party.say(path, JSON.stringify({ keys: keys.map(({ jwk }) => jwk) }))
}

export interface Proof {
  readonly headers: Readonly<Record<string, string>>
  readonly fields: Readonly<Record<string, string>>
}

/** @param audience of an assertion */
export async function proofOf(ground: Ground, client: PartyClient, audience: string): Promise<Proof> {
  const { clientId, secret = '', authentication } = client
  if (authentication === 'client_secret_post') {
    return { headers: {}, fields: { client_id: clientId, client_secret: secret } }
  }
  if (authentication === 'client_secret_basic') {
    const pair = `${encodeURIComponent(clientId)}:${encodeURIComponent(secret)}`
    return { headers: { authorization: `Basic ${Buffer.from(pair).toString('base64')}` }, fields: {} }
  }
  return {
    headers: {},
    fields: {
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: await assertionOf(ground, client, audience),
    },
  }
}

/** OpenID Connect Core §9 (private_key_jwt). */
async function assertionOf({ server }: Ground, { clientId, key }: PartyClient, audience: string): Promise<string> {
  assert.ok(key !== undefined, 'the client has a key')
  const now = Math.floor(server.clock.now() / 1_000)
  return new SignJWT({ jti: randomUUID() })
    .setProtectedHeader({ alg: 'RS256', kid: key.kid })
    .setIssuer(clientId)
    .setSubject(clientId)
    .setAudience(audience)
    .setIssuedAt(now)
    .setExpirationTime(now + 60)
    .sign(key.privateKey)
}
