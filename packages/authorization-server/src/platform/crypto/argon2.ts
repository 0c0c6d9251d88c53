// Decides how an Argon2 hash is written (the PHC string format) and computed (RFC 9106), and how large the parameters of a
// stored hash may be: a hostile row must not exhaust memory or time.

import { argon2, timingSafeEqual } from 'node:crypto'

/** A parsed `$argon2id$v=19$m=…,t=…,p=…$salt$hash`. */
export interface Argon2Hash {
  readonly variant: 'argon2id' | 'argon2i'
  readonly memoryKib: number
  readonly passes: number
  readonly parallelism: number
  /** Which pepper was mixed in; undefined where none was. */
  readonly keyId?: number | undefined
  readonly salt: Uint8Array
  readonly hash: Uint8Array
}

/** What an Argon2 hash is computed from, besides the password. */
export type Argon2Parameters = Omit<Argon2Hash, 'hash' | 'keyId'> & {
  readonly hashLength: number
  readonly pepper?: Uint8Array | undefined
}

const largestMemoryKib = 256 * 1024
const mostPasses = 32
const mostLanes = 32
const phc =
  /^\$(argon2id|argon2i)\$v=19\$m=(\d{1,7}),t=(\d{1,3}),p=(\d{1,3})(?:,keyid=([A-Za-z0-9+/]{3}))?\$([A-Za-z0-9+/]{11,86})\$([A-Za-z0-9+/]{16,86})$/

/** Reads a PHC string; undefined when it is none, or when its parameters are beyond what is ever computed here. */
export function parseArgon2(stored: string): Argon2Hash | undefined {
  const [, variant, memory = '', passes = '', lanes = '', keyId, salt = '', hash = ''] = phc.exec(stored) ?? []
  if (variant !== 'argon2id' && variant !== 'argon2i') return undefined
  const parsed = {
    variant,
    memoryKib: Number(memory),
    passes: Number(passes),
    parallelism: Number(lanes),
    keyId: keyId === undefined ? undefined : Buffer.from(keyId, 'base64').readUInt16BE(),
    salt: Buffer.from(salt, 'base64'),
    hash: Buffer.from(hash, 'base64'),
  } as const
  return affordable(parsed) ? parsed : undefined
}

/** Writes the PHC string. */
export function formatArgon2({ variant, memoryKib, passes, parallelism, keyId, salt, hash }: Argon2Hash): string {
  const pepper = keyId === undefined ? '' : `,keyid=${unpadded(Buffer.of(keyId >> 8, keyId & 0xff))}`
  return `$${variant}$v=19$m=${memoryKib},t=${passes},p=${parallelism}${pepper}$${unpadded(salt)}$${unpadded(hash)}`
}

/** Computes a hash: here, or wherever the hasher was told to. */
export type ComputeArgon2 = (password: string, parameters: Argon2Parameters) => Promise<Uint8Array>

/** Computes the hash on the thread pool of this process. */
export function computeArgon2(password: string, parameters: Argon2Parameters): Promise<Uint8Array> {
  const { variant, memoryKib, passes, parallelism, salt, hashLength, pepper } = parameters
  const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>()
  argon2(
    variant,
    {
      message: Buffer.from(password),
      nonce: salt,
      parallelism,
      tagLength: hashLength,
      memory: memoryKib,
      passes,
      ...(pepper === undefined ? {} : { secret: pepper }),
    },
    (error, hash) => (error === null ? resolve(hash) : reject(error)),
  )
  return promise
}

/** Whether the password, with the pepper where one was mixed in, has this hash. */
export async function matchesArgon2(
  expected: Argon2Hash,
  password: string,
  pepper?: Uint8Array,
  compute: ComputeArgon2 = computeArgon2,
): Promise<boolean> {
  const { hash, keyId: _named, ...parameters } = expected
  const actual = await compute(password, { ...parameters, hashLength: hash.length, pepper })
  return timingSafeEqual(actual, hash)
}

// RFC 9106 §3.1: at least one pass, one lane and 8 KiB per lane; a salt of at least 8 bytes.
function affordable({ memoryKib, passes, parallelism }: Omit<Argon2Hash, 'hash'>): boolean {
  const large = memoryKib > largestMemoryKib || passes > mostPasses || parallelism > mostLanes
  return !large && passes >= 1 && parallelism >= 1 && memoryKib >= 8 * parallelism
}

function unpadded(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64').replace(/=+$/, '')
}
