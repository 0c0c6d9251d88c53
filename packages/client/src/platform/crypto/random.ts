// Chance for the whole package: the one place that draws it. RFC 6749 §10.10 (at least 128 bits; here 192 and 256).

import { encodeBase64url } from '@latchkey/protocol'

/** Draws an id that nobody can guess. @param length bytes; default 24 */
export function randomId(length = 24): string {
  return encodeBase64url(randomBytes(length))
}

/** Draws bytes. */
export function randomBytes(length: number): Uint8Array<ArrayBuffer> {
  return crypto.getRandomValues(new Uint8Array(length))
}
