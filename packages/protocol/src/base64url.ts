// Decides which text is the base64url form of which bytes: exactly one text for each byte string.
// RFC 4648 §5 (alphabet, no padding) and §3.5 (canonical encoding): a second spelling of a token is refused.

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
const NOT_IN_ALPHABET = 255

const sextets: Uint8Array = new Uint8Array(128).fill(NOT_IN_ALPHABET)
for (let value = 0; value < ALPHABET.length; value++) sextets[ALPHABET.charCodeAt(value)] = value

/**
 * Encodes bytes as base64url without padding.
 * @param bytes any bytes, also none
 * @returns text of the characters A-Z a-z 0-9 - _
 * @see RFC 4648 §5
 * @example
 * import { encodeBase64url } from '@latchkey/protocol'
 * const text: string = encodeBase64url(new Uint8Array([251, 255])) // '-_8'
 */
export function encodeBase64url(bytes: Uint8Array): string {
  let text = ''
  let bits = 0
  let pending = 0
  for (const byte of bytes) {
    pending = (pending << 8) | byte
    bits += 8
    while (bits >= 6) {
      bits -= 6
      text += ALPHABET.charAt((pending >> bits) & 63)
    }
    pending &= (1 << bits) - 1
  }
  return bits === 0 ? text : text + ALPHABET.charAt((pending << (6 - bits)) & 63)
}

/**
 * Decodes base64url text, and only the one canonical spelling of it.
 * @param text base64url without padding or white space
 * @returns the bytes, or undefined when encoding them again would not give the same text
 * @see RFC 4648 §3.5
 * @example
 * import { decodeBase64url } from '@latchkey/protocol'
 * const bytes: Uint8Array | undefined = decodeBase64url('-_8')
 * const refused: undefined | Uint8Array = decodeBase64url('-_9') // undefined: stray bits in the last character
 */
export function decodeBase64url(text: string): Uint8Array | undefined {
  if (text.length % 4 === 1) return undefined
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4))
  let length = 0
  let bits = 0
  let pending = 0
  for (let index = 0; index < text.length; index++) {
    const sextet = sextets[text.charCodeAt(index)] ?? NOT_IN_ALPHABET
    if (sextet === NOT_IN_ALPHABET) return undefined
    pending = (pending << 6) | sextet
    bits += 6
    if (bits < 8) continue
    bits -= 8
    bytes[length++] = pending >> bits
    pending &= (1 << bits) - 1
  }
  return pending === 0 ? bytes : undefined
}
