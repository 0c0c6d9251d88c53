// Decides which keys may have signed a token: those that the server publishes, each for one algorithm only, never one that
// the token brings along. RFC 7517 §4, §5; RFC 8725 §3.1, §3.10; RFC 7518 §3.3 (RSA of 2048 bits or more).

import { decodeBase64url } from '@latchkey/protocol'
import { type CryptoKey, importJWK } from 'jose'
import { isJsonObject, type JsonObject, textOf } from './json.ts'
import type { Clock, Instant } from './platform/time/index.ts'

interface VerificationKey {
  readonly id: string | undefined
  readonly algorithm: string
  readonly key: CryptoKey
}

/** Finds the keys that may have signed a token: one for a `kid`, each that fits where there is none. */
export type KeySet = (uri: string, algorithm: string, keyId: string | undefined) => Promise<readonly CryptoKey[]>

const FRESH_MS = 600_000
const BETWEEN_MISSES_MS = 30_000
const MOST_KEYS = 100

/** Makes the finder of keys. An unknown key makes it look again, at most once in 30 s, so that forgers cannot make it ask. */
export function createKeySet(clock: Clock, load: (uri: string) => Promise<unknown>): KeySet {
  let keys: readonly VerificationKey[] = []
  let loadedFrom: string | undefined
  let loadedAt: Instant = Number.NEGATIVE_INFINITY
  let missedAt: Instant = Number.NEGATIVE_INFINITY
  let underWay: Promise<void> | undefined

  async function read(uri: string): Promise<void> {
    try {
      keys = await readKeys(await load(uri))
      loadedAt = clock.now()
      loadedFrom = uri
    } finally {
      underWay = undefined
    }
  }
  const reload = (uri: string): Promise<void> => (underWay ??= read(uri))
  return async (uri, algorithm, keyId) => {
    if (loadedFrom !== uri || clock.now() - loadedAt >= FRESH_MS) await reload(uri)
    const found = pick(keys, algorithm, keyId)
    if (found.length > 0 || clock.now() - missedAt < BETWEEN_MISSES_MS) return found
    missedAt = clock.now()
    await reload(uri)
    return pick(keys, algorithm, keyId)
  }
}

function pick(keys: readonly VerificationKey[], algorithm: string, keyId: string | undefined): readonly CryptoKey[] {
  const fits = (key: VerificationKey): boolean =>
    key.algorithm === algorithm && (keyId === undefined || key.id === undefined || key.id === keyId)
  return keys.filter(fits).map(({ key }) => key)
}

async function readKeys(set: unknown): Promise<readonly VerificationKey[]> {
  const listed: unknown = isJsonObject(set) ? set['keys'] : undefined
  if (!Array.isArray(listed)) throw new TypeError('The key set has no keys.')
  const imported = await Promise.all(listed.slice(0, MOST_KEYS).map(importKey))
  return imported.filter((key) => key !== undefined)
}

/** A key that cannot be used is passed over: others may still serve. */
async function importKey(jwk: unknown): Promise<VerificationKey | undefined> {
  if (!isJsonObject(jwk)) return undefined
  const algorithm = algorithmOf(jwk)
  if (algorithm === undefined || !mayVerify(jwk)) return undefined
  try {
    const key = await importJWK(publicPartOf(jwk), algorithm)
    return key instanceof Uint8Array ? undefined : { id: textOf(jwk['kid']), algorithm, key }
  } catch {
    return undefined
  }
}

function mayVerify(jwk: JsonObject): boolean {
  const operations = jwk['key_ops']
  const isForSignatures = jwk['use'] === undefined || jwk['use'] === 'sig'
  return isForSignatures && (!Array.isArray(operations) || operations.includes('verify'))
}

const curves: Readonly<Record<string, string>> = {
  'P-256': 'ES256',
  'P-384': 'ES384',
  'P-521': 'ES512',
  Ed25519: 'EdDSA',
}

/** The one algorithm of a key: what it states, if that fits its type; RSA without a statement means RS256. */
function algorithmOf(jwk: JsonObject): string | undefined {
  const stated = jwk['alg']
  if (jwk['kty'] === 'RSA') {
    const modulus = typeof jwk['n'] === 'string' ? decodeBase64url(jwk['n']) : undefined
    if (modulus === undefined || modulus.length < 256 || modulus.length > 512) return undefined
    if (stated === undefined) return 'RS256'
    return typeof stated === 'string' && /^(RS|PS)(256|384|512)$/.test(stated) ? stated : undefined
  }
  if (jwk['kty'] !== 'EC' && jwk['kty'] !== 'OKP') return undefined
  const fitting = curves[String(jwk['crv'])]
  if (fitting === 'EdDSA' && stated === 'Ed25519') return 'Ed25519'
  return stated === undefined || stated === fitting ? fitting : undefined
}

function publicPartOf(jwk: JsonObject): JsonObject & { readonly kty: string } {
  const members = ['n', 'e', 'crv', 'x', 'y'].map((name) => [name, jwk[name]] as const)
  const present: Record<string, unknown> = Object.fromEntries(members.filter(([, value]) => value !== undefined))
  return { ...present, kty: String(jwk['kty']) }
}
