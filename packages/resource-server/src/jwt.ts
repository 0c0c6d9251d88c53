// Decides what a token is by its looks, and whether a JWT may be an access token of ours at all, before any key is
// asked for. RFC 9068 §4; RFC 8725 §3.1, §3.11; RFC 7515 §4.1.11 (crit), §7.1 (compact form only).

import { decodeBase64url, encodeBase64url } from '@latchkey/protocol'
import { type JsonObject, parseStrictObject } from './strict-json.ts'

/** Longer tokens are refused unread. */
export const LONGEST_TOKEN = 16_384

/** A JWT whose signature nobody has looked at yet. */
export interface UnverifiedJwt {
  readonly header: JsonObject
  readonly payload: JsonObject
  readonly algorithm: string
  readonly keyId: string | undefined
}

/** What a token is by its looks. */
export type TokenShape =
  | { readonly kind: 'opaque' }
  | { readonly kind: 'jwt'; readonly jwt: UnverifiedJwt }
  | { readonly kind: 'refused'; readonly why: string }

const COMPACT = /^([\w-]+)\.([\w-]*)\.([\w-]*)$/
const OPAQUE: TokenShape = { kind: 'opaque' }

/** Reads the shape of a token: a JWT is three parts of which the first is a JSON object that names an algorithm. */
export function shapeOf(token: string): TokenShape {
  const [, first, second, third] = COMPACT.exec(token) ?? []
  if (first === undefined || second === undefined || third === undefined) return OPAQUE
  const headerText = decodeText(first)
  if (headerText === undefined || !/^\s*\{/.test(headerText)) return OPAQUE
  const header = parseStrictObject(headerText)
  if (header === undefined) return refused('The token header is not one unambiguous JSON object.')
  const payload = parseStrictObject(decodeText(second) ?? '')
  if (payload === undefined) return refused('The token payload is not one unambiguous JSON object.')
  if (decodeBytes(third) === undefined) return refused('The token signature is not base64url.')
  const algorithm = header['alg']
  const keyId = header['kid']
  if (typeof algorithm !== 'string') return refused('The token names no algorithm.')
  if (keyId !== undefined && typeof keyId !== 'string') return refused('The token names no usable key.')
  return { kind: 'jwt', jwt: { header, payload, algorithm, keyId } }
}

/**
 * Finds the reason why a JWT cannot be an access token, whoever signed it.
 * @param tokenTypes accepted `typ` values, in lower case and without `application/`
 */
export function faultOfJwt(
  jwt: UnverifiedJwt,
  tokenTypes: readonly string[],
  algorithms: readonly string[],
): string | undefined {
  const { header, payload } = jwt
  if (!algorithms.includes(jwt.algorithm)) return 'The token is signed with an algorithm that is not accepted.'
  if (header['crit'] !== undefined || header['b64'] !== undefined) return 'The token demands an unknown extension.'
  const type = header['typ']
  if (typeof type !== 'string' || !tokenTypes.includes(type.toLowerCase().replace(/^application\//, ''))) {
    return 'The token is not an access token.'
  }
  return faultOfPurpose(payload)
}

/** Finds the marks of an ID token or logout token, which say who signed in and open no API. OIDC Core §2. */
export function faultOfPurpose(payload: JsonObject): string | undefined {
  const marks = ['nonce', 'at_hash', 'c_hash', 's_hash', 'events']
  const isOther = marks.some((mark) => payload[mark] !== undefined)
  if (isOther || payload['typ'] === 'ID' || payload['token_use'] === 'id') return 'The token is not an access token.'
  return undefined
}

/** Strict base64url: one spelling for each value, without padding. */
function decodeBytes(text: string): Uint8Array | undefined {
  const bytes = decodeBase64url(text)
  return bytes !== undefined && encodeBase64url(bytes) === text ? bytes : undefined
}

function decodeText(text: string): string | undefined {
  const bytes = decodeBytes(text)
  if (bytes === undefined) return undefined
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return undefined
  }
}

function refused(why: string): TokenShape {
  return { kind: 'refused', why }
}
