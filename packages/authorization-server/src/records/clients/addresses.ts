// Which addresses a client may register. RFC 6749 §3.1.2, RFC 8252 §7, RFC 9700 §2.1, OpenID Connect Dynamic Client Registration §2,
// OpenID Connect Front-Channel Logout §2.
import { checkOrigin, checkPostLogoutUri, checkRedirectUri, originFaults, redirectUriFaults } from '@latchkey/protocol'

export interface RedirectRules {
  /** `native`: an app on a person's own device. */
  readonly applicationType: 'web' | 'native'
  /** Whether it may have a scheme of its own (RFC 8252 §7.1). */
  readonly mayHaveScheme: boolean
  /** Whether tokens come in the address itself. */
  readonly isFrontChannel: boolean
}

/** What is wrong with a redirect URI, as a sentence; undefined when it may be registered. */
export function redirectUriFault(uri: string, rules: RedirectRules): string | undefined {
  const fault = checkRedirectUri(uri, { allowCustomScheme: rules.mayHaveScheme })
  if (fault !== undefined) return redirectUriFaults[fault]
  if (rules.applicationType === 'native' || !rules.isFrontChannel) return undefined
  // OpenID Connect Dynamic Client Registration §2, of web clients with the implicit grant.
  if (!isHttps(uri)) return 'A web application that gets tokens in an address must have https redirect URIs.'
  return isLocalhost(uri)
    ? 'A web application that gets tokens in an address must not have localhost for a host.'
    : undefined
}

export function postLogoutUriFault(uri: string, rules: Pick<RedirectRules, 'mayHaveScheme'>): string | undefined {
  const fault = checkPostLogoutUri(uri, { allowCustomScheme: rules.mayHaveScheme })
  return fault === undefined ? undefined : redirectUriFaults[fault]
}

export function originFault(origin: string): string | undefined {
  const fault = checkOrigin(origin)
  return fault === undefined ? undefined : originFaults[fault]
}

/** Pages that people are sent to: https, or http on this machine. */
export function webPageFault(uri: string): string | undefined {
  const fault = checkPostLogoutUri(uri.replace(/#[\w-]*$/, ''))
  return fault === undefined ? undefined : redirectUriFaults[fault]
}

/** OpenID Connect Core §4: https only. */
export function initiateLoginFault(uri: string): string | undefined {
  return isHttps(uri) ? webPageFault(uri) : 'The URI must be an https address.'
}

/** Front-Channel Logout §2: of the same scheme, host and port as a redirect URI. */
export function frontchannelFault(uri: string, redirectUris: readonly string[]): string | undefined {
  const origin = URL.parse(uri)?.origin
  const isOwn = redirectUris.some((redirect) => /^https?:/i.test(redirect) && URL.parse(redirect)?.origin === origin)
  if (!isOwn) return 'The URI must have the scheme, host and port of a redirect URI.'
  const fault = checkPostLogoutUri(uri)
  return fault === undefined ? undefined : redirectUriFaults[fault]
}

/** The hosts of redirect URIs: a pairwise subject is one of a single host, or of a sector (OpenID Connect Core §8.1). */
export function hostsOf(redirectUris: readonly string[]): ReadonlySet<string> {
  return new Set(redirectUris.map((uri) => URL.parse(uri)?.hostname ?? ''))
}

function isHttps(uri: string): boolean {
  return /^https:\/\//i.test(uri)
}

function isLocalhost(uri: string): boolean {
  return /(^|\.)localhost$/.test(URL.parse(uri)?.hostname ?? '')
}
