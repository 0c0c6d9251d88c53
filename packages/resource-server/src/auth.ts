// Who is calling, once that is certain: through a bearer token, or through a browser's session.

import type { Instant } from './platform/time/index.ts'
import type { JsonObject } from './strict-json.ts'

/**
 * The record of a user in this API's own database, one for each (issuer, subject). It has no password: whoever it is
 * signs in at the issuer.
 * @see OpenID Connect Core §2 (sub is unique within iss), §5.7
 * @example
 * import type { LocalUser } from '@latchkey/resource-server'
 * const name = (user: LocalUser): string => user.username ?? user.subject
 */
export interface LocalUser {
  /** Ours, for foreign keys. */
  readonly id: number
  readonly issuer: string
  readonly subject: string
  /** What the issuer called the user at first sight. */
  readonly username: string | undefined
  readonly email: string | undefined
  /** False shuts the user out of this API, whatever the issuer says. */
  readonly isActive: boolean
  readonly createdAt: Instant
}

/**
 * The claims of a token that has no schema: read them with care.
 * @example
 * import type { TokenClaims } from '@latchkey/resource-server'
 * const claims: TokenClaims = { sub: 'alice', org_id: 'o1' }
 */
export type TokenClaims = JsonObject

/**
 * Who is calling and what they may do.
 * @example
 * import type { Auth } from '@latchkey/resource-server'
 * const mayWrite = (auth: Auth<'items:write'>): boolean => auth.scopes.includes('items:write')
 */
export interface Auth<Scope extends string = string, Claims = TokenClaims> {
  readonly via: 'token' | 'session'
  readonly issuer: string
  /** The user at the issuer; undefined when a client calls for itself and its token names nobody. */
  readonly subject: string | undefined
  readonly clientId: string | undefined
  readonly username: string | undefined
  /** Those scopes of the token that this API declares; none for a session. */
  readonly scopes: readonly Scope[]
  readonly expiresAt: Instant | undefined
  readonly claims: Claims
  /** The local record; undefined without a user store, and for a client that calls for itself. */
  readonly user: LocalUser | undefined
}
