// Decides how a value is kept where others can reach it (a cookie, a table): encrypted and authenticated with AES-256-GCM
// under a key of its own for each purpose, so that no sealed value is ever taken for one of another kind.
// NIST SP 800-38D (GCM, 96-bit random IV); RFC 5869 (HKDF).

import { decodeBase64url, encodeBase64url } from '@latchkey/protocol'
import { randomBytes } from './random.ts'

/** Seals and opens values. The first secret seals; all of them open, so that a secret can be exchanged. */
export interface Sealer {
  /**
   * @param purpose what the value is for; each has a key of its own
   * @param place where it stands, e.g. the id of its row; it opens nowhere else
   */
  seal(purpose: string, value: unknown, place?: string): Promise<string>
  /** The value, or undefined when the text was not sealed here for this purpose and place. */
  open(purpose: string, text: string, place?: string): Promise<unknown>
}

const IV_BYTES = 12
const MOST_KEYS = 64

/** Makes a sealer from secrets of at least 32 characters. */
export function createSealer(secrets: readonly string[]): Sealer {
  const known = new Map<string, Promise<CryptoKey>>()
  const keyFor = (secret: string, purpose: string): Promise<CryptoKey> => {
    const name = `${purpose}\n${secret}`
    const key = known.get(name) ?? deriveKey(secret, purpose)
    if (known.size >= MOST_KEYS) known.clear()
    known.set(name, key)
    return key
  }
  const [first = ''] = secrets
  return {
    async seal(purpose, value, place = '') {
      const iv = randomBytes(IV_BYTES)
      const text = bytesOf(JSON.stringify(value))
      const key = await keyFor(first, purpose)
      const sealed = await crypto.subtle.encrypt({ name: 'AES-GCM', iv, additionalData: bytesOf(place) }, key, text)
      const whole = new Uint8Array(IV_BYTES + sealed.byteLength)
      whole.set(iv)
      whole.set(new Uint8Array(sealed), IV_BYTES)
      return encodeBase64url(whole)
    },
    async open(purpose, text, place = '') {
      const whole = decodeBase64url(text)
      if (whole === undefined || whole.length <= IV_BYTES) return undefined
      const bytes = new Uint8Array(whole)
      for (const secret of secrets) {
        const opened = await decrypt(await keyFor(secret, purpose), bytes, bytesOf(place))
        if (opened !== undefined) return opened
      }
      return undefined
    },
  }
}

async function decrypt(
  key: CryptoKey,
  whole: Uint8Array<ArrayBuffer>,
  additionalData: Uint8Array<ArrayBuffer>,
): Promise<unknown> {
  try {
    const iv = whole.subarray(0, IV_BYTES)
    const text = await crypto.subtle.decrypt({ name: 'AES-GCM', iv, additionalData }, key, whole.subarray(IV_BYTES))
    return JSON.parse(new TextDecoder().decode(text)) as unknown
  } catch {
    // Not sealed with this key: whoever made it, it is not ours.
    return undefined
  }
}

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text)
}

async function deriveKey(secret: string, purpose: string): Promise<CryptoKey> {
  const material = await crypto.subtle.importKey('raw', bytesOf(secret), 'HKDF', false, ['deriveKey'])
  const info = bytesOf(`@latchkey/client ${purpose}`)
  const derivation = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info }
  return crypto.subtle.deriveKey(derivation, material, { name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt'])
}
