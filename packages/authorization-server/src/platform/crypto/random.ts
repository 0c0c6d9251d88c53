// Decides where unpredictable bytes come from. Small requests are served from a pool, because one call into the
// system's generator costs more than the bytes it returns.

import { randomFillSync } from 'node:crypto'
import { sha256 } from './digest.ts'

/** The source of randomness, passed in so that tests can repeat themselves. */
export interface Random {
  bytes(length: number): Uint8Array
}

const poolLength = 8192
const largestPooled = 64

function pooledRandom(): Random {
  let pool: Uint8Array | undefined
  let used = poolLength
  return {
    bytes(length) {
      if (length > largestPooled) return randomFillSync(new Uint8Array(length))
      if (pool === undefined || used + length > poolLength) {
        pool = randomFillSync(pool ?? new Uint8Array(poolLength))
        used = 0
      }
      const bytes = pool.slice(used, used + length)
      // Bytes that were handed out do not stay behind in the pool.
      pool.fill(0, used, used + length)
      used += length
      return bytes
    },
  }
}

/** The operating system's cryptographic generator. */
export const systemRandom: Random = pooledRandom()

/** A repeatable sequence of bytes for tests: SHA-256 over the seed and a counter. Never for real secrets. */
export function seededRandom(seed: number | string): Random {
  let counter = 0
  let rest: Uint8Array = new Uint8Array(0)
  return {
    bytes(length) {
      const bytes = new Uint8Array(length)
      let filled = 0
      while (filled < length) {
        if (rest.length === 0) rest = sha256(`${seed}:${counter++}`)
        const part = rest.subarray(0, length - filled)
        bytes.set(part, filled)
        rest = rest.subarray(part.length)
        filled += part.length
      }
      return bytes
    },
  }
}

/** An unguessable identifier: 16 random bytes as 22 characters of base64url. */
export function randomId(random: Random): string {
  return Buffer.from(random.bytes(16)).toString('base64url')
}
