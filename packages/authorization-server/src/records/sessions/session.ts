// A browser session and whether it still stands. OWASP ASVS 5.0 V7.3: idle and absolute limits, enforced at every read.
import type { Instant } from '../../platform/time/index.ts'

export interface Session {
  readonly id: string
  readonly userId: number
  readonly userEpoch: number
  readonly installationEpoch: number
  /** How the person proved who they are: RFC 8176 values. */
  readonly methods: readonly string[]
  readonly userAgent: string
  readonly address: string
  readonly createdAt: Instant
  readonly authenticatedAt: Instant
  readonly lastSeenAt: Instant
  readonly expiresAt: Instant
  readonly endedAt: Instant | undefined
}

export interface SessionLimits {
  readonly idleMs: number
}

/** What the session's authority rests on, as it is now. */
export interface SessionStanding {
  readonly userIsActive: boolean
  readonly userEpoch: number
  readonly installationEpoch: number
}

export type SessionDecision = { readonly kind: 'live' } | { readonly kind: 'over'; readonly why: SessionOver }

export type SessionOver = 'ended' | 'expired' | 'idle' | 'user-disabled' | 'user-epoch' | 'installation-epoch'

export function decideSession(
  session: Session,
  standing: SessionStanding,
  limits: SessionLimits,
  now: Instant,
): SessionDecision {
  if (session.endedAt !== undefined) return { kind: 'over', why: 'ended' }
  if (session.expiresAt <= now) return { kind: 'over', why: 'expired' }
  if (session.lastSeenAt + limits.idleMs <= now) return { kind: 'over', why: 'idle' }
  if (!standing.userIsActive) return { kind: 'over', why: 'user-disabled' }
  if (standing.userEpoch !== session.userEpoch) return { kind: 'over', why: 'user-epoch' }
  if (standing.installationEpoch !== session.installationEpoch) return { kind: 'over', why: 'installation-epoch' }
  return { kind: 'live' }
}
