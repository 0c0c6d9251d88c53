// The authorization server of the tests: in the process, without a port, with real keys and real signatures. It signs in
// and allows whoever the test says. RFC 6749 §4.1, §6; RFC 7636 §4.6; RFC 9207; OpenID Connect Core §3.1.

import { encodeBase64url } from '@latchkey/protocol'
import { halfHashFor } from '../id-token.ts'
import type { JsonObject } from '../json.ts'
import type { Fetch } from '../options.ts'
import { randomId } from '../platform/crypto/index.ts'
import { type Bending, present } from './bending.ts'
import { type TestClock, testClock } from './clock.ts'
import { makeSigningKey, type SigningKey, signWith } from './signing-key.ts'

/**
 * A person of a test; everything has a default.
 * @example
 * import type { TestPerson } from '@latchkey/client/testing'
 * const bob: TestPerson = { subject: '8', username: 'bob', email: 'bob@id.example', emailVerified: true }
 */
export interface TestPerson {
  /** Default `7`. */
  readonly subject?: string
  /** Default `alice`. */
  readonly username?: string
  readonly email?: string
  readonly emailVerified?: boolean
  /** The session at the server; default `session-<subject>`. */
  readonly sid?: string
  /** More claims; undefined takes one away. */
  readonly claims?: JsonObject
}

/**
 * What the issuer of a test is called, and when it lives.
 * @example
 * import type { TestIssuerOptions } from '@latchkey/client/testing'
 * const options: TestIssuerOptions = { issuer: 'https://id.example', start: Date.UTC(2027, 0, 15) }
 */
export interface TestIssuerOptions {
  readonly issuer?: string
  readonly clientId?: string
  /** Milliseconds since the epoch. */
  readonly start?: number
  /** Default `ES256`. */
  readonly algorithm?: string
  /** How long access tokens live. Default 300. */
  readonly accessTokenSeconds?: number
}

/**
 * A logout token of a test; everything has a default.
 * @see OpenID Connect Back-Channel Logout §2.4
 * @example
 * import type { TestLogout } from '@latchkey/client/testing'
 * const wanted: TestLogout = { person: { subject: '7' }, claims: { nonce: 'prohibited' } }
 */
export interface TestLogout {
  readonly person?: TestPerson
  /** Claims in place of the right ones; undefined takes one away. */
  readonly claims?: JsonObject
  readonly header?: JsonObject
  /** Changes the signed token, as text. */
  readonly signed?: (token: string) => string
}

/**
 * An authorization server in the process.
 * @example
 * import { login } from '@latchkey/client'
 * import { createTestIssuer, type TestIssuer } from '@latchkey/client/testing'
 * const idp: TestIssuer = await createTestIssuer()
 * const auth = login({ ...idp.options, baseUrl: 'https://app.test' })
 */
export interface TestIssuer {
  readonly issuer: string
  readonly clock: TestClock
  readonly fetch: Fetch
  /** What `login()` needs to know of it. */
  readonly options: {
    readonly issuer: string
    readonly clientId: string
    readonly clientSecret: string
    readonly secret: string
    readonly clock: TestClock
    readonly fetch: Fetch
  }
  /** How often each path was asked. */
  readonly requests: ReadonlyMap<string, number>
  /** What it sends wrongly from now on; replace it to change that. */
  bending: Bending
  /** A person signs in and allows. @param url where the app sent the browser @returns where the browser is sent back */
  authorize(url: string, person?: TestPerson): string
  /** A person cancels. */
  deny(url: string, error?: string): string
  /** A logout token for the app. */
  logoutToken(wanted?: TestLogout): Promise<string>
  /** Ends what the person has granted: refresh tokens work no more. */
  endSession(person?: TestPerson): void
  /** Signs with a new key from now on; the old one is withdrawn. */
  rotateKeys(): Promise<void>
  /** Nothing answers any more. */
  down(): void
  /** Everything answers again. */
  up(): void
  /** The next answer of the token endpoint is lost on its way. */
  dropReply(): void
}

interface Grant {
  readonly person: TestPerson
  readonly nonce: string | null
  readonly challenge: string | null
  readonly redirectUri: string
  readonly authenticatedAt: number
  readonly scope: string
  /** The refresh token that is good now, and the one before it. */
  current: string
  before: string | undefined
  isEnded: boolean
}

/**
 * Makes an authorization server for tests, in a few milliseconds.
 * @example
 * import { createTestIssuer } from '@latchkey/client/testing'
 * const idp = await createTestIssuer()
 * idp.bending = { idToken: (claims) => ({ ...claims, aud: 'somebody else' }) }
 */
export async function createTestIssuer(options: TestIssuerOptions = {}): Promise<TestIssuer> {
  const server = new IssuerOfTest(options, await makeSigningKey(options.algorithm ?? 'ES256'))
  return server
}

class IssuerOfTest implements TestIssuer {
  readonly issuer: string
  readonly clock: TestClock
  readonly fetch: Fetch
  readonly options: TestIssuer['options']
  readonly requests = new Map<string, number>()
  bending: Bending = {}
  readonly #codes = new Map<string, Grant>()
  readonly #grants: Grant[] = []
  readonly #accessTokens = new Map<string, Grant>()
  readonly #accessTokenSeconds: number
  #key: SigningKey
  #isDown = false
  #dropsReply = false

  constructor(options: TestIssuerOptions, key: SigningKey) {
    const { issuer = 'https://id.test', clientId = 'app', start = Date.UTC(2027, 0, 15, 12) } = options
    this.issuer = issuer
    this.clock = testClock(start)
    this.#key = key
    this.#accessTokenSeconds = options.accessTokenSeconds ?? 300
    this.fetch = (url, init) => this.#answer(new URL(url), init)
    this.options = {
      issuer,
      clientId,
      clientSecret: `secret of ${clientId}`,
      secret: 'the secret of a test, which nobody keeps',
      clock: this.clock,
      fetch: this.fetch,
    }
  }

  authorize(url: string, person: TestPerson = {}): string {
    const query = new URL(url).searchParams
    const code = randomId()
    const grant: Grant = {
      person,
      nonce: query.get('nonce'),
      challenge: query.get('code_challenge'),
      redirectUri: query.get('redirect_uri') ?? '',
      scope: query.get('scope') ?? '',
      authenticatedAt: this.#seconds(),
      current: '',
      before: undefined,
      isEnded: false,
    }
    this.#codes.set(code, grant)
    this.#grants.push(grant)
    return this.#back(query, { code })
  }

  deny(url: string, error = 'access_denied'): string {
    return this.#back(new URL(url).searchParams, { error, error_description: 'The person refused.' })
  }

  async logoutToken({ person = {}, claims = {}, header = {}, signed }: TestLogout = {}): Promise<string> {
    const { subject = '7', sid = `session-${subject}` } = person
    const now = this.#seconds()
    const right = {
      iss: this.issuer,
      aud: this.options.clientId,
      iat: now,
      exp: now + 120,
      jti: randomId(),
      sub: subject,
      sid,
      events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
    }
    const token = await signWith(this.#key, present({ ...right, ...claims }), { typ: 'logout+jwt', ...header })
    return signed === undefined ? token : signed(token)
  }

  endSession({ subject = '7' }: TestPerson = {}): void {
    for (const grant of this.#grants) if ((grant.person.subject ?? '7') === subject) grant.isEnded = true
  }

  async rotateKeys(): Promise<void> {
    this.#key = await makeSigningKey(this.#key.algorithm)
  }

  down(): void {
    this.#isDown = true
  }

  up(): void {
    this.#isDown = false
  }

  dropReply(): void {
    this.#dropsReply = true
  }

  #seconds(): number {
    return Math.floor(this.clock.now() / 1000)
  }

  #back(query: URLSearchParams, parameters: Readonly<Record<string, string>>): string {
    const url = new URL(query.get('redirect_uri') ?? '')
    const sent = { ...parameters, iss: this.issuer, state: query.get('state') ?? '' }
    for (const [name, value] of Object.entries(sent)) url.searchParams.set(name, value)
    return (this.bending.callback?.(url) ?? url).href
  }

  async #answer(url: URL, init: RequestInit = {}): Promise<Response> {
    if (this.#isDown) throw new TypeError('The test issuer is down.')
    const path = url.pathname.slice(new URL(this.issuer).pathname.replace(/\/$/, '').length)
    this.requests.set(path, (this.requests.get(path) ?? 0) + 1)
    const request = new Request(url, init)
    const form = new URLSearchParams(init.method === 'POST' ? await request.clone().text() : '')
    const bent = await this.bending.answer?.(path, form)
    return bent ?? this.#route(path, request, form)
  }

  async #route(path: string, request: Request, form: URLSearchParams): Promise<Response> {
    switch (path) {
      case '/.well-known/openid-configuration':
        return Response.json(this.bending.metadata?.(this.#metadata()) ?? this.#metadata())
      case '/jwks': {
        const keys = [{ ...this.#key.published }]
        return Response.json({ keys: this.bending.keys?.(keys) ?? keys })
      }
      case '/token':
        return this.#token(request, form)
      case '/userinfo':
        return this.#userinfo(request)
      case '/revoke':
        return new Response(null, { status: 200 })
      default:
        return new Response('Not found', { status: 404 })
    }
  }

  #metadata(): JsonObject {
    const { issuer } = this
    return {
      issuer,
      authorization_endpoint: `${issuer}/authorize`,
      token_endpoint: `${issuer}/token`,
      userinfo_endpoint: `${issuer}/userinfo`,
      jwks_uri: `${issuer}/jwks`,
      revocation_endpoint: `${issuer}/revoke`,
      end_session_endpoint: `${issuer}/logout`,
      id_token_signing_alg_values_supported: [this.#key.algorithm],
      authorization_response_iss_parameter_supported: true,
    }
  }

  async #token(request: Request, form: URLSearchParams): Promise<Response> {
    const { clientId, clientSecret } = this.options
    const expected = `Basic ${btoa(`${encodeURIComponent(clientId)}:${clientSecret.replaceAll(' ', '+')}`)}`
    if (request.headers.get('authorization') !== expected) return refusal('invalid_client', 401)
    const grant = form.get('grant_type') === 'refresh_token' ? this.#refreshed(form) : await this.#redeemed(form)
    if (grant === undefined || grant.isEnded) return refusal('invalid_grant', 400)
    const answer = await this.#tokensOf(grant)
    if (this.#dropsReply) {
      this.#dropsReply = false
      throw new TypeError('The connection was lost.')
    }
    return Response.json(this.bending.tokens?.(answer) ?? answer)
  }

  async #redeemed(form: URLSearchParams): Promise<Grant | undefined> {
    const code = form.get('code') ?? ''
    const grant = this.#codes.get(code)
    if (grant === undefined || grant.redirectUri !== form.get('redirect_uri')) return undefined
    // A code that is used twice ends its grant (RFC 6749 §4.1.2).
    if (grant.current !== '') {
      grant.isEnded = true
      return undefined
    }
    const verifier = new TextEncoder().encode(form.get('code_verifier') ?? '')
    const challenge = encodeBase64url(new Uint8Array(await crypto.subtle.digest('SHA-256', verifier)))
    if (challenge !== grant.challenge) return undefined
    grant.current = randomId()
    return grant
  }

  /** A retry of the token before gives the same successor; anything older ends the grant (RFC 9700 §4.14.2). */
  #refreshed(form: URLSearchParams): Grant | undefined {
    const token = form.get('refresh_token')
    const grant = this.#grants.find(({ current, before }) => token === current || token === before)
    if (grant === undefined) return undefined
    if (token === grant.current) {
      grant.before = grant.current
      grant.current = randomId()
    }
    return grant
  }

  async #tokensOf(grant: Grant): Promise<JsonObject> {
    const access = randomId()
    this.#accessTokens.set(access, grant)
    const idToken = grant.scope.split(' ').includes('openid') ? { id_token: await this.#idToken(grant, access) } : {}
    return {
      access_token: access,
      token_type: 'Bearer',
      expires_in: this.#accessTokenSeconds,
      refresh_token: grant.current,
      scope: grant.scope,
      ...idToken,
    }
  }

  async #idToken(grant: Grant, access: string): Promise<string> {
    const now = this.#seconds()
    const { subject = '7', sid = `session-${subject}` } = grant.person
    const right = present({
      iss: this.issuer,
      sub: subject,
      sid,
      aud: this.options.clientId,
      exp: now + 300,
      iat: now,
      auth_time: grant.authenticatedAt,
      nonce: grant.nonce ?? undefined,
      at_hash: await halfHashFor(this.#key.algorithm, access),
    })
    const claims = present(this.bending.idToken?.(right) ?? right)
    const token = await signWith(this.#key, claims, this.bending.idTokenHeader ?? {})
    return (await this.bending.signedIdToken?.(token)) ?? token
  }

  async #userinfo(request: Request): Promise<Response> {
    const token = request.headers.get('authorization')?.replace(/^Bearer /, '') ?? ''
    const grant = this.#accessTokens.get(token)
    if (grant === undefined || grant.isEnded) return refusal('invalid_token', 401)
    const { subject = '7', username = 'alice', email, emailVerified = false, claims = {} } = grant.person
    const verified = email === undefined ? {} : { email, email_verified: emailVerified }
    const right = present({ sub: subject, preferred_username: username, ...verified, ...claims })
    const sent = present(this.bending.userinfo?.(right) ?? right)
    if (this.bending.signsUserinfo !== true) return Response.json(sent)
    const signed = await signWith(this.#key, { iss: this.issuer, aud: this.options.clientId, ...sent }, {})
    return new Response(signed, { headers: { 'content-type': 'application/jwt' } })
  }
}

function refusal(error: string, status: number): Response {
  return Response.json({ error }, { status, headers: { 'latchkey-incident': `incident-${error}` } })
}
