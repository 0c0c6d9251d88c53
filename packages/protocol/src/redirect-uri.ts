// Decides which redirect URIs may be registered and which sent one is a registered one.
// RFC 6749 §3.1.2; RFC 8252 §7.1-7.3 and §8.4; RFC 9700 §2.1 (exact string comparison), §2.6 and §4.1.

import { isLoopbackHost, isPlainHost, isPlainPort, splitUri, type UriParts } from './uri.ts'

/**
 * Why a redirect URI may not be registered.
 * @see RFC 9700 §4.1
 * @example
 * import type { RedirectUriFault } from '@latchkey/protocol'
 * const fault: RedirectUriFault = 'fragment'
 */
export type RedirectUriFault =
  | 'length'
  | 'character'
  | 'wildcard'
  | 'percent-encoding'
  | 'not-absolute'
  | 'fragment'
  | 'dangerous-scheme'
  | 'private-use-scheme'
  | 'scheme-without-dot'
  | 'userinfo'
  | 'host'
  | 'port'
  | 'http-not-loopback'
  | 'dot-segment'
  | 'response-parameter'

/**
 * A sentence for each fault, for the person who registers the client.
 * @see RFC 7591 §3.2.2
 * @example
 * import { redirectUriFaults } from '@latchkey/protocol'
 * const sentence: string = redirectUriFaults.fragment
 */
export const redirectUriFaults: Readonly<Record<RedirectUriFault, string>> = {
  length: 'The URI must have 1 to 2048 characters.',
  character: 'The URI has a space, a backslash, a control character or another character that a URI cannot have.',
  wildcard: 'The URI has a wildcard; each URI must be registered whole.',
  'percent-encoding': 'The URI has a percent sign without two hex digits, or hides a control character or a backslash.',
  'not-absolute': 'The URI must begin with a scheme, such as https://.',
  fragment: 'The URI must not have a fragment (#).',
  'dangerous-scheme': 'URIs of this scheme can run code or open local files.',
  'private-use-scheme': 'This client may only use https, or http on the loopback address.',
  'scheme-without-dot': 'A private-use scheme must be a reversed domain name, such as com.example.app.',
  userinfo: 'The URI must not have a user name or password before the host.',
  host: 'The URI has no host, or one that is not a plain domain name or IP address.',
  port: 'The port must be a number from 1 to 65535 without leading zeros.',
  'http-not-loopback': 'Plain http is only for 127.0.0.1, [::1] and localhost; use https.',
  'dot-segment': 'The path must not have the segments "." and "..".',
  'response-parameter': 'The query must not have a parameter that the server itself adds to its answer.',
}

/**
 * Whether native apps' own schemes are accepted.
 * @see RFC 8252 §7.1
 * @example
 * import type { RedirectUriPolicy } from '@latchkey/protocol'
 * const policy: RedirectUriPolicy = { allowCustomScheme: true }
 */
export interface RedirectUriPolicy {
  /** Accept private-use schemes such as `com.example.app:/callback`; default false. */
  readonly allowCustomScheme?: boolean
}

const MAXIMUM_LENGTH = 2048
// RFC 3986 §2: unreserved, reserved and percent; "*" is taken out as a wildcard first.
const URI_CHARACTERS = /^[A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=%]*$/
const SCHEME = /^[A-Za-z][A-Za-z0-9+.-]*$/
const REVERSED_DOMAIN = /^[A-Za-z][A-Za-z0-9+-]*(?:\.[A-Za-z0-9][A-Za-z0-9+-]*)+$/
const BAD_PERCENT = /%(?![0-9A-Fa-f]{2})|%(?:[01][0-9A-Fa-f]|7[Ff]|5[Cc])/
const DANGEROUS_SCHEMES: ReadonlySet<string> = new Set(
  'javascript data blob file filesystem vbscript about view-source intent'.split(' '),
)
// A response must never hold a name twice: whatever we or an extension of ours adds is kept out of the query.
const RESPONSE_PARAMETERS: ReadonlySet<string> = new Set(
  'code state iss error error_description error_uri response access_token token_type expires_in id_token session_state'.split(
    ' ',
  ),
)
const LOGOUT_PARAMETERS: ReadonlySet<string> = new Set(['state'])

/**
 * Checks a redirect URI at registration.
 * @param uri the URI as it would be stored
 * @param policy whether private-use schemes are accepted
 * @returns the first fault, or undefined when the URI may be registered
 * @see RFC 6749 §3.1.2, RFC 8252 §7, RFC 9700 §2.1, §2.6
 * @example
 * import { checkRedirectUri } from '@latchkey/protocol'
 * const fault: string | undefined = checkRedirectUri('http://example.com/cb') // 'http-not-loopback'
 */
export function checkRedirectUri(uri: string, policy: RedirectUriPolicy = {}): RedirectUriFault | undefined {
  return checkUri(uri, policy, RESPONSE_PARAMETERS)
}

/**
 * Checks a post-logout redirect URI at registration; only `state` is added to it.
 * @param uri the URI as it would be stored
 * @param policy whether private-use schemes are accepted
 * @returns the first fault, or undefined when the URI may be registered
 * @see OpenID Connect RP-Initiated Logout §3
 * @example
 * import { checkPostLogoutUri } from '@latchkey/protocol'
 * const fault: string | undefined = checkPostLogoutUri('https://app.example/bye') // undefined
 */
export function checkPostLogoutUri(uri: string, policy: RedirectUriPolicy = {}): RedirectUriFault | undefined {
  return checkUri(uri, policy, LOGOUT_PARAMETERS)
}

function checkUri(uri: string, policy: RedirectUriPolicy, added: ReadonlySet<string>): RedirectUriFault | undefined {
  if (uri.length === 0 || uri.length > MAXIMUM_LENGTH) return 'length'
  if (!URI_CHARACTERS.test(uri)) return 'character'
  if (uri.includes('*')) return 'wildcard'
  if (BAD_PERCENT.test(uri)) return 'percent-encoding'
  const parts = splitUri(uri)
  if (parts.scheme === undefined || !SCHEME.test(parts.scheme)) return 'not-absolute'
  if (parts.fragment !== undefined) return 'fragment'
  return checkTarget(parts, parts.scheme.toLowerCase(), policy) ?? checkPathAndQuery(parts, added)
}

function checkTarget(parts: UriParts, scheme: string, policy: RedirectUriPolicy): RedirectUriFault | undefined {
  if (DANGEROUS_SCHEMES.has(scheme)) return 'dangerous-scheme'
  const web = scheme === 'https' || scheme === 'http'
  if (!web && policy.allowCustomScheme !== true) return 'private-use-scheme'
  if (!web && !REVERSED_DOMAIN.test(scheme)) return 'scheme-without-dot'
  if (parts.userinfo !== undefined) return 'userinfo'
  if (!web && (parts.host === undefined || parts.host === '')) return parts.port === undefined ? undefined : 'port'
  if (parts.host === undefined || !isPlainHost(parts.host)) return 'host'
  if (!isPlainPort(parts.port)) return 'port'
  return scheme === 'http' && !isLoopbackHost(parts.host) ? 'http-not-loopback' : undefined
}

function checkPathAndQuery(parts: UriParts, added: ReadonlySet<string>): RedirectUriFault | undefined {
  // A browser resolves these before it sends the code, so the place would not be the registered one.
  // Some servers cut a segment at ";": "..;" is ".." to them.
  const segments = parts.path.split(/\/|%2f/i).map((segment) => segment.replaceAll(/%2e/gi, '.').split(/;|%3b/i)[0])
  if (segments.some((segment) => segment === '.' || segment === '..')) return 'dot-segment'
  return queryNames(parts.query ?? '').some((name) => added.has(name)) ? 'response-parameter' : undefined
}

// The names as the most liberal server would read them: decoded, any case, ";" as separator, `code[]` as `code`.
function queryNames(query: string): readonly string[] {
  return query.split(/[&;]/).map((pair) => {
    const name = (pair.split('=')[0] ?? '').replaceAll(/%[0-9A-Fa-f]{2}/g, (hex) =>
      String.fromCharCode(Number.parseInt(hex.slice(1), 16)),
    )
    return (name.split('[')[0] ?? '').replaceAll('+', ' ').trim().toLowerCase()
  })
}

// RFC 8252 §7.3: "The authorization server MUST allow any port to be specified at the time of the request for
// loopback IP redirect URIs". The name localhost is not an IP: it matches exactly (§8.3).
const LOOPBACK_URI = /^(http:\/\/(?:127\.0\.0\.1|\[::1\]))(?::([1-9]\d{0,4}))?((?:[/?][^#]*)?)$/

/**
 * Tells whether the sent redirect URI is a registered one: equal byte for byte, but for the port of a loopback address.
 * @param registered the client's redirect URIs, each of which passed `checkRedirectUri`
 * @param sent the `redirect_uri` parameter as sent
 * @returns true when the sent URI may be redirected to
 * @see RFC 9700 §2.1, RFC 8252 §7.3
 * @example
 * import { matchRedirectUri } from '@latchkey/protocol'
 * const good: boolean = matchRedirectUri(['http://127.0.0.1/cb'], 'http://127.0.0.1:54321/cb')
 */
export function matchRedirectUri(registered: readonly string[], sent: string): boolean {
  if (sent === '') return false
  if (registered.includes(sent)) return true
  const target = splitLoopback(sent)
  if (target === undefined) return false
  return registered.some((uri) => {
    const known = splitLoopback(uri)
    return known !== undefined && known.origin === target.origin && known.rest === target.rest
  })
}

function splitLoopback(uri: string): { readonly origin: string; readonly rest: string } | undefined {
  const [, origin, port, rest] = LOOPBACK_URI.exec(uri) ?? []
  if (origin === undefined || rest === undefined || !isPlainPort(port)) return undefined
  return { origin, rest }
}
