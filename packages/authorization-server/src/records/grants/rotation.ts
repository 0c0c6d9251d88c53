// What a presented refresh token earns. RFC 9700 §4.14.2; RFC 6749 §6, §10.4.
import type { Instant } from '../../platform/time/index.ts'
import type { Grant } from './grant.ts'

export interface RotationPolicy {
  readonly graceMs: number
}

export type RotationDecision =
  /** The current token: it is spent, and its successor is the next generation. */
  | { readonly kind: 'rotate'; readonly from: number }
  /** The previous token again, soon after: the reply was lost, or two tabs asked at once. The same successor, nothing written. */
  | { readonly kind: 'repeat'; readonly generation: number }
  /** An older token: somebody holds a copy. The grant ends. */
  | { readonly kind: 'reuse' }
  /** A generation that was never issued by this database: a backup was restored. */
  | { readonly kind: 'unknown' }

/**
 * Generations are counted, never timed: two rotations within one tick stay apart.
 * A repeat is over as soon as the successor was used, since the generation has then moved on.
 */
export function decideRotation(
  grant: Pick<Grant, 'generation' | 'rotatedAt'>,
  presented: number,
  policy: RotationPolicy,
  now: Instant,
): RotationDecision {
  if (presented > grant.generation) return { kind: 'unknown' }
  if (presented === grant.generation) return { kind: 'rotate', from: presented }
  const isPrevious = presented === grant.generation - 1
  const isFresh = grant.rotatedAt !== undefined && now - grant.rotatedAt < policy.graceMs
  return isPrevious && isFresh ? { kind: 'repeat', generation: grant.generation } : { kind: 'reuse' }
}
