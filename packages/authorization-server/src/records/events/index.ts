/**
 * Events: the append-only trail of sign-ins, consents, grants, revocations and changes.
 * Specifications: OWASP ASVS 5.0 V16. Tables: events. Settings: none.
 */
import type { Noun } from '../../platform/console/index.ts'

export type { Change, Event, EventKind } from './event.ts'
export { eventsMigrations } from './migrations.ts'
export {
  changesByActor,
  changesOfTarget,
  eventsOfUser,
  recordChange,
  type RecordedChange,
  type RecordedEvent,
  recordEvent,
} from './store.ts'

/** For the console, which loads it when somebody opens it: no start waits for it. */
export async function eventsNoun(): Promise<Noun> {
  return (await import('./admin.ts')).eventsNoun
}
