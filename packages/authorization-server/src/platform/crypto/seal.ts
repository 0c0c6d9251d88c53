// Decides the two envelopes in which values leave the server and come back unaltered, both as
// prefix + base64url(key id, …), with the purpose and the prefix bound in through the derived key:
//   seal/open  AES-256-GCM (NIST SP 800-38D), 96-bit random nonce: the payload is secret and every seal differs.
//              Random nonces hold for 2^32 seals under one ring key; rotate before.
//   tag/untag  the payload in clear + HMAC-SHA-256 (RFC 2104) cut to 128 bits: cheap, and the same payload gives the same text.
// Whatever cannot be opened is undefined, never an exception, and costs at most one MAC.

import { createCipheriv, createDecipheriv, type KeyObject } from 'node:crypto'
import type { KeyRing } from './key-ring.ts'
import type { Random } from './random.ts'
import { macLength, Tagger } from './tagger.ts'

/** What an envelope is for: another name or prefix means another key. Make each one once, as a constant. */
export interface Purpose {
  readonly name: string
  /** Stands before the text, for secret scanners and for quick refusal, e.g. `lk_at_`. */
  readonly prefix: string
}

/** Payloads above this many bytes are refused by seal and tag, and texts that would hold more are not looked at. */
export const longestPayload = 12_000

const idLength = 2
const nonceLength = 12
const cipher = 'aes-256-gcm'

type KeysOfPurpose = { readonly taggers: Map<number, Tagger>; readonly ciphers: Map<number, KeyObject> }

/** Seals and opens values with the keys of a ring. */
export class Sealer {
  #ring: KeyRing
  readonly #random: Random
  // Weak: a purpose that is not a constant costs time but does not pile up.
  #keys = new WeakMap<Purpose, KeysOfPurpose>()

  constructor(ring: KeyRing, random: Random) {
    this.#ring = ring
    this.#random = random
  }

  /** Continues with another ring, after a rotation. */
  replaceRing(ring: KeyRing): void {
    this.#ring = ring
    this.#keys = new WeakMap()
  }

  /** Encrypts the payload; every call gives another text. */
  seal(purpose: Purpose, payload: Uint8Array): string {
    assertLength(payload)
    const id = this.#ring.current.id
    const head = Buffer.allocUnsafe(idLength + nonceLength)
    head.writeUInt16BE(id)
    head.set(this.#random.bytes(nonceLength), idLength)
    const encryption = createCipheriv(cipher, this.#mustHave(this.#cipherKey(purpose, id)), head.subarray(idLength))
    const body = encryption.update(payload)
    encryption.final()
    return purpose.prefix + Buffer.concat([head, body, encryption.getAuthTag()]).toString('base64url')
  }

  /** The payload of a sealed text, or undefined when this ring did not seal it for this purpose. */
  open(purpose: Purpose, text: string): Uint8Array | undefined {
    const bytes = decode(purpose, text, idLength + nonceLength + macLength)
    if (bytes === undefined) return undefined
    const key = this.#cipherKey(purpose, bytes.readUInt16BE())
    if (key === undefined) return undefined
    const nonce = bytes.subarray(idLength, idLength + nonceLength)
    const decryption = createDecipheriv(cipher, key, nonce, { authTagLength: macLength })
    decryption.setAuthTag(bytes.subarray(-macLength))
    const payload = decryption.update(bytes.subarray(idLength + nonceLength, -macLength))
    try {
      decryption.final()
    } catch {
      return undefined // the tag does not hold: forged, altered, or sealed for something else
    }
    return payload
  }

  /** The payload in clear with a tag that only this ring can make; the same payload gives the same text. */
  tag(purpose: Purpose, payload: Uint8Array): string {
    assertLength(payload)
    const tagger = this.#mustHave(this.#tagger(purpose, this.#ring.current.id))
    return purpose.prefix + tagger.envelope(payload)
  }

  /** The payload of a tagged text, or undefined when this ring did not tag it for this purpose. */
  untag(purpose: Purpose, text: string): Uint8Array | undefined {
    const bytes = decode(purpose, text, idLength + macLength)
    if (bytes === undefined) return undefined
    return this.#tagger(purpose, bytes.readUInt16BE())?.payloadOf(bytes)
  }

  #tagger(purpose: Purpose, id: number): Tagger | undefined {
    const { taggers } = this.#keysOf(purpose)
    const known = taggers.get(id)
    if (known !== undefined) return known
    const key = this.#ring.derived(id, label('tag', purpose))
    if (key === undefined) return undefined
    const made = new Tagger(id, key)
    taggers.set(id, made)
    return made
  }

  #cipherKey(purpose: Purpose, id: number): KeyObject | undefined {
    const { ciphers } = this.#keysOf(purpose)
    const known = ciphers.get(id) ?? this.#ring.derived(id, label('seal', purpose))
    if (known !== undefined) ciphers.set(id, known)
    return known
  }

  #keysOf(purpose: Purpose): KeysOfPurpose {
    const known = this.#keys.get(purpose)
    if (known !== undefined) return known
    const made: KeysOfPurpose = { taggers: new Map(), ciphers: new Map() }
    this.#keys.set(purpose, made)
    return made
  }

  #mustHave<T>(key: T | undefined): T {
    if (key === undefined) throw new Error('The ring does not hold its own current key.')
    return key
  }
}

// JSON keeps the parts apart: no name and prefix can run together into those of another purpose.
function label(envelope: 'seal' | 'tag', { name, prefix }: Purpose): string {
  return `envelope ${JSON.stringify([envelope, name, prefix])}`
}

function decode(purpose: Purpose, text: string, shortest: number): Buffer | undefined {
  if (text.length > 2 * longestPayload || !text.startsWith(purpose.prefix)) return undefined
  const encoded = text.slice(purpose.prefix.length)
  const bytes = Buffer.from(encoded, 'base64url')
  // One value, one spelling: Node would skip foreign characters and ignore the spare bits of the last one.
  return bytes.length >= shortest && bytes.toString('base64url') === encoded ? bytes : undefined
}

function assertLength(payload: Uint8Array): void {
  if (payload.length > longestPayload) throw new RangeError(`A payload of ${payload.length} bytes is too long to seal.`)
}
