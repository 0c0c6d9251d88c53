// Keys of the test issuer, real ones. RFC 7517; RFC 7638 (kid).

import { calculateJwkThumbprint, type CryptoKey, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose'
import type { JsonObject } from '../json.ts'

/** A key pair whose public half is published. */
export interface SigningKey {
  readonly algorithm: string
  readonly privateKey: CryptoKey
  readonly published: JWK
}

/** Makes a key pair. */
export async function makeSigningKey(algorithm: string): Promise<SigningKey> {
  const { privateKey, publicKey } = await generateKeyPair(algorithm)
  const jwk = await exportJWK(publicKey)
  const published = { ...jwk, kid: await calculateJwkThumbprint(jwk), alg: algorithm, use: 'sig' }
  return { algorithm, privateKey, published }
}

/** Signs claims. @param header more members, or others; undefined takes one away */
export async function signWith(key: SigningKey, claims: JsonObject, header: JsonObject): Promise<string> {
  const whole = { alg: key.algorithm, kid: key.published.kid, typ: 'JWT', ...header }
  const present: JsonObject = Object.fromEntries(Object.entries(whole).filter(([, value]) => value !== undefined))
  return new SignJWT({ ...claims }).setProtectedHeader({ ...present, alg: key.algorithm }).sign(key.privateKey)
}
