/**
 * Browser sessions: who is signed in, since when, by what method, on which device.
 * Specifications: OWASP ASVS 5.0 V7; OpenID Connect Core §2 (auth_time, amr). Tables: sessions. Settings: none of its own.
 */
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
