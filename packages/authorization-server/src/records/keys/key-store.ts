// The keys of this process: the ring that seals, and the pairs that sign. Both are read again each second,
// so that a rotation on another node, or at the command line, is followed without a restart.
import {
  deriveKey,
  hmacSha256,
  KeyRing,
  type MasterKey,
  type PublicJwk,
  type Random,
  type RingKey,
  Sealer,
  type SigningAlgorithm,
  type SigningKey,
  type VerifiedJws,
} from '../../platform/crypto/index.ts'
import type { Database } from '../../platform/storage/index.ts'
import type { Clock, Instant } from '../../platform/time/index.ts'
import { recordEvent } from '../events/index.ts'
import { type KeyState, stateOf } from './schedule.ts'
import { createSigningPairs, newSigningKey, type SigningPairs } from './signing-pairs.ts'
import { insertRingKey, insertSigningKey, listRingKeys, retireOtherKeys } from './store.ts'

/** What most clients ask for: made at the very first start. */
export const everydayAlgorithms: readonly SigningAlgorithm[] = ['RS256', 'ES256']

export interface KeyStoreOptions {
  readonly database: Database
  readonly clock: Clock
  readonly random: Random
  readonly master: MasterKey
  /** Those whose first pairs are made at the first start; the others' are made when they are asked for. */
  readonly algorithms: readonly SigningAlgorithm[]
}

export interface RotationPlan {
  readonly kid: string
  readonly signsFrom: Instant
  readonly oldKeysPublishedUntil: Instant
}

export interface KeyInList {
  readonly kid: string
  readonly algorithm: SigningAlgorithm
  readonly state: KeyState
  readonly createdAt: Instant
  readonly signsFrom: Instant
  readonly publishedUntil: Instant | undefined
}

export interface KeyStore {
  readonly sealer: Sealer
  /** The pair that signs now; the first one of an algorithm is made here. */
  signingKey(algorithm: SigningAlgorithm): Promise<SigningKey>
  /** Makes the first pairs of those that have none: before they are needed, so that they are published by then. */
  prepare(algorithms: readonly SigningAlgorithm[]): Promise<void>
  /** What a JWS of our own says, also under a key that stopped signing but is still published; undefined for any other text. */
  verify(jws: string): Promise<VerifiedJws | undefined>
  /** A keyed digest that only this installation can make and that never changes, whatever is rotated: 32 bytes. */
  stableDigest(purpose: string, text: string): Uint8Array
  /** What the key set publishes now. */
  published(): readonly PublicJwk[]
  list(): readonly KeyInList[]
  /** Makes a successor: it is published at once, signs after `leadMs`, and the old ones stay published for `overlapMs` after that. */
  rotateSigningKey(algorithm: SigningAlgorithm, leadMs: number, overlapMs: number): Promise<RotationPlan>
  /** Makes a new generation of sealing keys, which seals once every node has it; the older ones still open what they sealed. */
  rotateRing(): Promise<number>
  /** Reads both again. */
  refresh(): Promise<void>
}

const ringSaltBytes = 16
/** A new generation opens at once and seals only when every node has read it: a refresh each second, and their clocks' skew. */
const ringLeadMs = 10_000
const noSalt = new Uint8Array(0)

export async function openKeyStore(options: KeyStoreOptions): Promise<KeyStore> {
  const { database, clock, random, master } = options
  let ringKeys = sealingSettled(await ringOrFirst(options), clock.now())
  const sealer = new Sealer(new KeyRing(master, ringKeys), random)
  const pairs = createSigningPairs({ database, clock, sealer })
  await pairs.reload()
  const prepare = async (algorithms: readonly SigningAlgorithm[]): Promise<void> => {
    for (const algorithm of algorithms) await pairs.signingKey(algorithm)
  }
  await prepare(options.algorithms.filter((algorithm) => !pairs.all().some((key) => key.algorithm === algorithm)))

  async function refresh(): Promise<void> {
    const ring = sealingSettled(await listRingKeys(database), clock.now())
    if (isChanged(ringKeys, ring)) {
      ringKeys = ring
      sealer.replaceRing(new KeyRing(master, ring))
    }
    await pairs.reload()
  }

  return {
    sealer,
    refresh,
    prepare,
    signingKey: pairs.signingKey,
    verify: pairs.verify,
    stableDigest: stableDigestUnder(master),
    published: () => pairs.published().map((key) => key.jwk),
    list: () => listOf(pairs, clock.now()),
    async rotateSigningKey(algorithm, leadMs, overlapMs) {
      const now = clock.now()
      const key = await newSigningKey(algorithm, sealer, now, now + leadMs)
      const until = key.signsFrom + overlapMs
      await database.commit([
        insertSigningKey(key),
        retireOtherKeys(key, until),
        recordEvent({ kind: 'key.created', at: now, detail: { kid: key.kid, algorithm, signsFrom: key.signsFrom } }),
      ])
      await refresh()
      return { kid: key.kid, signsFrom: key.signsFrom, oldKeysPublishedUntil: until }
    },
    async rotateRing() {
      const now = clock.now()
      const next = Math.max(...ringKeys.map((key) => key.id)) + 1
      const write = insertRingKey({ id: next, salt: random.bytes(ringSaltBytes), createdAt: now })
      await database.commit([write, recordEvent({ kind: 'key.created', at: now, detail: { ringKey: next } })])
      await refresh()
      return next
    },
  }
}

function listOf(pairs: SigningPairs, now: Instant): readonly KeyInList[] {
  const keys = pairs.all()
  return keys.map((key) => {
    const { kid, algorithm, createdAt, signsFrom, publishedUntil } = key
    const siblings = keys.filter((other) => other.algorithm === algorithm)
    return { kid, algorithm, createdAt, signsFrom, publishedUntil, state: stateOf(key, siblings, now) }
  })
}

/** Of the master key alone, which no rotation of the ring changes. */
function stableDigestUnder(master: MasterKey): KeyStore['stableDigest'] {
  const keys = new Map<string, Uint8Array>()
  return (purpose, text) => {
    const key = keys.get(purpose) ?? deriveKey(master, `stable digest ${purpose}`, noSalt)
    keys.set(purpose, key)
    return hmacSha256(key, text)
  }
}

/** Lets a generation that other nodes may not know yet open only. Where all are that young the first one seals: they all have it. */
export function sealingSettled(keys: readonly RingKey[], now: Instant): readonly RingKey[] {
  const usable = keys.filter((key) => key.retiredAt === undefined)
  const settled = usable.filter((key) => key.createdAt + ringLeadMs <= now)
  const sealing = new Set(settled.length > 0 ? settled : usable.slice(0, 1))
  return keys.map((key) => (sealing.has(key) ? key : { ...key, retiredAt: key.retiredAt ?? key.createdAt }))
}

function isChanged(before: readonly RingKey[], after: readonly RingKey[]): boolean {
  return (
    before.length !== after.length ||
    after.some((key, index) => key.id !== before[index]?.id || key.retiredAt !== before[index]?.retiredAt)
  )
}

async function ringOrFirst({ database, clock, random }: KeyStoreOptions): Promise<readonly RingKey[]> {
  const known = await listRingKeys(database)
  if (known.length > 0) return known
  await database.commit([insertRingKey({ id: 1, salt: random.bytes(ringSaltBytes), createdAt: clock.now() })])
  return listRingKeys(database)
}
