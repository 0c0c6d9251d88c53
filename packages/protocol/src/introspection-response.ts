// Decides the shape and member order of an introspection answer. RFC 7662 §2.2: the answer about an unknown, expired
// or revoked token is {"active": false} and nothing else, never an error.

import { formatScope } from './scope.ts'

/**
 * What is known of an active token; instants are milliseconds since the epoch.
 * @see RFC 7662 §2.2
 * @example
 * import type { ActiveToken } from '@latchkey/protocol'
 * const token: ActiveToken = { scopes: ['read'], expiresAt: 1_795_296_325_000, clientId: 'web' }
 */
export interface ActiveToken {
  readonly scopes: readonly string[]
  readonly expiresAt: number
  readonly clientId: string
  /** Absent for a token that no user stands behind. */
  readonly username?: string | undefined
  readonly tokenType?: 'Bearer' | 'DPoP' | undefined
  readonly issuedAt?: number | undefined
  readonly subject?: string | undefined
  readonly issuer?: string | undefined
  /** Absent or empty: the token is not bound to an API. */
  readonly audiences?: readonly string[] | undefined
  readonly tokenId?: string | undefined
  readonly authenticatedAt?: number | undefined
  readonly acr?: string | undefined
}

/**
 * The JSON body about an active token.
 * @see RFC 7662 §2.2
 * @example
 * import type { ActiveIntrospection } from '@latchkey/protocol'
 * const body: ActiveIntrospection = { active: true, scope: 'read', exp: 1_795_296_325, client_id: 'web' }
 */
export interface ActiveIntrospection {
  readonly active: true
  readonly scope: string
  readonly exp: number
  readonly client_id: string
  readonly username?: string
  readonly token_type?: 'Bearer' | 'DPoP'
  readonly iat?: number
  readonly sub?: string
  readonly iss?: string
  readonly aud?: readonly string[]
  readonly jti?: string
  readonly auth_time?: number
  readonly acr?: string
}

/**
 * The JSON body about any other token.
 * @see RFC 7662 §2.2
 * @example
 * import { INACTIVE, type InactiveIntrospection } from '@latchkey/protocol'
 * const body: InactiveIntrospection = INACTIVE
 */
export interface InactiveIntrospection {
  readonly active: false
}

/**
 * An introspection answer; `active` tells which.
 * @see RFC 7662 §2.2
 * @example
 * import { INACTIVE, type IntrospectionResponse } from '@latchkey/protocol'
 * const answer: IntrospectionResponse = INACTIVE
 */
export type IntrospectionResponse = ActiveIntrospection | InactiveIntrospection

/**
 * The one answer about every token that may not be used.
 * @see RFC 7662 §2.2
 * @example
 * import { INACTIVE } from '@latchkey/protocol'
 * const body: string = JSON.stringify(INACTIVE) // '{"active":false}'
 */
export const INACTIVE: InactiveIntrospection = Object.freeze({ active: false })

/**
 * Builds the body about an active token: the members that existing resource servers read come first.
 * @param token what is known of it; instants in milliseconds since the epoch
 * @returns the members that are known, times in whole seconds, rounded down
 * @see RFC 7662 §2.2
 * @example
 * import { activeIntrospection } from '@latchkey/protocol'
 * const body = activeIntrospection({ scopes: ['read'], expiresAt: 1_795_296_325_000, clientId: 'web' })
 * const exp: number = body.exp // 1795296325
 */
export function activeIntrospection(token: ActiveToken): ActiveIntrospection {
  return {
    active: true,
    scope: formatScope(token.scopes),
    exp: seconds(token.expiresAt),
    client_id: token.clientId,
    ...(token.username === undefined ? {} : { username: token.username }),
    ...(token.tokenType === undefined ? {} : { token_type: token.tokenType }),
    ...(token.issuedAt === undefined ? {} : { iat: seconds(token.issuedAt) }),
    ...(token.subject === undefined ? {} : { sub: token.subject }),
    ...(token.issuer === undefined ? {} : { iss: token.issuer }),
    ...(token.audiences === undefined || token.audiences.length === 0 ? {} : { aud: token.audiences }),
    ...(token.tokenId === undefined ? {} : { jti: token.tokenId }),
    ...(token.authenticatedAt === undefined ? {} : { auth_time: seconds(token.authenticatedAt) }),
    ...(token.acr === undefined ? {} : { acr: token.acr }),
  }
}

function seconds(instant: number): number {
  return Math.floor(instant / 1000)
}
