// Decides how signing keys are made and kept, and how a JWS is signed and checked: compact serialization (RFC 7515 §3.1),
// algorithms of RFC 7518 §3.1 and RFC 8037, key ids by thumbprint (RFC 7638). One key has one algorithm (RFC 8725 §3.1).

import {
  constants,
  createPrivateKey,
  createPublicKey,
  generateKeyPair,
  type KeyObject,
  type SignKeyObjectInput,
  sign,
  type VerifyKeyObjectInput,
  verify,
} from 'node:crypto'
import { promisify } from 'node:util'
import { decodeBase64url, encodeBase64url } from './base64url.ts'
import { sha256, sha512 } from './digest.ts'

export const signingAlgorithms = ['ES256', 'RS256', 'PS256', 'EdDSA'] as const
export type SigningAlgorithm = (typeof signingAlgorithms)[number]

/** A key that signs, with the one algorithm it is for. */
export interface SigningKey {
  readonly alg: SigningAlgorithm
  readonly kid: string
  readonly privateKey: KeyObject
}

/** A public key as it is published (RFC 7517). */
export interface PublicJwk {
  readonly kty: string
  readonly crv?: string
  readonly x?: string
  readonly y?: string
  readonly n?: string
  readonly e?: string
  readonly kid: string
  readonly alg: SigningAlgorithm
  readonly use: 'sig'
}

/** A key against which signatures are checked. */
export interface VerificationKey {
  readonly alg: SigningAlgorithm
  readonly kid: string
  readonly publicKey: KeyObject
}

export interface VerifiedJws {
  readonly header: Readonly<Record<string, unknown>>
  readonly payload: Readonly<Record<string, unknown>>
}

interface Algorithm {
  /** Which the signature itself uses. */
  readonly hash: (bytes: Uint8Array) => Uint8Array
  readonly digest: 'sha256' | null
  readonly options: { readonly dsaEncoding?: 'ieee-p1363'; readonly padding?: number; readonly saltLength?: number }
  /** RSA signs on the thread pool: 0.8 ms would hold up the event loop, while an EC signature (33 µs) costs less than the hop. */
  readonly onPool: boolean
  make(): Promise<{ readonly privateKey: KeyObject }>
  fits(key: KeyObject): boolean
}

const makeKeyPair = promisify(generateKeyPair)
const signOnPool = promisify<string | null, Uint8Array, SignKeyObjectInput, Buffer>(sign)

const rsa = {
  hash: sha256,
  digest: 'sha256',
  onPool: true,
  make: () => makeKeyPair('rsa', { modulusLength: 2048 }),
  // RFC 7518 §3.3 and §3.5: 2048 bits or more.
  fits: (key: KeyObject) => key.asymmetricKeyType === 'rsa' && (key.asymmetricKeyDetails?.modulusLength ?? 0) >= 2048,
} as const

const algorithms: Readonly<Record<SigningAlgorithm, Algorithm>> = {
  ES256: {
    hash: sha256,
    digest: 'sha256',
    options: { dsaEncoding: 'ieee-p1363' },
    onPool: false,
    make: () => makeKeyPair('ec', { namedCurve: 'P-256' }),
    fits: (key) => key.asymmetricKeyType === 'ec' && key.asymmetricKeyDetails?.namedCurve === 'prime256v1',
  },
  RS256: { ...rsa, options: { padding: constants.RSA_PKCS1_PADDING } },
  PS256: { ...rsa, options: { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 } },
  EdDSA: {
    // RFC 8032 §5.1: Ed25519 hashes with SHA-512.
    hash: sha512,
    digest: null,
    options: {},
    onPool: false,
    make: () => makeKeyPair('ed25519'),
    fits: (key) => key.asymmetricKeyType === 'ed25519',
  },
}

/** Makes a key pair for the algorithm: P-256, RSA of 2048 bits, or Ed25519. */
export async function generateSigningKey(alg: SigningAlgorithm): Promise<SigningKey> {
  const { privateKey } = await algorithms[alg].make()
  return { alg, kid: thumbprint(createPublicKey(privateKey)), privateKey }
}

/** The algorithm that a header or a key names; EdDSA on our one curve has a second name (RFC 9864 §2.2). */
export function algorithmNamed(name: unknown): SigningAlgorithm | undefined {
  return name === 'Ed25519' ? 'EdDSA' : signingAlgorithms.find((algorithm) => algorithm === name)
}

/** The hash of an algorithm: what `at_hash` and `c_hash` are made with (OpenID Connect Core §3.1.3.6). */
export function digestFor(alg: SigningAlgorithm): (bytes: Uint8Array) => Uint8Array {
  return algorithms[alg].hash
}

/** The private key in PKCS #8 DER: seal it before it is stored. */
export function exportSigningKey({ privateKey }: SigningKey): Uint8Array {
  return privateKey.export({ format: 'der', type: 'pkcs8' })
}

/**
 * Reads back what {@link exportSigningKey} wrote.
 * @throws TypeError when the key is not of the algorithm's kind
 */
export function importSigningKey(alg: SigningAlgorithm, pkcs8: Uint8Array): SigningKey {
  const privateKey = createPrivateKey({ key: Buffer.from(pkcs8), format: 'der', type: 'pkcs8' })
  if (!algorithms[alg].fits(privateKey)) throw new TypeError(`The key is not one for ${alg}.`)
  return { alg, kid: thumbprint(createPublicKey(privateKey)), privateKey }
}

/** The half that is published. */
export function publicJwk({ alg, kid, privateKey }: SigningKey): PublicJwk {
  const { kty = '', ...members } = createPublicKey(privateKey).export({ format: 'jwk' })
  return { kty, ...members, kid, alg, use: 'sig' }
}

/** The half that checks signatures. */
export function verificationKey({ alg, kid, privateKey }: SigningKey): VerificationKey {
  return { alg, kid, publicKey: createPublicKey(privateKey) }
}

/** The SHA-256 thumbprint of a public key in base64url (RFC 7638 §3). */
export function thumbprint(publicKey: KeyObject): string {
  const { crv, e, kty, n, x, y } = publicKey.export({ format: 'jwk' })
  // RFC 7638 §3.2 and RFC 8037 §2: the required members only, in this order; absent ones drop out of the JSON.
  const members = kty === 'RSA' ? { e, kty, n } : { crv, kty, x, y }
  return encodeBase64url(sha256(JSON.stringify(members)))
}

/**
 * Signs a JSON payload.
 * @param typ the header's `typ`, e.g. `at+jwt`
 * @returns the compact serialization
 */
export async function signJws(key: SigningKey, typ: string, payload: object): Promise<string> {
  const header = { alg: key.alg, typ, kid: key.kid }
  const input = `${encodeJson(header)}.${encodeJson(payload)}`
  const { digest, options, onPool } = algorithms[key.alg]
  const signing = { ...options, key: key.privateKey }
  const bytes = Buffer.from(input)
  const signature = onPool ? await signOnPool(digest, bytes, signing) : sign(digest, bytes, signing)
  return `${input}.${signature.toString('base64url')}`
}

/**
 * Checks a signature: its key must be among `keys` by `kid`, its `alg` that key's own. Says nothing about claims or times.
 * @returns header and payload, or undefined for anything that is not exactly such a JWS
 */
export function verifyJws(jws: string, keys: readonly VerificationKey[]): VerifiedJws | undefined {
  const opened = openJws(jws)
  // RFC 8725 §3.1: the key decides the algorithm, never the header.
  const key = keys.find(({ kid, alg }) => kid === opened?.header['kid'] && alg === opened?.header['alg'])
  return opened === undefined || key === undefined ? undefined : checkOpened(opened, key)
}

/** As {@link verifyJws}, with one key that was chosen already: its `alg` must be the header's, its `kid` does not matter. */
export function checkJws(jws: string, key: Pick<VerificationKey, 'alg' | 'publicKey'>): VerifiedJws | undefined {
  const opened = openJws(jws)
  return opened === undefined || algorithmNamed(opened.header['alg']) !== key.alg ? undefined : checkOpened(opened, key)
}

/** Whether a public or private key is of the algorithm's kind and large enough. */
export function fitsAlgorithm(alg: SigningAlgorithm, key: KeyObject): boolean {
  return algorithms[alg].fits(key)
}

interface OpenedJws {
  readonly header: Readonly<Record<string, unknown>>
  readonly head: string
  readonly body: string
  readonly signature: Uint8Array
}

function openJws(jws: string): OpenedJws | undefined {
  const parts = jws.split('.')
  const [head = '', body = '', tail = ''] = parts
  const header = decodeJson(head)
  const signature = decodeBase64url(tail)
  if (parts.length !== 3 || header === undefined || signature === undefined) return undefined
  // RFC 7515 §4.1.11: no extension is understood here.
  return 'crit' in header || 'b64' in header ? undefined : { header, head, body, signature }
}

function checkOpened(
  { header, head, body, signature }: OpenedJws,
  key: Pick<VerificationKey, 'alg' | 'publicKey'>,
): VerifiedJws | undefined {
  const { digest, options } = algorithms[key.alg]
  const checking: VerifyKeyObjectInput = { ...options, key: key.publicKey }
  if (!verify(digest, Buffer.from(`${head}.${body}`), checking, signature)) return undefined
  const payload = decodeJson(body)
  return payload === undefined ? undefined : { header, payload }
}

/** The key id in a JWS's header; nothing is checked. */
export function kidOf(jws: string): string | undefined {
  const kid = decodeJson(jws.slice(0, Math.max(0, jws.indexOf('.'))))?.['kid']
  return typeof kid === 'string' ? kid : undefined
}

function encodeJson(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

function decodeJson(encoded: string): Readonly<Record<string, unknown>> | undefined {
  const bytes = decodeBase64url(encoded)
  if (bytes === undefined) return undefined
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes).toString())
    return isObject(value) ? value : undefined
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
