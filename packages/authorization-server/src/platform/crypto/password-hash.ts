// Decides how passwords are kept: argon2id (RFC 9106; OWASP's floor of 19 MiB, 2 passes, 1 lane), in a PHC string, under a
// bound on how much runs at once. Unknown users and impossible passwords cost as much as real ones.

import {
  type Argon2Hash,
  type ComputeArgon2,
  computeArgon2,
  formatArgon2,
  matchesArgon2,
  parseArgon2,
} from './argon2.ts'
import { BoundedWork, type WorkBound } from './bounded-work.ts'
import type { Random } from './random.ts'

/** Longer passwords are refused where they are set and match nothing; none is ever cut. Counted in code points. */
export const longestPassword = 128

const saltLength = 16
const hashLength = 32

/** A secret from outside the database that is mixed into every hash (RFC 9106 §3.1, K), by id so that it can rotate. */
export interface Pepper {
  readonly currentId: number
  secret(id: number): Uint8Array | undefined
}

export interface HasherOptions extends WorkBound {
  readonly random: Random
  readonly memoryKib?: number
  readonly passes?: number
  readonly parallelism?: number
  readonly pepper?: Pepper | undefined
  /** Where hashes are computed; without it, on the thread pool of this process. */
  readonly compute?: ComputeArgon2
}

/** Hashes and checks passwords. Every method but needsRehash throws {@link HasherBusy} when too much is waiting. */
export interface PasswordHasher {
  /** The PHC string to store. @throws RangeError for a password above {@link longestPassword} */
  hash(password: string): Promise<string>
  /** Whether the password has this hash. A stored value that is not a usable Argon2 hash matches nothing, at the same cost. */
  verify(stored: string, password: string): Promise<boolean>
  /** Costs what a verify costs and never matches: for users that do not exist or have no password. */
  verifyDecoy(password: string): Promise<false>
  /** Whether the stored hash was made with other parameters than those of today. */
  needsRehash(stored: string): boolean
  /** Asked before anything is written for a password: whether it would be refused now. */
  requireRoom(): void
  /** Runs another expensive check, of a hash from elsewhere, under the same bound. */
  bounded<T>(check: () => Promise<T>): Promise<T>
}

/** Whether the password is beyond {@link longestPassword}. */
export function isTooLong(password: string): boolean {
  // A code point is at most two units, so only lengths in between have to be counted.
  if (password.length <= longestPassword) return false
  return password.length > 2 * longestPassword || Array.from(password).length > longestPassword
}

/** Makes a hasher with its own bound; the parameters are those of new hashes, a stored hash brings its own. */
export function createPasswordHasher(options: HasherOptions): PasswordHasher {
  const { random, memoryKib = 19_456, passes = 2, parallelism = 1, pepper, compute = computeArgon2, ...bound } = options
  const work = new BoundedWork(bound)
  const today = { variant: 'argon2id', memoryKib, passes, parallelism, keyId: pepper?.currentId } as const
  const decoy: Argon2Hash = { ...today, salt: random.bytes(saltLength), hash: random.bytes(hashLength) }
  const secretOf = (id: number | undefined): Uint8Array | undefined =>
    id === undefined ? undefined : pepper?.secret(id)

  async function costOnly(password: string): Promise<false> {
    const spent = isTooLong(password) ? '' : password
    await work.run(() => matchesArgon2(decoy, spent, secretOf(decoy.keyId), compute))
    return false
  }

  return {
    async hash(password) {
      if (isTooLong(password)) throw new RangeError(`A password has at most ${longestPassword} characters.`)
      const salt = random.bytes(saltLength)
      const pepperNow = mustHavePepper(today.keyId, secretOf(today.keyId))
      const { keyId: _named, ...parameters } = today
      const wanted = { ...parameters, salt, hashLength, pepper: pepperNow }
      const hash = await work.run(() => compute(password, wanted))
      return formatArgon2({ ...today, salt, hash })
    },
    async verify(stored, password) {
      const expected = parseArgon2(stored)
      const secret = secretOf(expected?.keyId)
      const unknownPepper = expected?.keyId !== undefined && secret === undefined
      if (expected === undefined || unknownPepper || isTooLong(password)) return costOnly(password)
      return work.run(() => matchesArgon2(expected, password, secret, compute))
    },
    verifyDecoy: costOnly,
    needsRehash(stored) {
      const { salt, hash, ...parameters } = parseArgon2(stored) ?? decoy
      const same = formatArgon2({ ...parameters, salt: decoy.salt, hash: decoy.hash }) === formatArgon2(decoy)
      return parseArgon2(stored) === undefined || !same || salt.length < saltLength || hash.length !== hashLength
    },
    requireRoom: () => work.requireRoom(),
    bounded: (check) => work.run(check),
  }
}

function mustHavePepper(id: number | undefined, secret: Uint8Array | undefined): Uint8Array | undefined {
  // Hashing without it would store a hash that names a pepper it does not have.
  if (id !== undefined && secret === undefined) throw new Error(`The pepper ${id} is not there.`)
  return secret
}
