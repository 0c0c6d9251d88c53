// Redeems codes and exchanges refresh tokens, and believes nothing of the answer that is not proved.
// RFC 6749 §4.1.3, §6; RFC 7636 §4.5; OpenID Connect Core §3.1.3, §12. Our own checks come first, for their named causes;
// then oauth4webapi, which is certified, makes its own.

import {
  type AuthorizationServer,
  authorizationCodeGrantRequest,
  getValidatedIdTokenClaims,
  processAuthorizationCodeResponse,
  processRefreshTokenResponse,
  refreshTokenGrantRequest,
  ResponseBodyError,
  revocationRequest,
  type TokenEndpointResponse,
  WWWAuthenticateChallengeError,
} from 'oauth4webapi'
import { LoginFailure } from './causes.ts'
import { type ClaimFault, type Expected, faultOfIdToken, halfHashFor } from './id-token.ts'
import { isJsonObject, type JsonObject, textOf } from './json.ts'
import type { Instant } from './platform/time/index.ts'
import { isOpenId, scopesOf } from './provider.ts'
import type { Seen, Server } from './server.ts'
import type { SessionTokens } from './session.ts'
import { verifySigned } from './signed-token.ts'

/** Tokens, and what the ID token says where there is one. */
export interface Granted {
  readonly tokens: SessionTokens
  readonly claims: JsonObject | undefined
}

/** A code that has come back. */
export interface Redemption {
  /** As `validateAuthResponse` gave them. */
  readonly parameters: URLSearchParams
  readonly code: string
  readonly redirectUri: string
  readonly verifier: string
  readonly nonce: string
  /** Seconds since the epoch; for a sign-in that must be a fresh one. */
  readonly authenticatedSince: number | undefined
}

interface Circumstances {
  readonly now: Instant
  readonly toleranceSeconds: number
}

/** Exchanges a code for tokens. It is sent once: a code that is sent twice ends its grant. @throws LoginFailure */
export async function redeemCode(
  server: Server,
  metadata: AuthorizationServer,
  redemption: Redemption,
  circumstances: Circumstances,
): Promise<Granted> {
  const { parameters, redirectUri, verifier, nonce, code, authenticatedSince } = redemption
  const { client, provider } = server
  return server.ask(async (options, seen) => {
    const proof = server.authentication(metadata)
    const response = await authorizationCodeGrantRequest(
      metadata,
      client,
      proof,
      parameters,
      redirectUri,
      verifier,
      options,
    )
    const expected = expectedOf(server, metadata, circumstances, { nonce, authenticatedSince })
    const claims = isOpenId(provider)
      ? await provenClaims(response, server, metadata, expected, seen, { required: true, code })
      : undefined
    const process = { requireIdToken: isOpenId(provider), ...(isOpenId(provider) ? { expectedNonce: nonce } : {}) }
    const answer = await refusalsNamed(seen, () =>
      processAuthorizationCodeResponse(asChecked(metadata, server), client, response, process),
    )
    return { tokens: tokensOf(answer, circumstances.now, scopesOf(provider)), claims }
  })
}

/** Exchanges a refresh token. @throws LoginFailure `code-refused` when the server does not take it any more */
export async function refreshTokens(
  server: Server,
  metadata: AuthorizationServer,
  known: SessionTokens & { readonly refresh: string },
  subject: string,
  circumstances: Circumstances,
): Promise<SessionTokens> {
  const { client, provider } = server
  return server.ask(async (options, seen) => {
    const proof = server.authentication(metadata)
    const response = await refreshTokenGrantRequest(metadata, client, proof, known.refresh, options)
    if (isOpenId(provider)) {
      const expected = expectedOf(server, metadata, circumstances, { subject })
      await provenClaims(response, server, metadata, expected, seen, { required: false, code: undefined })
    }
    const answer = await refusalsNamed(seen, () =>
      processRefreshTokenResponse(asChecked(metadata, server), client, response),
    )
    const fresh = tokensOf(answer, circumstances.now, known.scopes)
    // RFC 6749 §6: without a new refresh token the old one goes on.
    return { ...fresh, refresh: fresh.refresh ?? known.refresh, idToken: fresh.idToken ?? known.idToken }
  })
}

/** Tells the server that a token is of no more use; that it does not listen harms nobody here. RFC 7009 §2.1. */
export async function revokeTokens(
  server: Server,
  metadata: AuthorizationServer,
  tokens: SessionTokens,
): Promise<void> {
  if (metadata.revocation_endpoint === undefined) return
  const token = tokens.refresh ?? tokens.access
  await server.ask((options) =>
    revocationRequest(metadata, server.client, server.authentication(metadata), token, options),
  )
}

function expectedOf(
  { provider }: Server,
  metadata: AuthorizationServer,
  { now, toleranceSeconds }: Circumstances,
  about: Pick<Expected, 'nonce' | 'subject' | 'authenticatedSince'>,
): Expected {
  const { clientId } = provider
  return { issuers: [metadata.issuer], clientId, now: Math.floor(now / 1000), toleranceSeconds, ...about }
}

async function provenClaims(
  response: Response,
  server: Server,
  metadata: AuthorizationServer,
  expected: Expected,
  seen: Seen,
  { required, code }: { readonly required: boolean; readonly code: string | undefined },
): Promise<JsonObject | undefined> {
  if (response.status !== 200) return undefined
  const body: unknown = await response
    .clone()
    .json()
    .catch(() => undefined)
  if (!isJsonObject(body)) return undefined
  const idToken = textOf(body['id_token'])
  if (idToken === undefined) {
    if (!required) return undefined
    throw new LoginFailure('token-malformed', { detail: 'the answer has no id_token' })
  }
  const { claims, algorithm } = await verifySigned(idToken, server, metadata)
  const fault =
    faultOfIdToken(claims, expected) ??
    (await faultOfHash(claims['at_hash'], algorithm, textOf(body['access_token']), 'access-token-hash')) ??
    (await faultOfHash(claims['c_hash'], algorithm, code, 'code-hash'))
  if (fault !== undefined) throw failureOfClaims(fault, expected, seen)
  return claims
}

async function faultOfHash(
  claimed: unknown,
  algorithm: string,
  value: string | undefined,
  reason: 'access-token-hash' | 'code-hash',
): Promise<ClaimFault | undefined> {
  if (claimed === undefined || value === undefined || claimed === (await halfHashFor(algorithm, value)))
    return undefined
  return { reason, detail: 'another value was hashed' }
}

/** A token that has expired on its way here, from a server whose clock differs, is a matter of clocks. */
function failureOfClaims({ reason, detail }: ClaimFault, expected: Expected, { date, incident }: Seen): LoginFailure {
  const apart = date === undefined ? 0 : Math.round(date / 1000 - expected.now)
  const isClock = reason === 'token-expired' && Math.abs(apart) > expected.toleranceSeconds + 1
  if (isClock || reason === 'clock') {
    const measured = apart === 0 ? detail : `${detail}; the server's clock is ${apart} s ahead of ours`
    return new LoginFailure('clock', { detail: measured, incident })
  }
  return new LoginFailure(reason, { detail, incident })
}

/** What may sign was decided in `signed-token.ts`; the library is told the same. */
function asChecked(metadata: AuthorizationServer, { provider }: Server): AuthorizationServer {
  const algorithms = isOpenId(provider) ? provider.algorithms : undefined
  return algorithms === undefined ? metadata : { ...metadata, id_token_signing_alg_values_supported: [...algorithms] }
}

async function refusalsNamed(
  { incident }: Seen,
  process: () => Promise<TokenEndpointResponse>,
): Promise<TokenEndpointResponse> {
  try {
    const answer = await process()
    // Read so that the library's own verdict on the ID token is heard, too.
    getValidatedIdTokenClaims(answer)
    return answer
  } catch (cause) {
    if (cause instanceof WWWAuthenticateChallengeError) {
      throw new LoginFailure('client-refused', { detail: `status ${cause.status}`, incident, cause })
    }
    if (!(cause instanceof ResponseBodyError)) throw cause
    const detail = [cause.error, cause.error_description].filter((part) => part !== undefined).join(': ')
    throw new LoginFailure(reasonOf(cause.error), { detail, incident, cause })
  }
}

function reasonOf(error: string): 'client-refused' | 'code-refused' | 'server-unreachable' | 'server-refused' {
  switch (error) {
    case 'invalid_client':
    case 'unauthorized_client':
      return 'client-refused'
    case 'invalid_grant':
      return 'code-refused'
    case 'temporarily_unavailable':
    case 'slow_down':
      return 'server-unreachable'
    default:
      return 'server-refused'
  }
}

/** Renewed a little before its end, so that a call that is made with it arrives in time. */
const EARLY_MS = 5_000

function tokensOf(answer: TokenEndpointResponse, now: Instant, asked: readonly string[]): SessionTokens {
  const { access_token: access, expires_in: seconds, refresh_token: refresh, id_token: idToken, scope } = answer
  return {
    access,
    accessExpiresAt: seconds === undefined ? undefined : now + Math.max(0, seconds * 1000 - EARLY_MS),
    refresh,
    idToken,
    // RFC 6749 §5.1: without a scope it is what was asked for.
    scopes: scope === undefined ? asked : scope.split(' ').filter((one) => one !== ''),
  }
}
