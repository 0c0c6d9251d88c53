// Decides how bytes travel as text: base64url without padding (RFC 4648 §5), in exactly one spelling.

/** The bytes in base64url without padding. */
export function encodeBase64url(bytes: Uint8Array): string {
  return asBuffer(bytes).toString('base64url')
}

/** The bytes of a base64url text, or undefined where it is not the one canonical spelling of them. */
export function decodeBase64url(text: string): Uint8Array | undefined {
  const bytes = Buffer.from(text, 'base64url')
  // Node skips foreign characters and takes other alphabets; two spellings of one value would be two values elsewhere.
  return bytes.toString('base64url') === text ? bytes : undefined
}

/** The same memory as a Buffer. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
