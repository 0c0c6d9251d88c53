// Signs people in to one app: reads the settings, and joins the steps behind their paths.

import { LoginFailure } from './causes.ts'
import { beginLogin } from './begin.ts'
import { backchannelLogout, refuseLogoutToken } from './backchannel.ts'
import { createCallback } from './callback.ts'
import { createCookieKeeper } from './cookie-sessions.ts'
import { createCookieJar } from './cookies.ts'
import { beginLink, unlink } from './links.ts'
import { logout, returnFromLogout } from './logout.ts'
import { type LoginOptions, type LoginPaths, type PlacedProvider, resolveOptions } from './options.ts'
import { failurePageOf, renderFailure } from './page.ts'
import { type Parts, redirect, type Way, waysOf } from './parts.ts'
import { createSealer } from './platform/crypto/index.ts'
import { systemClock } from './platform/time/index.ts'
import { type Provider, providerId } from './provider.ts'
import { type LoginRequest, pathOf, queryOf } from './request.ts'
import { localPath } from './return-to.ts'
import { createServer, type Server } from './server.ts'
import { createStoreKeeper } from './stored-sessions.ts'
import { createTransactions } from './transaction.ts'
import { openVisit, type Visit } from './visit.ts'

/**
 * The sign-in of an app; an adapter mounts it.
 * @example
 * import { login, type Login } from '@latchkey/client'
 * const auth: Login = login({
 *   issuer: 'https://id.example',
 *   clientId: 'web',
 *   secret: 'at least 32 characters, kept secret',
 *   baseUrl: 'https://app.example',
 * })
 */
export interface Login {
  readonly baseUrl: string
  readonly paths: LoginPaths
  /** Answers the paths of signing in; undefined for every other request. Never rejects for what a browser or server does. */
  handle(request: LoginRequest): Promise<Response | undefined>
  /** Who is signed in. @param mayRenew false where no cookie can be set, as in a server component; default true */
  open(request: Pick<LoginRequest, 'header'> & Partial<LoginRequest>, mayRenew?: boolean): Promise<Visit>
  /** What somebody who is not signed in is answered: browsers go to the login, programs get 401. */
  refuse(request: LoginRequest): Response
  /** The address of a link that signs in. @param next a path of this app */
  loginUrl(next?: string, provider?: string): string
  /** The configured providers, for buttons. */
  providers(): Promise<readonly { readonly id: string; readonly name: string }[]>
}

const WEEK_SECONDS = 604_800
const DAY_SECONDS = 86_400
const MOST_SERVERS = 32

/**
 * Signs people in with an authorization server.
 * @param options at least the provider, a secret of 32 characters, and the address of the app
 * @returns the sign-in; nothing is asked of the server before somebody signs in
 * @throws TypeError when a setting cannot work or would be unsafe
 * @see RFC 6749 §4.1; RFC 7636; RFC 9207; OpenID Connect Core §3.1; OpenID Connect Back-Channel Logout
 * @example
 * import { login } from '@latchkey/client'
 * const auth = login({
 *   issuer: 'https://id.example.com',
 *   clientId: 'web',
 *   clientSecret: 'web-secret',
 *   secret: 'at least 32 characters, kept secret',
 *   baseUrl: 'https://app.example.com',
 * })
 */
export function login(options: LoginOptions): Login {
  const parts = partsOf(options)
  const { settings } = parts
  const callback = createCallback(parts)
  const steps = stepsOf(parts)

  async function handle(request: LoginRequest): Promise<Response | undefined> {
    const path = bare(pathOf(request))
    const step = steps.get(path)
    if (step !== undefined) return answered(parts, options, request, () => step(request))
    const way = await wayOfCallback(parts, path)
    return way === undefined ? undefined : answered(parts, options, request, () => callback(request, way))
  }

  return {
    baseUrl: settings.baseUrl,
    paths: settings.paths,
    handle,
    open: (request, mayRenew = true) => openVisit(parts, request, mayRenew),
    refuse: (request) => refusalOf(request, settings.paths.login),
    loginUrl: (next, provider) => loginUrl(settings.paths.login, next, provider),
    async providers() {
      const placed = await settings.providers()
      return placed.map(({ provider }) => ({ id: providerId(provider), name: provider.name ?? providerId(provider) }))
    },
  }
}

type Step = (request: LoginRequest) => Promise<Response>

function stepsOf(parts: Parts): ReadonlyMap<string, Step> {
  const { paths } = parts.settings
  const steps: readonly (readonly [string, Step])[] = [
    [paths.login, (request) => beginLogin(parts, request)],
    [paths.logout, (request) => logout(parts, request)],
    [paths.loggedOut, (request) => returnFromLogout(parts, request)],
    [paths.backchannelLogout, (request) => backchannelStep(parts, request)],
    [paths.link, (request) => beginLink(parts, request)],
    [paths.unlink, (request) => unlink(parts, request)],
  ]
  const isMounted = (path: string): boolean =>
    parts.accounts !== undefined || (path !== paths.link && path !== paths.unlink)
  return new Map(steps.filter(([path]) => isMounted(path)).map(([path, step]) => [bare(path), step]))
}

async function backchannelStep(parts: Parts, request: LoginRequest): Promise<Response> {
  try {
    return await backchannelLogout(parts, request)
  } catch (error) {
    if (!(error instanceof LoginFailure)) throw error
    parts.report(error)
    return refuseLogoutToken(error)
  }
}

/** Every path is served with and without its last slash: a redirect would lose what was posted. */
function bare(path: string): string {
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path
}

/** Looked up in the settings alone first, as this is asked for every request of the app. */
async function wayOfCallback(parts: Parts, path: string): Promise<Way | undefined> {
  const isMeant = ({ callbackPath }: PlacedProvider): boolean => bare(callbackPath) === path
  if (!(await parts.settings.providers()).some(isMeant)) return undefined
  return (await waysOf(parts)).find(isMeant)
}

async function answered(
  { settings, report }: Parts,
  { failurePage }: LoginOptions,
  request: LoginRequest,
  step: () => Promise<Response>,
): Promise<Response> {
  try {
    return await step()
  } catch (error) {
    if (!(error instanceof LoginFailure)) throw error
    report(error)
    const next = localPath(queryOf(request).get('next') ?? undefined)
    const places = { tryAgain: loginUrl(settings.paths.login, next), home: '/' }
    const page = failurePageOf(error, settings.explain, places)
    const response = await (failurePage ?? renderFailure)(page)
    if (error.incident !== undefined) response.headers.set('latchkey-incident', error.incident)
    return response
  }
}

function loginUrl(path: string, next?: string, provider?: string): string {
  const query = new URLSearchParams()
  if (next !== undefined) query.set('next', next)
  if (provider !== undefined) query.set('provider', provider)
  return query.size === 0 ? path : `${path}?${query.toString().replaceAll('%2F', '/')}`
}

/** A browser that opens a page goes to the login and comes back; a script is told, for it would show the page's markup. */
function refusalOf(request: LoginRequest, path: string): Response {
  const isPage = request.header('accept')?.includes('text/html') === true
  if (!isPage) {
    const body = { title: 'Unauthorized', status: 401, detail: 'Nobody is signed in.' }
    const headers = { 'content-type': 'application/problem+json', 'cache-control': 'no-store', vary: 'Cookie' }
    return new Response(JSON.stringify(body), { status: 401, headers })
  }
  const isRead = request.method === 'GET' || request.method === 'HEAD'
  return redirect(loginUrl(path, isRead ? localPath(request.url) : undefined))
}

function partsOf(options: LoginOptions): Parts {
  const settings = resolveOptions(options)
  const { clock = systemClock, clockToleranceSeconds: toleranceSeconds = 5, timeoutMs = 2_000, sessions } = options
  const jar = createCookieJar(settings.app, settings.baseUrl)
  const sealer = createSealer(settings.secrets)
  const stored = {
    idleMs: (options.idleSeconds ?? DAY_SECONDS) * 1000,
    // Two attempts and a little more; the server's grace of 10 s must outlast it.
    leaseMs: timeoutMs * 2 + 1_000,
  }
  return {
    settings,
    clock,
    toleranceSeconds,
    sessionMs: (options.sessionSeconds ?? WEEK_SECONDS) * 1000,
    jar,
    sealer,
    keeper:
      sessions === undefined
        ? createCookieKeeper(jar, sealer, clock)
        : createStoreKeeper({ store: sessions, jar, sealer, clock }, stored),
    transactions: createTransactions(jar, sealer),
    accounts: options.accounts,
    serverOf: rememberedServers((provider) =>
      createServer(provider, {
        // Looked up for each request, so that whoever replaces the global is heard.
        fetch: options.fetch ?? ((url, init) => fetch(url, init)),
        clock,
        timeoutMs,
        toleranceSeconds,
      }),
    ),
    report: (failure) => options.onFailure?.(failure),
  }
}

/** One line for each set of settings: changed settings take effect at once, and old ones are forgotten. */
function rememberedServers(make: (provider: Provider) => Server): (provider: Provider) => Server {
  const known = new Map<string, Server>()
  return (provider) => {
    const key = JSON.stringify(provider)
    const server = known.get(key) ?? make(provider)
    if (!known.has(key) && known.size >= MOST_SERVERS) known.clear()
    known.set(key, server)
    return server
  }
}
