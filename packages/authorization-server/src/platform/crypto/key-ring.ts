// Decides which derived key is used now and which still open what they sealed. The ring's entries hold only salts,
// so they may lie in the database: without the master key they are worth nothing.

import { createSecretKey, type KeyObject } from 'node:crypto'
import type { Instant } from '../time/index.ts'
import { deriveKey, type MasterKey } from './master-key.ts'

/** One generation of keys. A retired one opens what it sealed and seals nothing; one that is not listed opens nothing. */
export interface RingKey {
  /** 1 to 65535, written in clear on whatever the key seals. */
  readonly id: number
  /** At least 16 random bytes. */
  readonly salt: Uint8Array
  readonly createdAt: Instant
  readonly retiredAt?: Instant | undefined
}

/** Keyed digests for one purpose, under any generation of the ring. */
export interface KeyedDigests {
  /** The generation for what is made now. */
  current(): number
  /** 32 bytes, or undefined when the ring has no such generation. */
  digest(keyId: number, text: string): Uint8Array | undefined
}

/** The generations of keys under one master key, and per purpose the keys derived from them. */
export class KeyRing {
  /** The newest generation that is not retired: what is sealed now is sealed with it. */
  readonly current: RingKey
  readonly #master: MasterKey
  readonly #keys: ReadonlyMap<number, RingKey>
  readonly #derived = new Map<string, KeyObject>()

  constructor(master: MasterKey, keys: readonly RingKey[]) {
    for (const key of keys) assertUsable(key)
    this.#master = master
    this.#keys = new Map(keys.map((key) => [key.id, key]))
    if (this.#keys.size !== keys.length) throw new RangeError('Two keys of the ring have the same id.')
    this.current = newest(keys.filter((key) => key.retiredAt === undefined))
  }

  /**
   * The key of one generation for one purpose, derived once.
   * @param purpose a constant of the program, never built from input: each one stays in memory
   * @returns 32 bytes, or undefined when the ring has no such generation
   */
  derived(id: number, purpose: string): KeyObject | undefined {
    const key = this.#keys.get(id)
    if (key === undefined) return undefined
    const name = `${id} ${purpose}`
    const known = this.#derived.get(name)
    if (known !== undefined) return known
    const made = createSecretKey(deriveKey(this.#master, purpose, key.salt))
    this.#derived.set(name, made)
    return made
  }
}

function newest(keys: readonly RingKey[]): RingKey {
  const [current] = keys.toSorted((a, b) => b.createdAt - a.createdAt || b.id - a.id)
  if (current === undefined) throw new RangeError('The ring has no key that is not retired.')
  return current
}

function assertUsable({ id, salt }: RingKey): void {
  if (!Number.isInteger(id) || id < 1 || id > 0xffff) throw new RangeError(`A ring key's id is 1 to 65535, not ${id}.`)
  if (salt.length < 16) throw new RangeError(`The salt of ring key ${id} is shorter than 16 bytes.`)
}
