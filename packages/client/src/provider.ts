// Decides what is known of a server that people sign in with: one of OpenID Connect, found by its issuer, or one that
// speaks OAuth 2 alone and has a profile under a URL. OpenID Connect Discovery §4; RFC 6749 §3, §4.1.

import { isScopeToken } from '@latchkey/protocol'

interface ProviderBasics {
  /** The id of this app at the server. */
  readonly clientId: string
  /** Its secret; without one the app is a public client. */
  readonly clientSecret?: string
  /** How the secret is sent. Default `basic`; `post` puts it into the form. */
  readonly clientAuthentication?: 'basic' | 'post'
  /** What people read on a button. */
  readonly name?: string
  /** The path of the redirect URI. Default `/auth/callback`; of several providers `/auth/callback/<id>`. */
  readonly callbackPath?: string
  /** More parameters for the authorization request, e.g. `{ resource: 'https://api.example' }`. */
  readonly parameters?: Readonly<Record<string, string>>
}

/**
 * A server of OpenID Connect.
 * @see OpenID Connect Core §3.1
 * @example
 * import type { OpenIdProvider } from '@latchkey/client'
 * const latchkey: OpenIdProvider = { issuer: 'https://id.example', clientId: 'web', clientSecret: 'web-secret' }
 */
export interface OpenIdProvider extends ProviderBasics {
  /** As the server names itself in its metadata, byte for byte. */
  readonly issuer: string
  /** Chooses among several: `/auth/login?provider=<id>`. Default `default`. */
  readonly id?: string
  /** Default `['openid', 'profile', 'email']`; add `offline_access` for a session that outlives the one at the server. */
  readonly scopes?: readonly string[]
  /** Algorithms of ID tokens; default what the metadata lists, without `none` and symmetric ones. */
  readonly algorithms?: readonly string[]
  /** Allows an issuer on plain HTTP that is not on this machine, as in a compose network. */
  readonly allowInsecureHttp?: boolean
}

/**
 * A server of OAuth 2 without OpenID: three URLs, and which member of the profile is what.
 * @see RFC 6749 §4.1
 * @example
 * import type { OAuthProvider } from '@latchkey/client'
 * const custom: OAuthProvider = {
 *   id: 'customprovider',
 *   clientId: 'site',
 *   clientSecret: 'site-secret',
 *   scopes: ['read'],
 *   endpoints: {
 *     authorization: 'http://localhost:9977/o/authorize/',
 *     token: 'http://localhost:9977/o/token/',
 *     profile: 'http://localhost:9977/profile/',
 *   },
 *   fields: { subject: 'id', username: 'username', email: 'email', givenName: 'first_name', familyName: 'last_name' },
 * }
 */
export interface OAuthProvider extends ProviderBasics {
  /** Names the server: together with the subject it identifies a person, so it must not change. */
  readonly id: string
  readonly endpoints: {
    readonly authorization: string
    readonly token: string
    readonly profile: string
    readonly revocation?: string
  }
  /** Which member of the profile is what. */
  readonly fields: ProfileFields
  /** Default none. */
  readonly scopes?: readonly string[]
  /** What the server sends as `iss` (RFC 9207); where it is given, an answer without it is refused. */
  readonly issuer?: string
  readonly allowInsecureHttp?: boolean
}

/**
 * Which member of a profile is what; `subject` must never change for a person, and never be given to another.
 * @example
 * import type { ProfileFields } from '@latchkey/client'
 * const fields: ProfileFields = { subject: 'id', username: 'login', name: 'full_name' }
 */
export interface ProfileFields {
  readonly subject: string
  readonly username?: string
  readonly email?: string
  readonly emailVerified?: string
  readonly name?: string
  readonly givenName?: string
  readonly familyName?: string
  readonly picture?: string
}

/**
 * A server that people sign in with.
 * @example
 * import type { Provider } from '@latchkey/client'
 * const idOf = (provider: Provider): string => provider.id ?? 'default'
 */
export type Provider = OpenIdProvider | OAuthProvider

/** Tells the two kinds apart. */
export function isOpenId(provider: Provider): provider is OpenIdProvider {
  return !('endpoints' in provider)
}

/** The id that chooses a provider among several. */
export function providerId(provider: Provider): string {
  return provider.id ?? 'default'
}

/** What identifies the server in the records of people: who they are depends on who says it. OpenID Connect Core §5.7. */
export function providerKey(provider: Provider): string {
  return isOpenId(provider) ? provider.issuer : (provider.issuer ?? provider.id)
}

/** The scopes that are asked for. */
export function scopesOf(provider: Provider): readonly string[] {
  return provider.scopes ?? (isOpenId(provider) ? ['openid', 'profile', 'email'] : [])
}

const LOOPBACK = /^(localhost|127\.0\.0\.1|\[::1\]|.+\.localhost)$/

/** Whether a URL is of this machine, where plain HTTP harms nobody. */
export function isLoopbackUrl(url: string): boolean {
  return URL.canParse(url) && LOOPBACK.test(new URL(url).hostname)
}

/** Refuses a provider that cannot work or would be unsafe. @throws TypeError that names the setting */
export function validateProvider(provider: Provider): void {
  demand(provider.clientId !== '', 'clientId is empty')
  demand(/^[\w-]{1,64}$/.test(providerId(provider)), 'id of a provider must be of letters, digits, - and _')
  demand(scopesOf(provider).every(isScopeToken), 'scopes has a name that is no scope token')
  const path = provider.callbackPath
  demand(path === undefined || /^\/[^?#\s\\]*$/.test(path), 'callbackPath must be a path')
  if (isOpenId(provider)) {
    demandUrl(provider.issuer, 'issuer', provider)
    const { search, hash } = new URL(provider.issuer)
    demand(search === '' && hash === '', 'issuer must have no query and no fragment')
    demand(scopesOf(provider).includes('openid'), 'scopes must contain openid; without it, give endpoints and fields')
    const wrong = provider.algorithms?.find((one) => !/^(ES|PS|RS)(256|384|512)$|^Ed/.test(one))
    demand(wrong === undefined, `algorithms must not have ${wrong}`)
    return
  }
  for (const [name, url] of Object.entries(provider.endpoints)) demandUrl(url, `endpoints.${name}`, provider)
  demand(provider.fields.subject !== '', 'fields.subject is empty')
}

function demandUrl(url: string | undefined, name: string, { allowInsecureHttp }: Provider): void {
  demand(url !== undefined && URL.canParse(url), `${name} is no URL`)
  const { protocol } = new URL(url ?? '')
  const isInsecureAllowed = allowInsecureHttp === true || isLoopbackUrl(url ?? '')
  demand(protocol === 'https:' || (protocol === 'http:' && isInsecureAllowed), `${name} must be an https URL`)
}

/** Refuses a setting. @throws TypeError */
export function demand(holds: boolean, what: string): asserts holds {
  if (!holds) throw new TypeError(`login(): ${what}.`)
}
