// The line to one authorization server: its metadata, its keys, and requests whose failures have named causes.
// OpenID Connect Discovery §4; RFC 8414 §3. Old metadata is kept while new cannot be had.

import {
  allowInsecureRequests,
  type AuthorizationServer,
  type Client,
  type ClientAuth,
  ClientSecretBasic,
  ClientSecretPost,
  clockSkew,
  clockTolerance,
  customFetch,
  discoveryRequest,
  JSON_ATTRIBUTE_COMPARISON,
  None,
  OperationProcessingError,
  processDiscoveryResponse,
} from 'oauth4webapi'
import { LoginFailure } from './causes.ts'
import { createKeySet, type KeySet } from './key-set.ts'
import type { Fetch } from './options.ts'
import { type Clock, type Instant, systemClock } from './platform/time/index.ts'
import { isOpenId, type Provider } from './provider.ts'

interface SentByLibrary {
  readonly body?: URLSearchParams | string | undefined
  readonly headers: Record<string, string>
  readonly method: string
  readonly redirect: 'manual'
  readonly signal?: AbortSignal
}

/** What is seen of the answers of one task. */
export interface Seen {
  /** The `Latchkey-Incident` of the latest refusal. */
  incident: string | undefined
  /** The server's clock by its `Date` header. */
  date: Instant | undefined
}

/** What oauth4webapi needs for each request. */
export interface RequestOptions {
  readonly [allowInsecureRequests]: boolean
  readonly [customFetch]: (url: string, init: SentByLibrary) => Promise<Response>
}

/** An authorization server, as this app knows it. */
export interface Server {
  readonly provider: Provider
  readonly client: Client
  readonly keys: KeySet
  /** @throws LoginFailure `server-unreachable`, `server-broken` or `wrong-issuer` */
  metadata(): Promise<AuthorizationServer>
  /** How this app proves itself at the token endpoint. */
  authentication(metadata: AuthorizationServer): ClientAuth
  /** Does requests; what goes wrong on the way is a failure with its cause and the server's incident. */
  ask<Result>(task: (options: RequestOptions, seen: Seen) => Promise<Result>): Promise<Result>
}

/** What the lines to all servers share. */
export interface Line {
  readonly fetch: Fetch
  readonly clock: Clock
  readonly timeoutMs: number
  readonly toleranceSeconds: number
}

const FRESH_MS = 600_000

/** Makes the line to a server. Nothing is asked before the first sign-in. */
export function createServer(provider: Provider, line: Line): Server {
  const isInsecure = urlsOf(provider).some((url) => url.startsWith('http:'))
  const ask = <Result>(task: (options: RequestOptions, seen: Seen) => Promise<Result>): Promise<Result> =>
    asked(line, isInsecure, task)
  return {
    provider,
    client: {
      client_id: provider.clientId,
      [clockTolerance]: line.toleranceSeconds,
      // oauth4webapi reads the machine's clock; this is how it is told of ours.
      get [clockSkew]() {
        return Math.round((line.clock.now() - systemClock.now()) / 1000)
      },
    },
    keys: createKeySet(line.clock, async (url) => ask(async (options) => fetchKeys(url, options))),
    metadata: isOpenId(provider) ? createDiscovery(provider.issuer, line.clock, ask) : knownMetadata(provider),
    authentication: (metadata) => authenticationOf(provider, metadata),
    ask,
  }
}

type Ask = Server['ask']

/** Where the settings allow plain HTTP, the rest of that server may have it as well; elsewhere nothing may. */
function urlsOf(provider: Provider): readonly string[] {
  return isOpenId(provider) ? [provider.issuer] : Object.values(provider.endpoints)
}

function createDiscovery(issuer: string, clock: Clock, ask: Ask): () => Promise<AuthorizationServer> {
  let known: AuthorizationServer | undefined
  let askedAt: Instant = Number.NEGATIVE_INFINITY
  let underWay: Promise<AuthorizationServer> | undefined
  async function renew(): Promise<AuthorizationServer> {
    try {
      known = await ask((options) => discover(issuer, options))
      askedAt = clock.now()
      return known
    } catch (error) {
      // A server that does not answer at the moment is still where it was; one that contradicts itself is not.
      const isAway = error instanceof LoginFailure && error.reason === 'server-unreachable'
      if (known === undefined || !isAway) throw error
      return known
    } finally {
      underWay = undefined
    }
  }
  return () => {
    if (known !== undefined && clock.now() - askedAt < FRESH_MS) return Promise.resolve(known)
    underWay ??= renew()
    return underWay
  }
}

async function discover(issuer: string, options: RequestOptions): Promise<AuthorizationServer> {
  const url = new URL(issuer)
  const openId = await discoveryRequest(url, { ...options, algorithm: 'oidc' })
  const found = openId.status === 200 ? openId : await discoveryRequest(url, { ...options, algorithm: 'oauth2' })
  const metadata = await processDiscoveryResponse(url, found)
  // The library compares URLs; RFC 8414 §3.3 compares texts, and a server is what it calls itself.
  if (metadata.issuer !== issuer && metadata.issuer !== rootVariant(issuer)) {
    throw new LoginFailure('wrong-issuer', { detail: `configured ${issuer}, metadata ${metadata.issuer}` })
  }
  return metadata
}

/** The same issuer as some servers spell it: an origin with and without its slash. */
export function rootVariant(issuer: string): string {
  const { href, origin, pathname } = new URL(issuer)
  if (pathname !== '/') return issuer
  return issuer === origin ? href : origin
}

function knownMetadata(provider: Provider): () => Promise<AuthorizationServer> {
  if (isOpenId(provider)) throw new TypeError('The metadata of an OpenID provider is discovered.')
  const { authorization, token, revocation } = provider.endpoints
  const metadata: AuthorizationServer = {
    issuer: provider.issuer ?? new URL(authorization).origin,
    authorization_endpoint: authorization,
    token_endpoint: token,
    ...(revocation === undefined ? {} : { revocation_endpoint: revocation }),
    authorization_response_iss_parameter_supported: provider.issuer !== undefined,
  }
  return () => Promise.resolve(metadata)
}

function authenticationOf(provider: Provider, metadata: AuthorizationServer): ClientAuth {
  const { clientSecret, clientAuthentication } = provider
  if (clientSecret === undefined) return None()
  const methods = metadata.token_endpoint_auth_methods_supported ?? ['client_secret_basic']
  const isPost = !methods.includes('client_secret_basic') && methods.includes('client_secret_post')
  const method = clientAuthentication ?? (isPost ? 'post' : 'basic')
  return method === 'post' ? ClientSecretPost(clientSecret) : ClientSecretBasic(clientSecret)
}

async function asked<Result>(
  { fetch, timeoutMs }: Line,
  isInsecure: boolean,
  task: (options: RequestOptions, seen: Seen) => Promise<Result>,
): Promise<Result> {
  const seen: Seen = { incident: undefined, date: undefined }
  const send: RequestOptions[typeof customFetch] = async (url, { body, ...init }) => {
    const response = await sent(fetch, url, body === undefined ? init : { ...init, body }, timeoutMs)
    const incident = response.headers.get('latchkey-incident') ?? undefined
    const date = Date.parse(response.headers.get('date') ?? '')
    seen.incident = incident
    seen.date = Number.isNaN(date) ? undefined : date
    if (response.status < 500) return response
    throw new LoginFailure('server-unreachable', { detail: `${new URL(url).pathname}: ${response.status}`, incident })
  }
  try {
    return await task({ [allowInsecureRequests]: isInsecure, [customFetch]: send }, seen)
  } catch (error) {
    throw failureOf(error, seen)
  }
}

async function sent(fetch: Fetch, url: string, init: RequestInit, timeoutMs: number): Promise<Response> {
  const controller = new AbortController()
  const timer = setTimeout(() => controller.abort(new Error(`No answer within ${timeoutMs} ms.`)), timeoutMs)
  try {
    const response = await fetch(url, { ...init, signal: controller.signal })
    // Read whole within the same time, so that a body that never ends holds nobody up.
    const body = await response.arrayBuffer()
    const { status, headers } = response
    return new Response(status === 204 || status === 304 ? null : body, { status, headers })
  } catch (cause) {
    throw new LoginFailure('server-unreachable', { detail: new URL(url).host, cause })
  } finally {
    clearTimeout(timer)
  }
}

function failureOf(error: unknown, { incident }: Seen): LoginFailure {
  if (error instanceof LoginFailure) return error
  const detail = error instanceof Error ? error.message : undefined
  const isForeign = error instanceof OperationProcessingError && error.code === JSON_ATTRIBUTE_COMPARISON
  return new LoginFailure(isForeign ? 'wrong-issuer' : 'server-broken', { detail, incident, cause: error })
}

async function fetchKeys(url: string, options: RequestOptions): Promise<unknown> {
  const headers = { accept: 'application/json' }
  const response = await options[customFetch](url, { method: 'GET', headers, redirect: 'manual' })
  if (response.status !== 200) throw new LoginFailure('server-broken', { detail: `jwks_uri: ${response.status}` })
  return response.json()
}
