/**
 * Browser sessions: who is signed in, since when, by what method, on which device.
 * Specifications: OWASP ASVS 5.0 V7; OpenID Connect Core §2 (auth_time, amr). Tables: sessions. Settings: none of its own.
 */
import type { Noun } from '../../platform/console/index.ts'

export { sessionsMigrations } from './migrations.ts'
export { decideSession, type Session, type SessionDecision, type SessionLimits, type SessionOver } from './session.ts'
export { sidOf } from './sid.ts'
export {
  endAllSessions,
  expiredSessions,
  endOtherSessions,
  endSession,
  findSession,
  insertSession,
  keepSession,
  type NewSession,
  restampSession,
  type SessionView,
  sessionsOf,
  touchSession,
} from './store.ts'

/** For the console, which loads it when somebody opens it: no start waits for it. */
export async function sessionsNoun(): Promise<Noun> {
  return (await import('./admin.ts')).sessionsNoun
}
