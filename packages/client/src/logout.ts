// Ends a session here and, where the server offers it, there as well. OpenID Connect RP-Initiated Logout §2, §3;
// RFC 7009 §2.1 (tokens that are of no more use are revoked).

import type { AuthorizationServer } from 'oauth4webapi'
import { LoginFailure } from './causes.ts'
import { parseCookies } from './cookies.ts'
import { isJsonObject, textOf } from './json.ts'
import type { Kept } from './keeper.ts'
import { renderLogoutQuestion } from './page.ts'
import { type Parts, redirect, type Way, waysOf } from './parts.ts'
import { randomId } from './platform/crypto/index.ts'
import { providerId } from './provider.ts'
import { isSameOrigin, type LoginRequest, queryOf } from './request.ts'
import { localPath } from './return-to.ts'
import { revokeTokens } from './tokens.ts'

const RETURN_SECONDS = 600

/** Answers `/auth/logout`: a question on GET, the deed on POST; `where=here` leaves the session at the server alone. */
export async function logout(parts: Parts, request: LoginRequest): Promise<Response> {
  const { settings, keeper } = parts
  const sent = parseCookies(request.header('cookie'))
  const kept = await keeper.read(sent)
  if (request.method !== 'POST') {
    const next = localPath(queryOf(request).get('next') ?? undefined) ?? settings.afterLogout
    const targets = ["'self'", ...(kept === undefined ? [] : await endSessionOrigins(parts, kept))]
    return renderLogoutQuestion(settings.paths.logout, next, targets.join(' '))
  }
  if (!isSameOrigin(request, settings.baseUrl)) throw new LoginFailure('cross-site')
  const form = await request.form()
  const next = localPath(form.get('next') ?? undefined) ?? settings.afterLogout
  const gone = keeper.forget(sent)
  if (kept === undefined) return redirect(next, gone)
  // First here: whatever becomes of the rest, this browser is signed out.
  await keeper.end(kept)
  const way = await wayOf(parts, kept)
  const metadata = await way?.server.metadata().catch(() => undefined)
  if (way === undefined || metadata === undefined) return redirect(next, gone)
  await revokeTokens(way.server, metadata, kept.content.tokens).catch(() => undefined)
  if (form.get('where') === 'here' || metadata.end_session_endpoint === undefined) return redirect(next, gone)
  return leaveServer(parts, way, metadata.end_session_endpoint, kept, next, gone)
}

async function leaveServer(
  { settings, jar, sealer }: Parts,
  { provider }: Way,
  endpoint: string,
  { content }: Kept,
  next: string,
  gone: readonly string[],
): Promise<Response> {
  const state = randomId()
  const url = new URL(endpoint)
  const parameters = {
    ...(content.tokens.idToken === undefined ? {} : { id_token_hint: content.tokens.idToken }),
    client_id: provider.clientId,
    post_logout_redirect_uri: settings.baseUrl + settings.paths.loggedOut,
    state,
  }
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value)
  const name = returnCookie(jar.name)
  const cookie = jar.set(name, await sealer.seal(name, { state, next }), RETURN_SECONDS)
  return redirect(url.href, [...gone, cookie])
}

/** Answers the return from the server: it goes on only where this browser was sent. RP-Initiated Logout §3 (state). */
export async function returnFromLogout({ settings, jar, sealer }: Parts, request: LoginRequest): Promise<Response> {
  const sent = parseCookies(request.header('cookie'))
  const name = returnCookie(jar.name)
  const opened = await sealer.open(name, sent.get(name) ?? '')
  const state = queryOf(request).get('state')
  if (!isJsonObject(opened) || state === null || opened['state'] !== state) {
    throw new LoginFailure('logout-state', { detail: state === null ? 'no state' : 'another state' })
  }
  return redirect(localPath(textOf(opened['next'])) ?? settings.afterLogout, [jar.clear(name)])
}

function returnCookie(name: string): string {
  return `${name}_o`
}

async function wayOf(parts: Parts, { content }: Kept): Promise<Way | undefined> {
  const ways = await waysOf(parts)
  return ways.find(({ provider }) => providerId(provider) === content.providerId)
}

/** Chromium applies form-action also to where the form's answer redirects. */
async function endSessionOrigins(parts: Parts, kept: Kept): Promise<readonly string[]> {
  const metadata = await (await wayOf(parts, kept))?.server
    .metadata()
    .catch((): AuthorizationServer | undefined => undefined)
  const endpoint = metadata?.end_session_endpoint
  return endpoint === undefined || !URL.canParse(endpoint) ? [] : [new URL(endpoint).origin]
}
