// Decides which standard claims each scope gives. OpenID Connect Core §5.1 and §5.4.

/**
 * The claims that each scope asks for.
 * @see OpenID Connect Core §5.4
 * @example
 * import { claimsByScope } from '@latchkey/protocol'
 * const claims: readonly string[] = claimsByScope.email // ['email', 'email_verified']
 */
export const claimsByScope = {
  profile: [
    'name',
    'family_name',
    'given_name',
    'middle_name',
    'nickname',
    'preferred_username',
    'profile',
    'picture',
    'website',
    'gender',
    'birthdate',
    'zoneinfo',
    'locale',
    'updated_at',
  ],
  email: ['email', 'email_verified'],
  address: ['address'],
  phone: ['phone_number', 'phone_number_verified'],
} as const

/**
 * A scope that stands for a set of claims.
 * @see OpenID Connect Core §5.4
 * @example
 * import type { ClaimScope } from '@latchkey/protocol'
 * const scope: ClaimScope = 'profile'
 */
export type ClaimScope = keyof typeof claimsByScope

/**
 * The name of a standard claim other than `sub`.
 * @see OpenID Connect Core §5.1
 * @example
 * import type { StandardClaimName } from '@latchkey/protocol'
 * const claim: StandardClaimName = 'given_name'
 */
export type StandardClaimName = (typeof claimsByScope)[ClaimScope][number]

/**
 * A postal address.
 * @see OpenID Connect Core §5.1.1
 * @example
 * import type { AddressClaim } from '@latchkey/protocol'
 * const address: AddressClaim = { locality: 'Oslo', country: 'Norway' }
 */
export interface AddressClaim {
  readonly formatted?: string
  readonly street_address?: string
  readonly locality?: string
  readonly region?: string
  readonly postal_code?: string
  readonly country?: string
}

/**
 * The standard claims about a person, as they travel.
 * @see OpenID Connect Core §5.1
 * @example
 * import type { StandardClaims } from '@latchkey/protocol'
 * const claims: StandardClaims = { sub: 'f3k9', email: 'a@b.example', email_verified: false }
 */
export interface StandardClaims {
  readonly sub: string
  readonly name?: string
  readonly family_name?: string
  readonly given_name?: string
  readonly middle_name?: string
  readonly nickname?: string
  readonly preferred_username?: string
  readonly profile?: string
  readonly picture?: string
  readonly website?: string
  readonly gender?: string
  readonly birthdate?: string
  readonly zoneinfo?: string
  readonly locale?: string
  /** Seconds since the epoch. */
  readonly updated_at?: number
  readonly email?: string
  readonly email_verified?: boolean
  readonly address?: AddressClaim
  readonly phone_number?: string
  readonly phone_number_verified?: boolean
}

/**
 * Lists the claims that granted scopes ask for.
 * @param scopes the granted scopes; those that stand for no claims are ignored
 * @returns the claim names, in the order of the standard
 * @see OpenID Connect Core §5.4
 * @example
 * import { claimsForScopes } from '@latchkey/protocol'
 * const claims: readonly string[] = claimsForScopes(['openid', 'email']) // ['email', 'email_verified']
 */
export function claimsForScopes(scopes: readonly string[]): readonly StandardClaimName[] {
  return Object.entries(claimsByScope).flatMap(([scope, claims]) => (scopes.includes(scope) ? claims : []))
}
