// Decides with which settings an app may sign people in; a mistake stops the start, not a request.

import type { AccountStore } from './account-store.ts'
import type { LoginFailure } from './causes.ts'
import type { FailurePage } from './page.ts'
import type { Clock } from './platform/time/index.ts'
import { demand, isLoopbackUrl, isOpenId, type Provider, providerId, validateProvider } from './provider.ts'
import { localPath } from './return-to.ts'
import type { SessionStore } from './session-store.ts'

/**
 * The part of `fetch` that is used; pass one to reach a server through a proxy, or a test issuer without a network.
 * @see https://fetch.spec.whatwg.org/
 * @example
 * import type { Fetch } from '@latchkey/client'
 * const logged: Fetch = (url, init) => fetch(url, { ...init, keepalive: true })
 */
export type Fetch = (url: string, init?: RequestInit) => Promise<Response>

/**
 * Where the pages of signing in are.
 * @example
 * import type { LoginPaths } from '@latchkey/client'
 * const paths: Partial<LoginPaths> = { login: '/accounts/login/', logout: '/accounts/logout/' }
 */
export interface LoginPaths {
  /** Begins a sign-in: `?next=/path`, `?provider=id`. Default `/auth/login`. */
  readonly login: string
  /** Signs out: asks first on GET, does it on POST. Default `/auth/logout`. */
  readonly logout: string
  /** Where the server sends the browser after its own logout; register it there. Default `/auth/logged-out`. */
  readonly loggedOut: string
  /** Takes logout tokens. Default `/auth/backchannel-logout`. */
  readonly backchannelLogout: string
  /** POST `provider`, `next`: connects another sign-in with the account. Default `/auth/link`. */
  readonly link: string
  /** POST `provider`, `subject`, `next`: disconnects one. Default `/auth/unlink`. */
  readonly unlink: string
}

/**
 * What an app needs besides its provider.
 * @example
 * import type { LoginSettings } from '@latchkey/client'
 * const settings: LoginSettings = { baseUrl: 'https://app.example', secret: 'at least 32 characters, kept secret' }
 */
export interface LoginSettings {
  /** The address of the app in the browser, without a path. Redirect URIs are made from it, never from a request. */
  readonly baseUrl: string
  /** Seals cookies: at least 32 characters. Of a list the first seals and all open, to exchange one. */
  readonly secret: string | readonly string[]
  readonly paths?: Partial<LoginPaths>
  /** Where to go without `next`. Default `/`. */
  readonly afterLogin?: string
  readonly afterLogout?: string
  /** Keeps sessions in a store; without one they are sealed in cookies. */
  readonly sessions?: SessionStore
  /** How long a session lasts at most. Seconds; default 604,800, a week. */
  readonly sessionSeconds?: number
  /** How long a session in a store lasts without a request. Seconds; default 86,400, a day. */
  readonly idleSeconds?: number
  /** Keeps a local account for each person. */
  readonly accounts?: AccountStore
  /** How far the clocks of two machines may differ. Seconds; default 5. */
  readonly clockToleranceSeconds?: number
  /** How long the server may take to answer. Milliseconds; default 2000. */
  readonly timeoutMs?: number
  /** Shows on failure pages what exactly was wrong. Default when baseUrl is of this machine. */
  readonly explain?: boolean
  /** Makes the page of a failure instead of ours. */
  readonly failurePage?: (page: FailurePage) => Response | Promise<Response>
  /** Told of every failure, for the log. */
  readonly onFailure?: (failure: LoginFailure) => void
  /** Default the runtime's own. */
  readonly fetch?: Fetch
  /** Default the machine's. */
  readonly clock?: Clock
}

/**
 * The providers of an app that has several, or whose settings change while it runs.
 * @example
 * import type { Providers } from '@latchkey/client'
 * const providers: Providers = { app: 'shop', providers: async () => [{ issuer: 'https://id.example', clientId: 'web' }] }
 */
export interface Providers {
  /** Names the app in its cookies. */
  readonly app: string
  /** The first is the default. A function is asked for each sign-in, so what it gives takes effect at once. */
  readonly providers: readonly Provider[] | (() => readonly Provider[] | Promise<readonly Provider[]>)
}

/**
 * What `login()` takes: the settings, and one provider or several.
 * @example
 * import type { LoginOptions } from '@latchkey/client'
 * const options: LoginOptions = {
 *   issuer: 'https://id.example',
 *   clientId: 'web',
 *   secret: 'at least 32 characters, kept secret',
 *   baseUrl: 'https://app.example',
 * }
 */
export type LoginOptions = LoginSettings & (Provider | Providers)

const defaultPaths: LoginPaths = {
  login: '/auth/login',
  logout: '/auth/logout',
  loggedOut: '/auth/logged-out',
  backchannelLogout: '/auth/backchannel-logout',
  link: '/auth/link',
  unlink: '/auth/unlink',
}

/** A provider with the redirect URI that it is given. */
export interface PlacedProvider {
  readonly provider: Provider
  readonly callbackPath: string
}

/** Settings with everything filled in. */
export interface Resolved {
  readonly app: string
  readonly baseUrl: string
  readonly secrets: readonly string[]
  readonly paths: LoginPaths
  readonly afterLogin: string
  readonly afterLogout: string
  readonly explain: boolean
  providers(): Promise<readonly PlacedProvider[]>
}

/** Refuses settings that cannot work or would be unsafe. @throws TypeError that names the setting */
export function resolveOptions(options: LoginOptions): Resolved {
  const secrets = typeof options.secret === 'string' ? [options.secret] : options.secret
  demand(secrets.length > 0 && secrets.every((secret) => secret.length >= 32), 'secret must have 32 characters or more')
  const paths = { ...defaultPaths, ...options.paths }
  for (const [name, path] of Object.entries(paths)) demand(localPath(path) === path, `paths.${name} must be a path`)
  const { afterLogin = '/', afterLogout = '/' } = options
  demand(localPath(afterLogin) !== undefined, 'afterLogin must be a path')
  demand(localPath(afterLogout) !== undefined, 'afterLogout must be a path')
  const baseUrl = originOf(options.baseUrl)
  const given = 'providers' in options ? options.providers : [options]
  const app = 'providers' in options ? options.app : options.clientId
  // Those that are known are checked now; those of a function each time.
  const placed = typeof given === 'function' ? undefined : place(given)
  return {
    app,
    baseUrl,
    secrets,
    paths,
    afterLogin,
    afterLogout,
    explain: options.explain ?? isLoopbackUrl(baseUrl),
    providers: async () => placed ?? place(typeof given === 'function' ? await given() : given),
  }
}

function originOf(baseUrl: string): string {
  demand(URL.canParse(baseUrl), 'baseUrl is no URL')
  const { protocol, origin, pathname, search, hash, username } = new URL(baseUrl)
  demand(protocol === 'https:' || protocol === 'http:', 'baseUrl must be an http or https URL')
  demand(
    pathname === '/' && search === '' && hash === '' && username === '',
    'baseUrl must be an origin, without a path',
  )
  return origin
}

function place(providers: readonly Provider[]): readonly PlacedProvider[] {
  for (const provider of providers) validateProvider(provider)
  const isOnly = providers.length <= 1
  const placed = providers.map((provider) => ({
    provider,
    // RFC 9700 §4.4.2.2: a redirect URI for each server tells them apart also where they send no iss.
    callbackPath: provider.callbackPath ?? (isOnly ? '/auth/callback' : `/auth/callback/${providerId(provider)}`),
  }))
  demand(areDistinct(placed.map((one) => providerId(one.provider))), 'two providers have one id')
  demand(areDistinct(placed.map((one) => one.callbackPath)), 'two providers have one callbackPath')
  const withoutIssuer = providers.filter((provider) => !isOpenId(provider) && provider.issuer === undefined)
  demand(areDistinct(withoutIssuer.map(providerId)), 'two providers have one id')
  return placed
}

function areDistinct(names: readonly string[]): boolean {
  return new Set(names).size === names.length
}
