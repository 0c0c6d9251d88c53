// What becomes of a logout token after an attempt to deliver it. OpenID Connect Back-Channel Logout §2.5, §2.8.
import type { Instant } from '../../platform/time/index.ts'

export type DeliveryState = 'waiting' | 'delivered' | 'refused' | 'given-up'

/** One client that is to learn that one sign-in is over; also the log of what came of it. */
export interface LogoutDelivery {
  readonly id: number
  /** The session under which the client knows the person: its `sid` is made from it. */
  readonly sessionId: string
  readonly clientRow: number
  readonly userId: number
  /** Whose session it was, kept with it: the account may be gone when the client is told. */
  readonly subject: string
  readonly state: DeliveryState
  readonly attempts: number
  /** What the last attempt met: a status, or the fault that kept it from one. */
  readonly outcome: string | undefined
  readonly createdAt: Instant
  /** When the next attempt is due; undefined once it is settled. */
  readonly dueAt: Instant | undefined
  readonly attemptedAt: Instant | undefined
}

export type DeliveryOutcome =
  | { readonly kind: 'answered'; readonly status: number }
  | { readonly kind: 'failed'; readonly fault: string }

const second = 1_000
const minute = 60 * second
const hour = 60 * minute

/** The time after each attempt but the last; a client that is down for a night still learns of it in the morning. */
export const waitsMs: readonly number[] = [10 * second, minute, 5 * minute, 30 * minute, 2 * hour, 6 * hour, 12 * hour]
export const mostAttempts: number = waitsMs.length + 1
/** However often an attempt was put off: later than this nobody tries. */
export const longestWaitMs: number = 36 * hour

/** When an attempt that is made now would be followed by another, should it fail or the node die under it. */
export function nextDue({ attempts }: Pick<LogoutDelivery, 'attempts'>, now: Instant): Instant {
  return now + (waitsMs[attempts] ?? 12 * hour)
}

/** Whether another attempt is worth making at all. */
export function isSpent(
  { attempts, createdAt }: Pick<LogoutDelivery, 'attempts' | 'createdAt'>,
  now: Instant,
): boolean {
  return attempts >= mostAttempts || now - createdAt > longestWaitMs
}

/** Faults that a second attempt may not meet; all else is how the client is registered. */
const passing: ReadonlySet<string> = new Set(['unresolved', 'unreachable', 'timeout', 'busy'])

/** A status that says "not now" (RFC 9110 §15.5.9, RFC 6585 §4, RFC 8470 §5.2), or that the server is in trouble. */
function isPassing(status: number): boolean {
  return status >= 500 || status === 408 || status === 425 || status === 429
}

/**
 * @param attempts how many were made, this one among them
 * @returns `waiting` when the next attempt may fare better
 */
export function stateAfter(outcome: DeliveryOutcome, attempts: number): DeliveryState {
  if (outcome.kind === 'answered' && outcome.status >= 200 && outcome.status < 300) return 'delivered'
  const worthAnother = outcome.kind === 'answered' ? isPassing(outcome.status) : passing.has(outcome.fault)
  if (!worthAnother) return 'refused'
  return attempts >= mostAttempts ? 'given-up' : 'waiting'
}

/** Whether the client's other deliveries would meet the same: nobody was there. */
export function isAbsent(outcome: DeliveryOutcome): boolean {
  return outcome.kind === 'failed' && outcome.fault !== 'busy' && passing.has(outcome.fault)
}
