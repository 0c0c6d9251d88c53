// The issuer of the tests: metadata, keys and introspection behind a `fetch`, and tokens of every kind, good and bad.
// RFC 8414; RFC 7517; RFC 7662; RFC 9068.

import { calculateJwkThumbprint, exportJWK, generateKeyPair, type CryptoKey, type JWK, SignJWT } from 'jose'
import type { IntrospectionCredentials } from '../introspection.ts'
import { isJsonObject, type JsonObject } from '../strict-json.ts'
import type { Fetch } from '../upstream.ts'
import { type TestClock, testClock } from './clock.ts'

/**
 * What a token of a test says; everything has a default.
 * @see RFC 9068 §2.2
 * @example
 * import type { TestToken } from '@latchkey/resource-server/testing'
 * const wanted: TestToken = { subject: 'alice', scopes: ['items:read'], claims: { org_id: 'o1' } }
 */
export interface TestToken {
  /** Default `alice`. */
  readonly subject?: string
  /** Default `app`. */
  readonly clientId?: string
  /** Default none. */
  readonly scopes?: readonly string[]
  /** Default the issuer's. */
  readonly audience?: string | readonly string[]
  /** Seconds; default 300. */
  readonly lifetimeSeconds?: number
  /** More claims; undefined takes one away. */
  readonly claims?: Readonly<Record<string, unknown>>
  /** More members of the JWT's header. */
  readonly header?: Readonly<Record<string, unknown>>
}

/**
 * What the issuer of a test is called, and when it lives.
 * @example
 * import type { TestIssuerOptions } from '@latchkey/resource-server/testing'
 * const options: TestIssuerOptions = { audience: 'https://api.example', start: Date.UTC(2027, 0, 15) }
 */
export interface TestIssuerOptions {
  readonly issuer?: string
  readonly audience?: string
  /** Milliseconds since the epoch. */
  readonly start?: number
}

/**
 * An authorization server in the process.
 * @example
 * import { createTestIssuer, type TestIssuer } from '@latchkey/resource-server/testing'
 * const idp: TestIssuer = await createTestIssuer()
 * const token: string = await idp.token({ scopes: ['read'] })
 */
export interface TestIssuer {
  readonly issuer: string
  readonly audience: string
  readonly clock: TestClock
  readonly fetch: Fetch
  /** What `protect()` needs to know of it: `protect({ ...idp.options, scopes: [...] })`. */
  readonly options: {
    readonly issuer: string
    readonly audience: string
    readonly clock: TestClock
    readonly fetch: Fetch
    readonly introspection: IntrospectionCredentials
  }
  /** How often each endpoint was asked. */
  readonly requests: { metadata: number; keys: number; introspection: number }
  /** A JWT access token. */
  token(wanted?: TestToken): Promise<string>
  /** An opaque access token, for introspection. */
  opaque(wanted?: TestToken): string
  /** A JWT that has expired a minute ago. */
  expired(wanted?: TestToken): Promise<string>
  /** A JWT for another API. */
  wrongAudience(wanted?: TestToken): Promise<string>
  /** A JWT that is signed with a key that nobody publishes. */
  unknownKey(wanted?: TestToken): Promise<string>
  /** An ID token, which opens no API. */
  idToken(wanted?: TestToken): Promise<string>
  /** Makes an opaque token inactive. */
  revoke(token: string): void
  /** Signs with a new key from now on; the old one is withdrawn. */
  rotateKeys(): Promise<void>
  /** Nothing answers any more. */
  down(): void
  /** Everything answers again. */
  up(): void
}

interface SigningKey {
  readonly privateKey: CryptoKey
  readonly published: JWK
}

async function makeKey(): Promise<SigningKey> {
  const { privateKey, publicKey } = await generateKeyPair('ES256')
  const jwk = await exportJWK(publicKey)
  return { privateKey, published: { ...jwk, kid: await calculateJwkThumbprint(jwk), alg: 'ES256', use: 'sig' } }
}

/**
 * Makes an authorization server for tests, in a few milliseconds.
 * @example
 * import { protect } from '@latchkey/resource-server'
 * import { createTestIssuer } from '@latchkey/resource-server/testing'
 * const idp = await createTestIssuer()
 * const api = protect({ ...idp.options, scopes: ['read'] })
 */
export async function createTestIssuer(options: TestIssuerOptions = {}): Promise<TestIssuer> {
  const { issuer = 'https://id.test', audience = 'https://api.test', start = Date.UTC(2027, 0, 15, 12) } = options
  const clock = testClock(start)
  const active = new Map<string, JsonObject>()
  const requests = { metadata: 0, keys: 0, introspection: 0 }
  let tokenCount = 0
  let isDown = false

  const claimsOf = (wanted: TestToken): JsonObject => {
    tokenCount += 1
    return claimsFor(wanted, { issuer, audience, now: Math.floor(clock.now() / 1000), number: tokenCount })
  }
  const sign = async (wanted: TestToken, key: SigningKey): Promise<string> =>
    new SignJWT({ ...claimsOf(wanted) })
      .setProtectedHeader({ typ: 'at+jwt', kid: key.published.kid ?? '', ...wanted.header, alg: 'ES256' })
      .sign(key.privateKey)

  let current = await makeKey()
  const fetch: Fetch = async (url, init) => {
    if (isDown) throw new TypeError('The test issuer is down.')
    const { pathname } = new URL(url)
    if (pathname.endsWith('/jwks')) {
      requests.keys += 1
      return Response.json({ keys: [current.published] })
    }
    if (pathname.endsWith('/introspect')) {
      requests.introspection += 1
      return Response.json(introspect(active, clock, await new Response(init?.body ?? '').text()))
    }
    requests.metadata += 1
    return Response.json({ issuer, jwks_uri: `${issuer}/jwks`, introspection_endpoint: `${issuer}/introspect` })
  }
  const introspection = { clientId: 'api', clientSecret: 'api-secret' }
  return {
    issuer,
    audience,
    clock,
    fetch,
    requests,
    options: { issuer, audience, clock, fetch, introspection },
    token: (wanted = {}) => sign(wanted, current),
    opaque(wanted = {}) {
      const claims = claimsOf(wanted)
      const token = `opaque-${tokenCount}`
      active.set(token, claims)
      return token
    },
    expired: (wanted = {}) => sign({ ...wanted, lifetimeSeconds: -60 }, current),
    wrongAudience: (wanted = {}) => sign({ ...wanted, audience: 'https://other.test' }, current),
    unknownKey: async (wanted = {}) => sign(wanted, await makeKey()),
    idToken: (wanted = {}) =>
      sign({ audience: 'app', ...wanted, header: { typ: 'JWT' }, claims: { nonce: 'n-1', ...wanted.claims } }, current),
    revoke: (token) => void active.delete(token),
    async rotateKeys() {
      current = await makeKey()
    },
    down() {
      isDown = true
    },
    up() {
      isDown = false
    },
  }
}

interface Circumstances {
  readonly issuer: string
  readonly audience: string
  /** Seconds since the epoch. */
  readonly now: number
  readonly number: number
}

function claimsFor(wanted: TestToken, { issuer, audience, now, number }: Circumstances): JsonObject {
  const { scopes = [], lifetimeSeconds = 300 } = wanted
  const claims = {
    iss: issuer,
    sub: wanted.subject ?? 'alice',
    aud: wanted.audience ?? audience,
    client_id: wanted.clientId ?? 'app',
    iat: now,
    exp: now + lifetimeSeconds,
    jti: `token-${number}`,
    ...(scopes.length === 0 ? {} : { scope: scopes.join(' ') }),
    ...wanted.claims,
  }
  return Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== undefined))
}

function introspect(active: ReadonlyMap<string, JsonObject>, clock: TestClock, form: string): JsonObject {
  const claims = active.get(new URLSearchParams(form).get('token') ?? '')
  if (!isJsonObject(claims) || Number(claims['exp']) * 1000 <= clock.now()) return { active: false }
  return { active: true, token_type: 'Bearer', ...claims }
}
