// The pairs that sign, as this process holds them. A pair of a less usual algorithm is made when the first client needs it, so
// that no start waits for it; a pair that stopped signing still verifies while it is published.
import {
  exportSigningKey,
  generateSigningKey,
  importSigningKey,
  kidOf,
  MasterKeyFault,
  type PublicJwk,
  type Purpose,
  publicJwk,
  type Sealer,
  type SigningAlgorithm,
  type SigningKey,
  type VerificationKey,
  type VerifiedJws,
  verificationKey,
  verifyJws,
} from '../../platform/crypto/index.ts'
import type { Database } from '../../platform/storage/index.ts'
import type { Clock, Instant } from '../../platform/time/index.ts'
import { isPublished, signingNow } from './schedule.ts'
import { insertFirstSigningKey, listSigningKeys, type StoredSigningKey } from './store.ts'

export interface LoadedKey extends StoredSigningKey {
  readonly pair: SigningKey
  readonly jwk: PublicJwk
  readonly verification: VerificationKey
}

export interface SigningPairs {
  all(): readonly LoadedKey[]
  published(): readonly LoadedKey[]
  /** The pair that signs now; the first one of an algorithm is made here. */
  signingKey(algorithm: SigningAlgorithm): Promise<SigningKey>
  verify(jws: string): Promise<VerifiedJws | undefined>
  /** Reads them again. */
  reload(): Promise<void>
}

export interface SigningPairsOptions {
  readonly database: Database
  readonly clock: Clock
  readonly sealer: Sealer
}

const privateKeyPurpose: Purpose = { name: 'signing key at rest', prefix: '' }
/** A stranger's JWS names a key that nobody has: so often at most is it looked for. */
const missMs = 250
const longestJws = 16_384

/** Nothing is loaded yet: reload first. */
export function createSigningPairs(options: SigningPairsOptions): SigningPairs {
  const { clock, database, sealer } = options
  let keys: readonly LoadedKey[] = []
  let readings = 0
  let latest = 0
  let missed: { readonly at: Instant; readonly looked: Promise<void> } | undefined
  const making = new Map<SigningAlgorithm, Promise<SigningKey>>()

  /** Of two readings at once, what began first never replaces what began later. */
  async function reload(): Promise<void> {
    const reading = ++readings
    const read = await loadSigningKeys(database, sealer, keys)
    if (reading < latest) return
    latest = reading
    keys = read
  }

  const published = (): readonly LoadedKey[] => keys.filter((key) => isPublished(key, clock.now()))

  function signing(algorithm: SigningAlgorithm): SigningKey | undefined {
    const candidates = keys.filter((candidate) => candidate.algorithm === algorithm)
    return signingNow(candidates, clock.now())?.pair
  }

  /** Another node may have made it a moment ago. */
  async function signingOrFirst(algorithm: SigningAlgorithm): Promise<SigningKey> {
    await reload()
    if (signing(algorithm) === undefined) {
      const now = clock.now()
      // Of several nodes that make one at once, one is met.
      await database.commit([insertFirstSigningKey(await newSigningKey(algorithm, sealer, now, now))])
      await reload()
    }
    const pair = signing(algorithm)
    if (pair === undefined) throw new Error(`No key signs ${algorithm} now.`)
    return pair
  }

  const check = (jws: string): VerifiedJws | undefined => verifyJws(jws, published().map(verificationOf))

  return {
    all: () => keys,
    published,
    reload,
    async signingKey(algorithm) {
      const known = signing(algorithm)
      if (known !== undefined) return known
      const made = making.get(algorithm) ?? signingOrFirst(algorithm).finally(() => making.delete(algorithm))
      making.set(algorithm, made)
      return made
    },
    async verify(jws) {
      if (jws.length > longestJws) return undefined
      const verified = check(jws)
      const kid = verified === undefined ? kidOf(jws) : undefined
      if (kid === undefined || keys.some((key) => key.kid === kid)) return verified
      const now = clock.now()
      if (missed === undefined || Math.abs(now - missed.at) >= missMs) missed = { at: now, looked: reload() }
      await missed.looked
      return check(jws)
    },
  }
}

function verificationOf({ verification }: LoadedKey): VerificationKey {
  return verification
}

export async function newSigningKey(
  algorithm: SigningAlgorithm,
  sealer: Sealer,
  createdAt: Instant,
  signsFrom: Instant,
): Promise<StoredSigningKey> {
  const pair = await generateSigningKey(algorithm)
  const sealedPrivateKey = sealer.seal(privateKeyPurpose, exportSigningKey(pair))
  return { kid: pair.kid, algorithm, sealedPrivateKey, createdAt, signsFrom, publishedUntil: undefined }
}

/** Opens what is new and keeps what is known: a private key is opened once in a process. */
async function loadSigningKeys(
  database: Database,
  sealer: Sealer,
  known: readonly LoadedKey[],
): Promise<readonly LoadedKey[]> {
  return (await listSigningKeys(database)).map((stored) => {
    const before = known.find((key) => key.kid === stored.kid)
    if (before !== undefined) return { ...before, ...stored }
    const opened = sealer.open(privateKeyPurpose, stored.sealedPrivateKey)
    if (opened === undefined) {
      throw new MasterKeyFault(`The master key is not the one under which the signing key ${stored.kid} was sealed.`)
    }
    const pair = importSigningKey(stored.algorithm, opened)
    return { ...stored, pair, jwk: publicJwk(pair), verification: verificationKey(pair) }
  })
}
