// The keys of this process: the ring that seals, and the pairs that sign. Both are read again each second,
// so that a rotation on another node, or at the command line, is followed without a restart.
import {
  exportSigningKey,
  generateSigningKey,
  importSigningKey,
  KeyRing,
  type MasterKey,
  MasterKeyFault,
  type PublicJwk,
  type Purpose,
  publicJwk,
  type Random,
  type RingKey,
  Sealer,
  type SigningAlgorithm,
  type SigningKey,
} from '../../platform/crypto/index.ts'
import type { Database } from '../../platform/storage/index.ts'
import type { Clock, Instant } from '../../platform/time/index.ts'
import { recordEvent } from '../events/index.ts'
import { isPublished, type KeyState, signingNow, stateOf } from './schedule.ts'
import {
  insertFirstSigningKey,
  insertRingKey,
  insertSigningKey,
  listRingKeys,
  listSigningKeys,
  retireOtherKeys,
  type StoredSigningKey,
} from './store.ts'

export interface KeyStoreOptions {
  readonly database: Database
  readonly clock: Clock
  readonly random: Random
  readonly master: MasterKey
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
  signingKey(algorithm: SigningAlgorithm): SigningKey
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

const privateKeyPurpose: Purpose = { name: 'signing key at rest', prefix: '' }
const ringSaltBytes = 16
/** A new generation opens at once and seals only when every node has read it: a refresh each second, and their clocks' skew. */
const ringLeadMs = 10_000

interface LoadedKey extends StoredSigningKey {
  readonly pair: SigningKey
  readonly jwk: PublicJwk
}

export async function openKeyStore(options: KeyStoreOptions): Promise<KeyStore> {
  const { database, clock, random, master } = options
  let ringKeys = sealingSettled(await ringOrFirst(options), clock.now())
  const sealer = new Sealer(new KeyRing(master, ringKeys), random)
  let keys = await ensureSigningKeys(options, sealer)

  async function refresh(): Promise<void> {
    const ring = sealingSettled(await listRingKeys(database), clock.now())
    if (isChanged(ringKeys, ring)) {
      ringKeys = ring
      sealer.replaceRing(new KeyRing(master, ring))
    }
    keys = await loadSigningKeys(database, sealer, keys)
  }

  return {
    sealer,
    refresh,
    signingKey(algorithm) {
      const key = signingNow(
        keys.filter((candidate) => candidate.algorithm === algorithm),
        clock.now(),
      )
      if (key === undefined) throw new Error(`No key signs ${algorithm} now.`)
      return key.pair
    },
    published: () => keys.filter((key) => isPublished(key, clock.now())).map((key) => key.jwk),
    list: () =>
      keys.map((key) => {
        const { kid, algorithm, createdAt, signsFrom, publishedUntil } = key
        const siblings = keys.filter((other) => other.algorithm === algorithm)
        return { kid, algorithm, createdAt, signsFrom, publishedUntil, state: stateOf(key, siblings, clock.now()) }
      }),
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

async function ensureSigningKeys(options: KeyStoreOptions, sealer: Sealer): Promise<readonly LoadedKey[]> {
  const { database, clock, algorithms } = options
  const loaded = await loadSigningKeys(database, sealer, [])
  const missing = algorithms.filter((algorithm) => !loaded.some((key) => key.algorithm === algorithm))
  if (missing.length === 0) return loaded
  for (const algorithm of missing) {
    const now = clock.now()
    await database.commit([insertFirstSigningKey(await newSigningKey(algorithm, sealer, now, now))])
  }
  return loadSigningKeys(database, sealer, loaded)
}

async function newSigningKey(
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
    if (before !== undefined) return { ...stored, pair: before.pair, jwk: before.jwk }
    const opened = sealer.open(privateKeyPurpose, stored.sealedPrivateKey)
    if (opened === undefined) {
      throw new MasterKeyFault(`The master key is not the one under which the signing key ${stored.kid} was sealed.`)
    }
    const pair = importSigningKey(stored.algorithm, opened)
    return { ...stored, pair, jwk: publicJwk(pair) }
  })
}
