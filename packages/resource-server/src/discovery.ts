// Decides where the authorization server's endpoints are: from its own metadata, which must name the issuer that was
// asked for. OpenID Connect Discovery §4; RFC 8414 §3. Old metadata is kept while new cannot be had.

import {
  allowInsecureRequests,
  type AuthorizationServer,
  customFetch,
  discoveryRequest,
  processDiscoveryResponse,
} from 'oauth4webapi'
import type { Clock, Instant } from './platform/time/index.ts'
import type { Fetch, Upstream } from './upstream.ts'

/** Endpoints that are known beforehand, for servers without metadata. */
export interface KnownEndpoints {
  readonly introspection?: string | undefined
  readonly jwks?: string | undefined
}

/** What all requests to the authorization server share. */
export interface Line {
  readonly issuer: string
  readonly endpoints: KnownEndpoints
  readonly fetch: Fetch
  readonly upstream: Upstream
  readonly clock: Clock
}

const FRESH_MS = 600_000

/** Makes the finder of the server's metadata: it asks once, however many wait, and again after ten minutes. */
export function createDiscovery(line: Line): () => Promise<AuthorizationServer> {
  const { issuer, endpoints, upstream, clock } = line
  let known: AuthorizationServer | undefined
  let askedAt: Instant = Number.NEGATIVE_INFINITY
  let underWay: Promise<AuthorizationServer> | undefined

  async function ask(): Promise<AuthorizationServer> {
    try {
      const found = await upstream.call((signal) => discover(line, signal))
      known = withKnown(found, endpoints)
      return known
    } catch (error) {
      if (known === undefined) throw error
      return known
    } finally {
      askedAt = clock.now()
      underWay = undefined
    }
  }

  if (endpoints.introspection !== undefined || endpoints.jwks !== undefined) {
    const fixed = withKnown({ issuer }, endpoints)
    return () => Promise.resolve(fixed)
  }
  return () => {
    if (known !== undefined && clock.now() - askedAt < FRESH_MS) return Promise.resolve(known)
    underWay ??= ask()
    return underWay
  }
}

async function discover({ issuer, fetch }: Line, signal: AbortSignal): Promise<AuthorizationServer> {
  const url = new URL(issuer)
  const options = { ...requestOptions(issuer, fetch), signal }
  const openId = await discoveryRequest(url, { ...options, algorithm: 'oidc' })
  if (openId.status === 200) return processDiscoveryResponse(url, openId)
  await openId.body?.cancel()
  return processDiscoveryResponse(url, await discoveryRequest(url, { ...options, algorithm: 'oauth2' }))
}

interface SentByLibrary {
  readonly body: URLSearchParams | undefined
  readonly headers: Record<string, string>
  readonly method: string
  readonly redirect: 'manual'
  readonly signal?: AbortSignal
}

/** What oauth4webapi needs for each request; plain HTTP only where the issuer itself has it. */
export function requestOptions(
  issuer: string,
  fetch: Fetch,
): { [allowInsecureRequests]: boolean; [customFetch]: (url: string, init: SentByLibrary) => Promise<Response> } {
  return {
    [allowInsecureRequests]: issuer.startsWith('http:'),
    [customFetch]: (url, { body, ...init }) => fetch(url, body === undefined ? init : { ...init, body }),
  }
}

function withKnown(metadata: AuthorizationServer, endpoints: KnownEndpoints): AuthorizationServer {
  return {
    ...metadata,
    ...(endpoints.introspection === undefined ? {} : { introspection_endpoint: endpoints.introspection }),
    ...(endpoints.jwks === undefined ? {} : { jwks_uri: endpoints.jwks }),
  }
}
