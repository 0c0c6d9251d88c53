// Begins a sign-in: the authorization request, with everything in it that proves the answer to be the one to it.
// RFC 6749 §4.1.1; RFC 7636 §4.3; OpenID Connect Core §3.1.2.1; RFC 9700 §2.1.

import { calculatePKCECodeChallenge, generateRandomCodeVerifier, generateRandomNonce } from 'oauth4webapi'
import { LoginFailure } from './causes.ts'
import { parseCookies } from './cookies.ts'
import { hostSeen, seenScheme } from './loss.ts'
import { type Parts, redirect, type Way, wayFor } from './parts.ts'
import { isOpenId, providerId, scopesOf } from './provider.ts'
import { type LoginRequest, queryOf } from './request.ts'
import { localPath } from './return-to.ts'
import type { Purpose } from './transaction.ts'

const PROMPTS: ReadonlySet<string> = new Set(['none', 'login', 'consent', 'select_account', 'create'])
/** Marks that the browser was sent to baseUrl once, so that a proxy that hides it causes no circle. */
const MOVED = 'moved'

/** Answers `GET /auth/login`. */
export async function beginLogin(parts: Parts, request: LoginRequest): Promise<Response> {
  const { settings } = parts
  const query = queryOf(request)
  // A cookie that is set at one name of this machine does not come back at another.
  const { host } = new URL(settings.baseUrl)
  if (hostSeen(request) !== host && !query.has(MOVED)) {
    query.set(MOVED, '1')
    return redirect(`${settings.baseUrl}${settings.paths.login}?${query.toString()}`)
  }
  const way = await wayFor(parts, query.get('provider') ?? undefined)
  const prompt = query.get('prompt') ?? undefined
  const hint = query.get('login_hint') ?? undefined
  return beginWith(parts, request, way, {
    purpose: { kind: 'login' },
    returnTo: localPath(query.get('next') ?? undefined) ?? settings.afterLogin,
    parameters: {
      ...(prompt !== undefined && PROMPTS.has(prompt) ? { prompt } : {}),
      ...(hint === undefined ? {} : { login_hint: hint.slice(0, 320) }),
    },
  })
}

/** What a sign-in is begun for. */
export interface Begun {
  readonly purpose: Purpose
  readonly returnTo: string
  readonly parameters: Readonly<Record<string, string>>
}

/** Sends the browser to the server. */
export async function beginWith(parts: Parts, request: LoginRequest, way: Way, begun: Begun): Promise<Response> {
  const { provider, redirectUri, server } = way
  const metadata = await server.metadata()
  if (metadata.authorization_endpoint === undefined) {
    throw new LoginFailure('server-broken', { detail: 'the metadata has no authorization_endpoint' })
  }
  const verifier = generateRandomCodeVerifier()
  const nonce = generateRandomNonce()
  const { state, setCookie } = await parts.transactions.begin(
    {
      providerId: providerId(provider),
      verifier,
      nonce,
      returnTo: begun.returnTo,
      purpose: begun.purpose,
      startedAt: parts.clock.now(),
    },
    seenScheme(request),
    parseCookies(request.header('cookie')),
  )
  const url = new URL(metadata.authorization_endpoint)
  const scope = scopesOf(provider).join(' ')
  const parameters = {
    client_id: provider.clientId,
    redirect_uri: redirectUri,
    ...(scope === '' ? {} : { scope }),
    ...provider.parameters,
    ...begun.parameters,
    response_type: 'code',
    state,
    ...(isOpenId(provider) ? { nonce } : {}),
    code_challenge: await calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
  }
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value)
  return redirect(url.href, setCookie)
}
