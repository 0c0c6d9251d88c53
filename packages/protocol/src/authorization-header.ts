// Decides what an `Authorization` header says; a malformed one is a value, never an exception.
// RFC 9110 §11.4 (scheme names in any case), RFC 6750 §2.1, RFC 7617 §2, RFC 6749 §2.3.1 (form-urlencoded id and secret).

/**
 * What the header says; `kind` tells which.
 * @see RFC 9110 §11.6.2
 * @example
 * import type { Authorization } from '@latchkey/protocol'
 * const authorization: Authorization = { kind: 'bearer', token: 'abc' }
 */
export type Authorization =
  | { readonly kind: 'absent' }
  | { readonly kind: 'bearer'; readonly token: string }
  | { readonly kind: 'basic'; readonly clientId: string; readonly clientSecret: string }
  | { readonly kind: 'other'; readonly scheme: string }
  | {
      readonly kind: 'malformed'
      readonly scheme: 'bearer' | 'basic' | undefined
      readonly fault: AuthorizationFault
    }

/**
 * What is wrong with a malformed header.
 * @see RFC 6750 §2.1, RFC 7617 §2
 * @example
 * import type { AuthorizationFault } from '@latchkey/protocol'
 * const fault: AuthorizationFault = 'base64'
 */
export type AuthorizationFault =
  | 'syntax'
  | 'token-syntax'
  | 'base64'
  | 'encoding'
  | 'colon-missing'
  | 'percent-encoding'
  | 'client-id-empty'
  | 'control-character'

type Malformed = Extract<Authorization, { kind: 'malformed' }>

const HEADER = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+)(?: +([^ \n].*))?$/
// b64token = 1*( ALPHA / DIGIT / "-" / "." / "_" / "~" / "+" / "/" ) *"="
const BEARER_TOKEN = /^[A-Za-z0-9\-._~+/]+=*$/
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/
// oxlint-disable-next-line no-control-regex -- control characters are what this finds
const CONTROL = /[\x00-\x1f\x7f]/

/**
 * Parses the `Authorization` header.
 * @param header its value as received; undefined when the request has none
 * @returns the credentials, or why they cannot be read
 * @see RFC 6750 §2.1, RFC 6749 §2.3.1
 * @example
 * import { parseAuthorization } from '@latchkey/protocol'
 * const authorization = parseAuthorization('Basic Y2xpZW50SWQ6Y2xpZW50U2VjcmV0')
 * const clientId: string = authorization.kind === 'basic' ? authorization.clientId : '' // 'clientId'
 */
export function parseAuthorization(header: string | undefined): Authorization {
  if (header === undefined || header === '') return { kind: 'absent' }
  const [, scheme, credentials = ''] = HEADER.exec(header.trim()) ?? []
  if (scheme === undefined) return malformed(undefined, 'syntax')
  switch (scheme.toLowerCase()) {
    case 'bearer':
      return BEARER_TOKEN.test(credentials)
        ? { kind: 'bearer', token: credentials }
        : malformed('bearer', 'token-syntax')
    case 'basic':
      return parseBasic(credentials)
    default:
      return { kind: 'other', scheme: scheme.toLowerCase() }
  }
}

function parseBasic(credentials: string): Authorization {
  if (credentials === '' || !BASE64.test(credentials)) return malformed('basic', 'base64')
  const pair = decodeUtf8(bytesOf(credentials))
  if (pair === undefined) return malformed('basic', 'encoding')
  const colon = pair.indexOf(':')
  if (colon < 0) return malformed('basic', 'colon-missing')
  const clientId = decodeForm(pair.slice(0, colon))
  const clientSecret = decodeForm(pair.slice(colon + 1))
  if (clientId === undefined || clientSecret === undefined) return malformed('basic', 'percent-encoding')
  if (clientId === '') return malformed('basic', 'client-id-empty')
  if (CONTROL.test(clientId) || CONTROL.test(clientSecret)) return malformed('basic', 'control-character')
  return { kind: 'basic', clientId, clientSecret }
}

function bytesOf(base64: string): Uint8Array {
  const binary = atob(base64)
  const bytes = new Uint8Array(binary.length)
  for (let index = 0; index < binary.length; index++) bytes[index] = binary.charCodeAt(index)
  return bytes
}

// One for all: making a decoder costs more than decoding.
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return utf8.decode(bytes)
  } catch {
    return undefined
  }
}

// RFC 6749 Appendix B: application/x-www-form-urlencoded, so "+" is a space.
function decodeForm(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return undefined
  }
}

function malformed(scheme: Malformed['scheme'], fault: AuthorizationFault): Malformed {
  return { kind: 'malformed', scheme, fault }
}
