// The keys of this process: the ring that seals, and the pairs that sign. Both are read again each second,
// so that a rotation on another node, or at the command line, is followed without a restart.
import {
  deriveKey,
  hmacSha256,
  type KeyedDigests,
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
import type { Database, Write } from '../../platform/storage/index.ts'
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
  readonly algorithm: SigningAlgorithm
  /** The new key. */
  readonly kid: string
  /** Those that it takes the place of. */
  readonly retires: readonly string[]
  readonly signsFrom: Instant
  readonly oldKeysPublishedUntil: Instant
}

export interface PlannedRotation {
  readonly plans: readonly RotationPlan[]
  /** Unmet when another rotation was faster. */
  readonly writes: readonly Write[]
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
  /** Keyed digests that name the generation of the ring, so that those of before a rotation still hold. */
  keyedDigests(purpose: string): KeyedDigests
  /** What the key set publishes now. */
  published(): readonly PublicJwk[]
  list(): readonly KeyInList[]
  /**
   * Makes a successor of each algorithm's key: published as soon as the writes are committed, signs after `leadMs`, and the old
   * ones stay published for `overlapMs` after that. Nothing is stored: whoever commits, with the trail of it, refreshes then.
   */
  planRotation(algorithms: readonly SigningAlgorithm[], leadMs: number, overlapMs: number): Promise<PlannedRotation>
  /** As planned, and committed with its event. @throws Error when another rotation was faster */
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
  let ring = new KeyRing(master, ringKeys)
  const sealer = new Sealer(ring, random)
  const pairs = createSigningPairs({ database, clock, sealer })
  await pairs.reload()
  const prepare = async (algorithms: readonly SigningAlgorithm[]): Promise<void> => {
    for (const algorithm of algorithms) await pairs.signingKey(algorithm)
  }
  await prepare(options.algorithms.filter((algorithm) => !pairs.all().some((key) => key.algorithm === algorithm)))

  async function refresh(): Promise<void> {
    const read = sealingSettled(await listRingKeys(database), clock.now())
    if (isChanged(ringKeys, read)) {
      ringKeys = read
      ring = new KeyRing(master, read)
      sealer.replaceRing(ring)
    }
    await pairs.reload()
  }

  const planned: KeyStore['planRotation'] = async (algorithms, leadMs, overlapMs) => {
    await refresh()
    return planRotation({ pairs, sealer, now: clock.now() }, algorithms, leadMs, overlapMs)
  }

  return {
    sealer,
    refresh,
    prepare,
    signingKey: pairs.signingKey,
    verify: pairs.verify,
    stableDigest: stableDigestUnder(master),
    keyedDigests: (purpose) => keyedDigestsUnder(() => ring, `keyed digest ${purpose}`),
    published: () => pairs.published().map((key) => key.jwk),
    list: () => listOf(pairs, clock.now()),
    planRotation: planned,
    async rotateSigningKey(algorithm, leadMs, overlapMs) {
      const { plans, writes } = await planned([algorithm], leadMs, overlapMs)
      const [plan] = plans
      if (plan === undefined) throw new Error(`No rotation of ${algorithm} was planned.`)
      const { kid, signsFrom } = plan
      const told = recordEvent({ kind: 'key.created', at: clock.now(), detail: { kid, algorithm, signsFrom } })
      const result = await database.commit([...writes, told])
      if (!result.won) throw new Error(`The keys of ${algorithm} were rotated by somebody else at this moment.`)
      await refresh()
      return plan
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

function keyedDigestsUnder(ring: () => KeyRing, purpose: string): KeyedDigests {
  return {
    current: () => ring().current.id,
    digest(keyId, text) {
      const key = ring().derived(keyId, purpose)
      return key === undefined ? undefined : hmacSha256(key, text)
    },
  }
}

interface Rotating {
  readonly pairs: SigningPairs
  readonly sealer: Sealer
  readonly now: Instant
}

async function planRotation(
  { pairs, sealer, now }: Rotating,
  algorithms: readonly SigningAlgorithm[],
  leadMs: number,
  overlapMs: number,
): Promise<PlannedRotation> {
  const plans: RotationPlan[] = []
  const writes: Write[] = []
  for (const algorithm of algorithms) {
    const key = await newSigningKey(algorithm, sealer, now, now + leadMs)
    const { kid, signsFrom } = key
    const until = signsFrom + overlapMs
    const open = pairs.all().filter((one) => one.algorithm === algorithm && one.publishedUntil === undefined)
    const retires = open.map((one) => one.kid)
    plans.push({ algorithm, kid, retires, signsFrom, oldKeysPublishedUntil: until })
    writes.push(insertSigningKey(key), retireOtherKeys(key, until, open.length))
  }
  return { plans, writes }
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
