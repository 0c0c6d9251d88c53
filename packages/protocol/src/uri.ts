// Decides how a URI falls into parts: by cutting the text, never by normalising it, so that joining the parts gives
// the same text again. RFC 3986 Appendix B. Two parsers that disagree on a URI are how redirects are stolen.

/** The parts of a URI as they stand in the text; undefined is a part that is absent, '' one that is empty. */
export interface UriParts {
  readonly scheme: string | undefined
  readonly userinfo: string | undefined
  readonly host: string | undefined
  readonly port: string | undefined
  readonly path: string
  readonly query: string | undefined
  readonly fragment: string | undefined
}

const REFERENCE = /^(?:([^:/?#]+):)?(?:\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#([\s\S]*))?$/
const LABEL = /^[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?$/
const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.|$)){4}$/
const IPV6 = /^\[[0-9A-Fa-f:.]{2,45}\]$/
const NUMBER = /^(?:\d+|0[xX][0-9A-Fa-f]*)$/
const PORT = /^[1-9]\d{0,4}$/
const LOOPBACK: ReadonlySet<string> = new Set(['127.0.0.1', '[::1]', 'localhost'])

/**
 * Cuts a text into the parts of a URI.
 * @param text any text; every text has a decomposition
 * @returns the parts, unchanged and undecoded
 * @see RFC 3986 Appendix B
 */
export function splitUri(text: string): UriParts {
  const [, scheme, authority, path = '', query, fragment] = REFERENCE.exec(text) ?? []
  return { scheme, ...splitAuthority(authority), path, query, fragment }
}

function splitAuthority(authority: string | undefined): Pick<UriParts, 'userinfo' | 'host' | 'port'> {
  if (authority === undefined) return { userinfo: undefined, host: undefined, port: undefined }
  const at = authority.lastIndexOf('@')
  const userinfo = at < 0 ? undefined : authority.slice(0, at)
  const rest = authority.slice(at + 1)
  const colon = rest.indexOf(':', rest.startsWith('[') ? Math.max(rest.indexOf(']'), 0) : 0)
  return colon < 0
    ? { userinfo, host: rest, port: undefined }
    : { userinfo, host: rest.slice(0, colon), port: rest.slice(colon + 1) }
}

/**
 * Tells whether every parser reads a host alike: DNS labels, a dotted IPv4 address or an IPv6 literal.
 * @param host the host as written
 * @returns false for empty labels, percent-encoding, and numbers that some parsers take for an address (`127.1`)
 * @see RFC 3986 §3.2.2
 */
export function isPlainHost(host: string): boolean {
  if (host.startsWith('[')) return IPV6.test(host)
  if (IPV4.test(host)) return true
  const labels = host.split('.')
  return host.length <= 253 && labels.every((label) => LABEL.test(label)) && !NUMBER.test(labels.at(-1) ?? '')
}

/**
 * Tells whether a port is absent or a number from 1 to 65535 without leading zeros.
 * @param port the port as written, without the colon
 * @returns false for an empty port
 * @see RFC 3986 §3.2.3
 */
export function isPlainPort(port: string | undefined): boolean {
  return port === undefined || (PORT.test(port) && Number(port) <= 65_535)
}

/**
 * Tells whether a host names this machine only.
 * @param host the host as written
 * @returns true for 127.0.0.1, [::1] and localhost, letter for letter
 * @see RFC 8252 §7.3
 */
export function isLoopbackHost(host: string): boolean {
  return LOOPBACK.has(host)
}
