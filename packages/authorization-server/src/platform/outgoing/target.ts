// Decides whether a URL may be fetched at all, by its text: https, a public name or address, nothing hidden in it. RFC 3986 §3,
// RFC 6761 §6, RFC 6762 §3, RFC 8375 §4, RFC 9476 §3. Where its name leads is decided after it was looked up (address.ts).
import { addressKind } from './address.ts'

export interface Target {
  /** The URL as it is asked for. */
  readonly url: string
  readonly isTls: boolean
  /** A name in lower case, or an address without brackets. */
  readonly host: string
  readonly isAddress: boolean
  readonly port: number
  /** Path and query. */
  readonly path: string
}

/**
 * `inside`: the operator opened networks, so their names are looked up as well. `loopback`: tests and development may also fetch from
 * this machine, and without TLS there.
 */
export type Reach = 'internet' | 'inside' | 'loopback'

const longestUrl = 2_048
/** No whitespace, controls, backslashes or characters beyond ASCII: where parsers differ, attacks begin. */
const plainUrl = /^[\x21-\x5b\x5d-\x7e]+$/
const insideNames = /(^|\.)(localhost|local|internal|intranet|lan|home\.arpa|onion|alt)$/
const publicName = /^([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z][a-z0-9-]*[a-z0-9]$/
const anyName = /^([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z]([a-z0-9-]*[a-z0-9])?$/

/** The target, or undefined for what is never asked for. */
export function parseTarget(text: string, reach: Reach): Target | undefined {
  if (text.length > longestUrl || !plainUrl.test(text) || !/^https?:\/\/[^/?#]/i.test(text)) return undefined
  const url = URL.parse(text)
  if (url === null || url.username !== '' || url.password !== '' || url.hash !== '') return undefined
  // The authority as it was sent: `user:@host` parses to no user at all, and is no address of ours either.
  if (text.includes('#') || /^https?:\/\/[^/?#]*[@%]/i.test(text)) return undefined
  const isTls = url.protocol === 'https:'
  const host = url.hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '')
  const isAddress = addressKind(host) !== 'malformed'
  const isHere = isLocalhost(host) || addressKind(host) === 'loopback'
  if (reach === 'loopback' ? !isTls && !isHere : !isTls || isLocalhost(host)) return undefined
  if (!isAddress && !isHere && !isAskedFor(host, reach)) return undefined
  const port = url.port === '' ? (isTls ? 443 : 80) : Number(url.port)
  return port === 0 ? undefined : { url: url.href, isTls, host, isAddress, port, path: url.pathname + url.search }
}

function isAskedFor(host: string, reach: Reach): boolean {
  if (host.length > 253) return false
  return reach === 'internet' ? publicName.test(host) && !insideNames.test(host) : anyName.test(host)
}

export function isLocalhost(host: string): boolean {
  return /(^|\.)localhost$/.test(host)
}
