/**
 * Events: the append-only trail of sign-ins, consents, grants, revocations and changes, and the chain that proves that it is whole.
 * Specifications: OWASP ASVS 5.0 V16, RFC 2104. Tables: events, event_chain. Settings: none.
 */
import type { Noun } from '../../platform/console/index.ts'

export type { Change, Event, EventKind, OperatorChange } from './event.ts'
export { chainBatch, type ChainDeps, chainEvents } from './chain/chain-job.ts'
export type { Fault, FaultKind } from './chain/fault.ts'
export { chainPurpose } from './chain/link.ts'
export { headOfChain, positionsOf, waitingEvents } from './chain/store.ts'
export { type Broken, verifyChain, type VerifyOptions, type Whole } from './chain/verify.ts'
export { eventKinds, eventLabel } from './kinds.ts'
export { eventsMigrations } from './migrations.ts'
export {
  changesByActor,
  changesOfTarget,
  eventsOfUser,
  recordChange,
  type RecordedChange,
  type RecordedEvent,
  recordEvent,
  recordOperatorChange,
} from './store.ts'

/** For the console, which loads it when somebody opens it: no start waits for it. */
export async function eventsNoun(): Promise<Noun> {
  return (await import('./admin.ts')).eventsNoun
}
