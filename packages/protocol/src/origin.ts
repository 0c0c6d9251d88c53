// Decides what the origin of a URI is, and which origins a client may register for cross-origin requests.
// RFC 6454 §6; Fetch "HTTP-network-or-cache fetch" serialises an origin without a path; CSP 3 §2.3.1 (source lists).

import { isLoopbackHost, isPlainHost, isPlainPort, splitUri } from './uri.ts'

const SCHEME = /^[A-Za-z][A-Za-z0-9+.-]*$/

/**
 * Gives the origin of a checked URI.
 * @param uri a URI that passed `checkRedirectUri`, or a loopback one that matched
 * @returns `scheme://host[:port]` in lower case, `scheme:` for private-use schemes; undefined when it has none
 * @see RFC 6454 §6
 * @example
 * import { originOf } from '@latchkey/protocol'
 * const origin: string | undefined = originOf('https://app.example:8443/cb?x=1') // 'https://app.example:8443'
 */
export function originOf(uri: string): string | undefined {
  const parts = splitUri(uri)
  if (parts.scheme === undefined || !SCHEME.test(parts.scheme) || parts.userinfo !== undefined) return undefined
  const scheme = parts.scheme.toLowerCase()
  if (scheme !== 'https' && scheme !== 'http') return `${scheme}:`
  if (parts.host === undefined || !isPlainHost(parts.host) || !isPlainPort(parts.port)) return undefined
  const port = parts.port === undefined || parts.port === defaultPort(scheme) ? '' : `:${parts.port}`
  return `${scheme}://${parts.host.toLowerCase()}${port}`
}

/**
 * Gives the source expression that lets a form lead to a checked URI under `form-action`.
 * @param uri a URI that passed `checkRedirectUri`, or a loopback one that matched
 * @returns the origin; `http:` for [::1], which no source expression can name; undefined when it has none
 * @see CSP 3 §6.7.2.8
 * @example
 * import { formActionSource } from '@latchkey/protocol'
 * const source: string | undefined = formActionSource('com.example.app:/callback') // 'com.example.app:'
 */
export function formActionSource(uri: string): string | undefined {
  const origin = originOf(uri)
  return origin?.includes('[') === true ? origin.slice(0, origin.indexOf('/')) : origin
}

/**
 * Why an origin may not be registered.
 * @see RFC 6454 §6
 * @example
 * import type { OriginFault } from '@latchkey/protocol'
 * const fault: OriginFault = 'path'
 */
export type OriginFault =
  | 'not-absolute'
  | 'scheme'
  | 'userinfo'
  | 'path'
  | 'wildcard'
  | 'host'
  | 'port'
  | 'http-not-loopback'
  | 'not-serialized'

/**
 * A sentence for each fault, for the person who registers the client.
 * @see RFC 6454 §6
 * @example
 * import { originFaults } from '@latchkey/protocol'
 * const sentence: string = originFaults.path
 */
export const originFaults: Readonly<Record<OriginFault, string>> = {
  'not-absolute': 'The origin must begin with https:// (or http:// on the loopback address).',
  scheme: 'The origin must be of the scheme https, or http on the loopback address.',
  userinfo: 'The origin must not have a user name or password.',
  path: 'The origin must end after the host and port, without a slash.',
  wildcard: 'The origin must not have a wildcard.',
  host: 'The origin has no host, or one that is not a plain domain name or IP address.',
  port: 'The port must be a number from 1 to 65535 without leading zeros.',
  'http-not-loopback': 'Plain http is only for 127.0.0.1, [::1] and localhost; use https.',
  'not-serialized': 'Write the origin as browsers send it: in lower case and without the default port.',
}

/**
 * Checks an origin at registration; it is compared with the `Origin` header as text.
 * @param origin e.g. `https://app.example`
 * @returns the first fault, or undefined when the origin may be registered
 * @see RFC 6454 §6.2
 * @example
 * import { checkOrigin } from '@latchkey/protocol'
 * const fault: string | undefined = checkOrigin('https://app.example/') // 'path'
 */
export function checkOrigin(origin: string): OriginFault | undefined {
  if (origin.includes('*')) return 'wildcard'
  const parts = splitUri(origin)
  if (parts.scheme === undefined || parts.host === undefined) return 'not-absolute'
  const scheme = parts.scheme.toLowerCase()
  if (scheme !== 'https' && scheme !== 'http') return 'scheme'
  if (parts.userinfo !== undefined) return 'userinfo'
  if (parts.path !== '' || parts.query !== undefined || parts.fragment !== undefined) return 'path'
  if (!isPlainHost(parts.host)) return 'host'
  if (!isPlainPort(parts.port)) return 'port'
  if (scheme === 'http' && !isLoopbackHost(parts.host.toLowerCase())) return 'http-not-loopback'
  return originOf(origin) === origin ? undefined : 'not-serialized'
}

function defaultPort(scheme: 'https' | 'http'): string {
  return scheme === 'https' ? '443' : '80'
}
