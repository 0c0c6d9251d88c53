// Decides which key may have signed a token: one of the issuer's published keys, each for one algorithm only, never one
// that the token brings along. RFC 7517 §4, §5; RFC 8725 §3.1, §3.10; RFC 7518 §3.3 (RSA of 2048 bits or more).

import type { AuthorizationServer } from 'oauth4webapi'
import { decodeBase64url } from '@latchkey/protocol'
import { importJWK, type CryptoKey } from 'jose'
import type { Line } from './discovery.ts'
import type { Instant } from './platform/time/index.ts'
import { isJsonObject, type JsonObject } from './strict-json.ts'
import { Unreachable } from './upstream.ts'

/** A published key, ready to verify with. */
interface VerificationKey {
  readonly id: string | undefined
  readonly algorithm: string
  readonly key: CryptoKey
}

/** Finds the key for a token; undefined when the issuer publishes none. @throws Unreachable */
export type FindKey = (server: AuthorizationServer, algorithm: string, keyId: string | undefined) => Promise<FoundKey>

/** The key, if there is one. */
export type FoundKey = CryptoKey | undefined

const FRESH_MS = 600_000
/** Keys outlive an outage of the issuer by so long, and then count no more: they might have been withdrawn. */
const STALE_MS = 3_600_000
const BETWEEN_MISSES_MS = 30_000
const MOST_KEYS = 100

/** Makes the finder of keys. An unknown key makes it look again, at most once in 30 s. */
export function createKeySet(line: Line): FindKey {
  const { clock, upstream, fetch, issuer } = line
  let keys: readonly VerificationKey[] = []
  let loadedAt: Instant = Number.NEGATIVE_INFINITY
  let triedAt: Instant = Number.NEGATIVE_INFINITY
  let missedAt: Instant = Number.NEGATIVE_INFINITY
  let failure: Error | undefined
  let underWay: Promise<void> | undefined

  function load(uri: string): Promise<void> {
    underWay ??= upstream
      .call(async (signal) => readKeys(await fetch(uri, { signal, headers: { accept: 'application/json' } })))
      .then(
        (found) => {
          keys = found
          loadedAt = clock.now()
          failure = undefined
        },
        (error: unknown) => {
          failure = error instanceof Error ? error : new Unreachable(1, error)
        },
      )
      .finally(() => {
        triedAt = clock.now()
        underWay = undefined
      })
    return underWay
  }

  async function refresh(uri: string): Promise<void> {
    const now = clock.now()
    const isUsable = now - loadedAt < STALE_MS
    const mayWait = isUsable && now - triedAt < BETWEEN_MISSES_MS
    if (now - loadedAt >= FRESH_MS && !mayWait) await load(uri)
    if (clock.now() - loadedAt >= STALE_MS) throw failure ?? new Unreachable(1, 'no keys')
  }

  return async (server, algorithm, keyId) => {
    const uri = safeUri(server.jwks_uri, issuer)
    await refresh(uri)
    const found = pick(keys, algorithm, keyId)
    if (found !== undefined) return found
    const now = clock.now()
    if (now - missedAt >= BETWEEN_MISSES_MS) {
      missedAt = now
      await load(uri)
    } else if (underWay !== undefined) await underWay
    // Whether the issuer has such a key cannot be known while it does not answer.
    if (failure !== undefined) throw failure
    return pick(keys, algorithm, keyId)
  }
}

function pick(keys: readonly VerificationKey[], algorithm: string, keyId: string | undefined): FoundKey {
  const fitting = keys.filter((key) => key.algorithm === algorithm && (keyId === undefined || key.id === keyId))
  return keyId === undefined && fitting.length > 1 ? undefined : fitting[0]?.key
}

function safeUri(uri: string | undefined, issuer: string): string {
  if (uri === undefined) throw new Unreachable(60, 'The authorization server publishes no keys.')
  const isAllowed = uri.startsWith('https:') || (uri.startsWith('http:') && issuer.startsWith('http:'))
  if (!isAllowed) throw new Unreachable(60, `Keys are not fetched from ${uri}.`)
  return uri
}

async function readKeys(response: Response): Promise<readonly VerificationKey[]> {
  if (response.status !== 200) throw new Error(`The key set was answered with status ${response.status}.`)
  const set: unknown = await response.json()
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
    const id = jwk['kid']
    return key instanceof Uint8Array ? undefined : { id: typeof id === 'string' ? id : undefined, algorithm, key }
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
