// What the relying party does with an answer: redeems the code, checks every ID token, and asks for claims.
// OpenID Connect Core §2, §3.1.3, §3.1.3.7, §3.2.2.10, §3.2.2.11, §3.3.2.11, §5.3, §10; RFC 6749 §5.1.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { createLocalJWKSet, decodeProtectedHeader, type JWTPayload, jwtVerify } from 'jose'
import { type PartyClient, proofOf } from './clients.ts'
import { type Asked, ask, type How, type Parameters, type Response, responseOf } from './requests.ts'
import type { Stage } from './stage.ts'
import { type Answered, jsonOf } from './wire.ts'

export type Claims = Readonly<Record<string, unknown>>

export interface SignedIn {
  readonly asked: Asked
  readonly response: Response
  /** The one of the front channel if there is one, else that of the token endpoint; checked. */
  readonly idToken: string
  readonly claims: JWTPayload
  /** The one of the token endpoint if there is one; undefined for the response type `id_token`. */
  readonly accessToken: string | undefined
  readonly code: string | undefined
  readonly refreshToken: string | undefined
}

export interface Expected extends How {
  readonly algorithm?: string
  /** Claims about the person that were asked for in the ID token. */
  readonly claimsInIdToken?: readonly string[]
  readonly codeVerifier?: string
}

/** One whole sign-in, each part of it checked. */
export async function signInTo(
  stage: Stage,
  client: PartyClient,
  changes: Parameters = {},
  expected: Expected = {},
): Promise<SignedIn> {
  const asked = await ask(stage, client, changes, expected)
  const response = responseOf(stage, asked)
  assert.equal(response.members.get('error'), undefined, JSON.stringify([...response.members]))
  const parts = partsOf(stage.responseType)
  assertMembers(response, parts)
  const code = response.members.get('code')
  if (code !== undefined) assertUnguessable(code)
  const front = response.members.get('access_token')
  if (front !== undefined) assertTokenMembers(Object.fromEntries(response.members))
  const nonce = asked.sent.get('nonce')
  const common = { client, nonce, ...expected }
  const frontToken = response.members.get('id_token')
  const frontClaims =
    frontToken &&
    (await verifyIdToken(stage, frontToken, {
      ...common,
      state: asked.sent.get('state'),
      needed: { at_hash: front, c_hash: code },
    }))
  const redeemed = code === undefined ? undefined : await redeemGood(stage, client, code, expected.codeVerifier)
  const backClaims = redeemed && (await verifyIdToken(stage, redeemed.idToken, { ...common, tokens: redeemed, code }))
  if (frontClaims && backClaims) assertSamePerson(frontClaims, backClaims)
  const claims = frontClaims || backClaims
  assert.ok(claims !== undefined, 'there is an ID token')
  const idToken = frontToken ?? redeemed?.idToken ?? ''
  const accessToken = redeemed?.accessToken ?? front
  return { asked, response, idToken, claims, accessToken, code, refreshToken: redeemed?.refreshToken }
}

interface Parts {
  readonly code: boolean
  readonly token: boolean
  readonly idToken: boolean
}

function partsOf(responseType: string): Parts {
  const parts = responseType.split(' ')
  return { code: parts.includes('code'), token: parts.includes('token'), idToken: parts.includes('id_token') }
}

/** Nothing more and nothing less than the response type stands for (OpenID Connect Core §3.1.2.5, §3.2.2.5, §3.3.2.5). */
function assertMembers({ members }: Response, { code, token, idToken }: Parts): void {
  const beside = new Set(['state', 'iss', 'session_state', 'scope'])
  const wanted = [
    ...(token ? ['access_token', 'expires_in', 'token_type'] : []),
    ...(code ? ['code'] : []),
    ...(idToken ? ['id_token'] : []),
  ]
  assert.deepEqual([...members.keys()].filter((name) => !beside.has(name)).toSorted(), wanted.toSorted())
}

/** RFC 6749 §10.10: 128 bits at least, and 160 as it recommends; judged by Shannon's measure of the characters that came. */
export function assertUnguessable(text: string): void {
  assert.match(text, /^[\x21-\x7e]+$/)
  const counts = new Map<string, number>()
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1)
  const bitsEach = [...counts.values()].reduce(
    (sum, count) => sum - (count / text.length) * Math.log2(count / text.length),
    0,
  )
  assert.ok(bitsEach * text.length >= 160, `${text.length} characters could be guessed`)
}

function assertTokenMembers(members: Claims): void {
  const { access_token: token, token_type: type, expires_in: seconds } = members
  assert.ok(typeof token === 'string')
  assertUnguessable(token)
  assert.match(String(type), /^bearer$/i)
  assert.match(String(seconds), /^[1-9]\d*$/)
}

export interface Tokens {
  readonly idToken: string
  readonly accessToken: string
  readonly refreshToken: string | undefined
}

export async function redeem(
  stage: Stage,
  client: PartyClient,
  code: string,
  codeVerifier?: string,
): Promise<Answered> {
  return tokenRequest(stage, client, {
    grant_type: 'authorization_code',
    code,
    redirect_uri: client.redirectUri,
    ...(codeVerifier === undefined ? {} : { code_verifier: codeVerifier }),
  })
}

export async function refresh(stage: Stage, client: PartyClient, refreshToken: string): Promise<Answered> {
  return tokenRequest(stage, client, { grant_type: 'refresh_token', refresh_token: refreshToken })
}

/** @param audience of an assertion, where the client proves itself by one */
export async function tokenRequest(
  stage: Stage,
  client: PartyClient,
  fields: Readonly<Record<string, string>>,
  audience?: string,
): Promise<Answered> {
  const endpoint = await stage.endpoint('token_endpoint')
  const proof = await proofOf(stage, client, audience ?? endpoint)
  return stage.wire.send(endpoint, {
    headers: proof.headers,
    body: new URLSearchParams({ ...fields, ...proof.fields }),
  })
}

async function redeemGood(stage: Stage, client: PartyClient, code: string, codeVerifier?: string): Promise<Tokens> {
  return tokensOf(await redeem(stage, client, code, codeVerifier))
}

/** A good answer of the token endpoint (RFC 6749 §5.1; OpenID Connect Core §3.1.3.3). */
export function tokensOf(answered: Answered): Tokens {
  assert.equal(answered.status, 200, answered.body)
  const body = jsonOf(answered)
  assert.match(answered.headers['cache-control'] ?? '', /no-store/)
  assertTokenMembers(body)
  assert.equal(typeof body['expires_in'], 'number')
  const { access_token: accessToken, id_token: idToken, refresh_token: refreshToken } = body
  assert.ok(typeof accessToken === 'string' && typeof idToken === 'string')
  assert.ok(refreshToken === undefined || typeof refreshToken === 'string')
  return { accessToken, idToken, refreshToken }
}

/** @returns the code of the error (RFC 6749 §5.2) */
export function tokenErrorOf(answered: Answered, status = 400): unknown {
  assert.equal(answered.status, status, answered.body)
  const { error, ...others } = jsonOf(answered)
  assert.ok(!('access_token' in others) && !('id_token' in others) && !('refresh_token' in others))
  return error
}

export interface IdTokenChecks {
  readonly client: PartyClient
  readonly nonce: string | undefined
  readonly algorithm?: string
  readonly claimsInIdToken?: readonly string[]
  readonly state?: string | undefined
  /** Hashes that must be there, of these; one of nothing must not be there. */
  readonly needed?: Readonly<Record<'at_hash' | 'c_hash', string | undefined>>
  /** What came along: a hash of it may be missing, but not wrong. */
  readonly tokens?: Tokens
  readonly code?: string | undefined
}

const ownClaims = 'iss sub aud azp exp iat auth_time nonce acr amr at_hash c_hash s_hash sid jti'.split(' ')

export async function verifyIdToken(stage: Stage, idToken: string, checks: IdTokenChecks): Promise<JWTPayload> {
  const { client, nonce, algorithm = 'RS256', claimsInIdToken = [] } = checks
  const { kid, alg } = decodeProtectedHeader(idToken)
  assert.equal(alg, algorithm)
  assert.ok(typeof kid === 'string' && kid !== '', 'an ID token names its key')
  const now = stage.server.clock.now()
  const { payload } = await jwtVerify(idToken, createLocalJWKSet(await stage.jwks()), {
    issuer: stage.issuer,
    audience: client.clientId,
    algorithms: [algorithm],
    requiredClaims: ['iss', 'sub', 'aud', 'exp', 'iat'],
    maxTokenAge: 300,
    currentDate: new Date(now),
  })
  assert.deepEqual([payload.aud].flat(), [client.clientId])
  assert.match(payload.sub ?? '', /^[\x20-\x7e]{1,255}$/)
  assert.equal(payload['nonce'], nonce)
  assert.ok(payload['azp'] === undefined || payload['azp'] === client.clientId)
  assertAuthentication(payload, now)
  assertHashes(payload, algorithm, checks)
  const known = new Set([...ownClaims, ...claimsInIdToken])
  const unasked = Object.keys(payload).filter((name) => !known.has(name))
  assert.deepEqual(unasked, [], 'the ID token tells what nobody asked for')
  return payload
}

function assertAuthentication({ auth_time: authTime, acr, amr }: JWTPayload, now: number): void {
  if (authTime !== undefined) {
    assert.ok(
      Number.isInteger(authTime) && typeof authTime === 'number' && authTime * 1_000 <= now,
      'auth_time is a time that has been',
    )
  }
  assert.ok(acr === undefined || typeof acr === 'string')
  assert.ok(amr === undefined || (Array.isArray(amr) && amr.every((method) => typeof method === 'string')))
}

/** OpenID Connect Core §3.1.3.6, §3.3.2.11: the left half of the hash that belongs to the algorithm. */
function assertHashes(payload: JWTPayload, algorithm: string, { needed, tokens, code, state }: IdTokenChecks): void {
  const half = (text: string): string => {
    const digest = createHash(algorithm === 'EdDSA' ? 'sha512' : 'sha256')
      .update(text)
      .digest()
    return digest.subarray(0, digest.length / 2).toString('base64url')
  }
  if (needed !== undefined) {
    for (const [name, value] of Object.entries(needed)) {
      assert.equal(payload[name], value === undefined ? undefined : half(value), name)
    }
  }
  const beside = { at_hash: tokens?.accessToken, c_hash: code, s_hash: state }
  for (const [name, value] of Object.entries(beside)) {
    if (needed !== undefined && name in needed) continue
    if (payload[name] !== undefined && value !== undefined) assert.equal(payload[name], half(value), name)
  }
}

/** OpenID Connect Core §3.3.3.6: the two ID tokens of a hybrid flow speak of the same sign-in. */
function assertSamePerson(front: JWTPayload, back: JWTPayload): void {
  for (const name of ['iss', 'sub', 'auth_time', 'acr', 'sid']) assert.deepEqual(front[name], back[name], name)
}

export async function userinfo(stage: Stage, accessToken: string | undefined): Promise<Claims> {
  assert.ok(accessToken !== undefined, 'there is an access token')
  const answered = await stage.wire.send(await stage.endpoint('userinfo_endpoint'), {
    headers: { authorization: `Bearer ${accessToken}` },
  })
  return claimsOf(answered)
}

/** A good answer of UserInfo (OpenID Connect Core §5.3.2). */
export function claimsOf(answered: Answered): Claims {
  assert.equal(answered.status, 200, answered.body)
  const claims = jsonOf(answered)
  assert.equal(typeof claims['sub'], 'string')
  return claims
}
