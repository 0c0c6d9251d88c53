// The gate: may this subject, client and grant still get or use a token now?
// Every grant type, refresh, introspection, userinfo and the bearer APIs ask here, and nowhere else.
// Nothing is inferred from "active still": disabled and enabled again, or consented again, is another epoch and revives nothing.
import type { Instant } from '../../platform/time/index.ts'
import type { Stamp } from './grant.ts'

/** What authority rests on, as it is now; read from the tables, never from a cache. */
export interface Standing extends Stamp {
  readonly userIsActive: boolean
  readonly clientIsEnabled: boolean
}

export type Refusal =
  | 'grant-ended'
  | 'grant-expired'
  | 'user-disabled'
  | 'user-epoch'
  | 'client-disabled'
  | 'client-epoch'
  | 'consent-epoch'
  | 'installation-epoch'

export type GateDecision = { readonly kind: 'pass' } | { readonly kind: 'refuse'; readonly why: Refusal }

const pass: GateDecision = { kind: 'pass' }
const refuse = (why: Refusal): GateDecision => ({ kind: 'refuse', why })

/** For what is about to be issued, or was issued without a grant: only the stamps speak. */
export function standingAllows(stamp: Stamp, standing: Standing): GateDecision {
  if (!standing.userIsActive) return refuse('user-disabled')
  if (!standing.clientIsEnabled) return refuse('client-disabled')
  if (stamp.userEpoch !== standing.userEpoch) return refuse('user-epoch')
  if (stamp.clientEpoch !== standing.clientEpoch) return refuse('client-epoch')
  if (stamp.consentEpoch !== standing.consentEpoch) return refuse('consent-epoch')
  if (stamp.installationEpoch !== standing.installationEpoch) return refuse('installation-epoch')
  return pass
}

/** For whatever was issued under a grant. */
export function gate(
  grant: Stamp & { readonly endedAt: Instant | undefined; readonly expiresAt: Instant },
  standing: Standing,
  now: Instant,
): GateDecision {
  if (grant.endedAt !== undefined) return refuse('grant-ended')
  if (grant.expiresAt <= now) return refuse('grant-expired')
  return standingAllows(grant, standing)
}
