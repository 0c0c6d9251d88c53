// Takes logout tokens from servers and ends the sessions that they name. OpenID Connect Back-Channel Logout §2.5-§2.8.

import { decodeJwt } from 'jose'
import { LoginFailure } from './causes.ts'
import { textOf } from './json.ts'
import { readLogoutToken } from './logout-token.ts'
import { type Parts, type Way, waysOf } from './parts.ts'
import { isOpenId, providerKey } from './provider.ts'
import type { LoginRequest } from './request.ts'
import { verifySigned } from './signed-token.ts'

/** Answers `POST /auth/backchannel-logout`: 200 when it was heard, 400 with a reason when the token is not one. */
export async function backchannelLogout(parts: Parts, request: LoginRequest): Promise<Response> {
  const token = request.method === 'POST' ? textOf((await request.form()).get('logout_token')) : undefined
  if (token === undefined) throw new LoginFailure('logout-token', { detail: 'no logout_token was posted' })
  const way = await wayOfIssuer(parts, token)
  const metadata = await way.server.metadata()
  const signed = await verifySigned(token, way.server, metadata)
  const now = parts.clock.now()
  const logout = readLogoutToken(signed, {
    issuers: [metadata.issuer],
    clientId: way.provider.clientId,
    now: Math.floor(now / 1000),
    toleranceSeconds: parts.toleranceSeconds,
  })
  if ('reason' in logout) throw new LoginFailure(logout.reason, { detail: logout.detail })
  const { subject, sid, tokenId, expiresAt, issuedAt } = logout
  const tolerance = parts.toleranceSeconds * 1000
  const isNew = await parts.keeper.once(
    `logout ${JSON.stringify([metadata.issuer, tokenId])}`,
    expiresAt * 1000 + tolerance,
  )
  if (!isNew) throw new LoginFailure('logout-replayed')
  await parts.keeper.endMatching({
    provider: providerKey(way.provider),
    subject,
    sid,
    // Whoever signs in after the logout stays signed in, however late it comes.
    createdBefore: Math.min(now, issuedAt * 1000 + tolerance),
  })
  return new Response(null, { status: 200, headers: { 'cache-control': 'no-store' } })
}

/** §2.8: a server reads a body with `error`; pages are for people. */
export function refuseLogoutToken(failure: LoginFailure): Response {
  const body = { error: 'invalid_request', error_description: failure.reason }
  const status = failure.reason === 'server-unreachable' ? 503 : 400
  return Response.json(body, { status, headers: { 'cache-control': 'no-store' } })
}

/** The unproved issuer only chooses whose keys must have signed it. */
async function wayOfIssuer(parts: Parts, token: string): Promise<Way> {
  const issuer = unprovedIssuer(token)
  const ways = (await waysOf(parts)).filter(({ provider }) => isOpenId(provider))
  const [only, ...others] = ways
  if (only !== undefined && others.length === 0) return only
  const way = ways.find(({ provider }) => providerKey(provider) === issuer)
  if (way === undefined) throw new LoginFailure('wrong-issuer', { detail: 'no provider has this issuer' })
  return way
}

function unprovedIssuer(token: string): string | undefined {
  try {
    return decodeJwt(token).iss
  } catch (cause) {
    throw new LoginFailure('token-malformed', { cause })
  }
}
