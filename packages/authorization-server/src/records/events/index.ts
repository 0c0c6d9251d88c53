/**
 * Events: the append-only trail of sign-ins, consents, grants, revocations and changes.
 * Specifications: OWASP ASVS 5.0 V16. Tables: events. Settings: none.
 */
export type { Event, EventKind } from './event.ts'
export { eventsMigrations } from './migrations.ts'
export { eventsOfUser, type RecordedEvent, recordEvent } from './store.ts'
