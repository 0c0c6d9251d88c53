// Decides how bytes are digested: SHA-256 and SHA-512 (FIPS 180-4) and HMAC-SHA-256 (RFC 2104), one call each.

import { createHmac, hash, type KeyObject } from 'node:crypto'

/** The SHA-256 digest of the bytes, or of the text in UTF-8: 32 bytes. */
export function sha256(input: Uint8Array | string): Uint8Array {
  // By way of a latin1 string: half the time of the 'buffer' encoding, which allocates its own store for 32 bytes.
  return Buffer.from(hash('sha256', input, 'latin1'), 'latin1')
}

/** The SHA-512 digest of the bytes, or of the text in UTF-8: 64 bytes. */
export function sha512(input: Uint8Array | string): Uint8Array {
  return hash('sha512', input, 'buffer')
}

/** The SHA-256 digest of the text in UTF-8, in base64url: 43 characters. */
export function digestText(input: string): string {
  return hash('sha256', input, 'base64url')
}

/** The HMAC-SHA-256 of the message under the key: 32 bytes. */
export function hmacSha256(key: KeyObject | Uint8Array, message: Uint8Array | string): Uint8Array {
  return createHmac('sha256', key).update(message).digest()
}
