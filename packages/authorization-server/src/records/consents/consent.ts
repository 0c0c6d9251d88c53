// What a person allowed an application. The epoch outlives a withdrawal: consent given again revives nothing old.
import type { Instant } from '../../platform/time/index.ts'

export interface Consent {
  readonly scopes: readonly string[]
  readonly epoch: number
  readonly givenAt: Instant | undefined
  readonly withdrawnAt: Instant | undefined
}

/** The scopes that the person has not allowed yet; none means that no question need be asked. */
export function scopesWithoutConsent(consent: Consent | undefined, requested: readonly string[]): readonly string[] {
  if (consent === undefined || consent.givenAt === undefined || consent.withdrawnAt !== undefined) return requested
  return requested.filter((scope) => !consent.scopes.includes(scope))
}
