// Decides what is read of keys and signed texts that others made: public keys only, of sizes that are safe and quick to check, and
// one strict reading of a JWS. RFC 7515 §4, RFC 7517 §4 and §5, RFC 7518 §6, RFC 8037 §2, RFC 8725 §3.

import { createPublicKey, type JsonWebKeyInput, type KeyObject } from 'node:crypto'
import { decodeBase64url } from './base64url.ts'
import { algorithmNamed, fitsAlgorithm, type SigningAlgorithm, signingAlgorithms } from './signing.ts'

/** A public key of somebody else, with every algorithm that it may be for. */
export interface ForeignKey {
  readonly kid: string | undefined
  readonly algorithms: readonly SigningAlgorithm[]
  readonly publicKey: KeyObject
}

/** What a JWS says before anything is checked. */
export interface ForeignJws {
  readonly header: Readonly<Record<string, unknown>>
  readonly payload: Readonly<Record<string, unknown>>
}

export const longestForeignJws = 16_384
const mostKeys = 50
const longestKid = 255
const longestRsaBits = 4_096

/** The keys of a JWK set that can check signatures; undefined when it is no JWK set. What is of no use in it is passed over. */
export function foreignKeys(set: unknown): readonly ForeignKey[] | undefined {
  if (!isObject(set) || !Array.isArray(set['keys']) || set['keys'].length > mostKeys) return undefined
  return set['keys'].flatMap((jwk: unknown) => foreignKey(jwk) ?? [])
}

const privateMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k']

/** Whether a JWK set gives away a secret: a private or a symmetric key. */
export function hasPrivatePart(set: unknown): boolean {
  if (!isObject(set) || !Array.isArray(set['keys'])) return false
  return set['keys'].some((jwk: unknown) => isObject(jwk) && privateMembers.some((member) => member in jwk))
}

function foreignKey(jwk: unknown): ForeignKey | undefined {
  if (!isObject(jwk) || privateMembers.some((member) => member in jwk)) return undefined
  const { kid, use, key_ops: operations, alg } = jwk
  if (kid !== undefined && (typeof kid !== 'string' || kid.length > longestKid)) return undefined
  // RFC 7517 §4.2 and §4.3.
  if (use !== undefined && use !== 'sig') return undefined
  if (operations !== undefined && !(Array.isArray(operations) && operations.includes('verify'))) return undefined
  const publicKey = importPublic(jwk)
  if (publicKey === undefined || !isQuick(publicKey, jwk)) return undefined
  const named = alg === undefined ? signingAlgorithms : [algorithmNamed(alg)]
  const algorithms = signingAlgorithms.filter((one) => named.includes(one) && fitsAlgorithm(one, publicKey))
  return algorithms.length === 0 ? undefined : { kid, algorithms, publicKey }
}

function importPublic(jwk: JsonWebKeyInput['key']): KeyObject | undefined {
  try {
    return createPublicKey({ key: jwk, format: 'jwk' })
  } catch {
    // Of another kind, off its curve, or no key at all: of no use, and the set may hold others.
    return undefined
  }
}

/** A huge modulus or exponent would make each check a long one. */
function isQuick(key: KeyObject, jwk: Readonly<Record<string, unknown>>): boolean {
  if (key.asymmetricKeyType !== 'rsa') return true
  const exponent = typeof jwk['e'] === 'string' ? decodeBase64url(jwk['e']) : undefined
  const value = exponent === undefined || exponent.length > 4 ? 0 : Number(`0x${Buffer.from(exponent).toString('hex')}`)
  return (key.asymmetricKeyDetails?.modulusLength ?? Infinity) <= longestRsaBits && value >= 3 && value % 2 === 1
}

/** Header and payload of a compact JWS of three parts, each read strictly: no padding, no repeated member, UTF-8 only. */
export function openForeignJws(jws: string): ForeignJws | undefined {
  if (jws.length > longestForeignJws) return undefined
  const parts = jws.split('.')
  const header = strictJson(parts[0] ?? '')
  const payload = strictJson(parts[1] ?? '')
  return parts.length !== 3 || header === undefined || payload === undefined ? undefined : { header, payload }
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

function strictJson(encoded: string): Readonly<Record<string, unknown>> | undefined {
  const bytes = decodeBase64url(encoded)
  if (bytes === undefined) return undefined
  try {
    const text = utf8.decode(bytes)
    const value: unknown = JSON.parse(text)
    return isObject(value) && !hasRepeatedMember(text) ? value : undefined
  } catch {
    // Neither JSON nor UTF-8: both are only malformed to whoever sent it.
    return undefined
  }
}

/** RFC 7515 §4, RFC 7519 §4: two readers that take another one of two are how claims are forged. For text that is JSON. */
function hasRepeatedMember(text: string): boolean {
  const open: (Set<string> | undefined)[] = []
  for (const [token, name] of text.matchAll(/"((?:[^"\\]|\\.)*)"(?=\s*:)|"(?:[^"\\]|\\.)*"|[{}[\]]/g)) {
    if (token === '{') open.push(new Set())
    else if (token === '[') open.push(undefined)
    else if (token === '}' || token === ']') open.pop()
    else if (name !== undefined) {
      const known = open.at(-1)
      const member = String(JSON.parse(`"${name}"`))
      if (known?.has(member) === true) return true
      known?.add(member)
    }
  }
  return false
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
