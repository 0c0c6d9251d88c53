/**
 * Keys: the ring that seals tokens, cookies and secrets at rest, and the key pairs that sign ID tokens.
 * Specifications: RFC 7517, RFC 7638. Tables: ring_keys, signing_keys. Settings: none of its own.
 */
import type { Noun } from '../../platform/console/index.ts'

export {
  everydayAlgorithms,
  type KeyInList,
  type KeyStore,
  type KeyStoreOptions,
  openKeyStore,
  type PlannedRotation,
  type RotationPlan,
} from './key-store.ts'
export { keysMigrations } from './migrations.ts'
export { type KeyPhase, type KeyState, phasesOf } from './schedule.ts'
export { expiredKeys, hasKeys, listRingKeys } from './store.ts'

/** For the console, which loads it when somebody opens it: no start waits for it. */
export async function keysNoun(): Promise<Noun> {
  return (await import('./admin.ts')).keysNoun
}
