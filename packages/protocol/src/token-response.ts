// Decides the shape and member order of a successful token answer. RFC 6749 §5.1; OpenID Connect Core §3.1.3.3.

import { formatScope } from './scope.ts'

/**
 * What was issued.
 * @see RFC 6749 §5.1
 * @example
 * import type { IssuedTokens } from '@latchkey/protocol'
 * const issued: IssuedTokens = { accessToken: 'a', lifetimeSeconds: 3600, scopes: ['read'] }
 */
export interface IssuedTokens {
  readonly accessToken: string
  /** Whole seconds that the access token has left. */
  readonly lifetimeSeconds: number
  readonly scopes: readonly string[]
  readonly refreshToken?: string | undefined
  readonly idToken?: string | undefined
  /** Default `Bearer`. */
  readonly tokenType?: 'Bearer' | 'DPoP' | undefined
}

/**
 * The JSON body of a successful token answer.
 * @see RFC 6749 §5.1
 * @example
 * import type { TokenResponse } from '@latchkey/protocol'
 * const body: TokenResponse = { access_token: 'a', expires_in: 3600, token_type: 'Bearer', scope: 'read' }
 */
export interface TokenResponse {
  readonly access_token: string
  readonly expires_in: number
  readonly token_type: 'Bearer' | 'DPoP'
  readonly scope: string
  readonly refresh_token?: string
  readonly id_token?: string
}

/**
 * Builds the body in the member order that existing clients' documents print.
 * @param issued what was issued
 * @returns access_token, expires_in, token_type, scope, then refresh_token and id_token where there are any
 * @see RFC 6749 §5.1
 * @example
 * import { tokenResponse } from '@latchkey/protocol'
 * const body = tokenResponse({ accessToken: 'a', lifetimeSeconds: 3600, scopes: ['read', 'write'] })
 * const scope: string = body.scope // 'read write'
 */
export function tokenResponse(issued: IssuedTokens): TokenResponse {
  return {
    access_token: issued.accessToken,
    expires_in: issued.lifetimeSeconds,
    token_type: issued.tokenType ?? 'Bearer',
    scope: formatScope(issued.scopes),
    ...(issued.refreshToken === undefined ? {} : { refresh_token: issued.refreshToken }),
    ...(issued.idToken === undefined ? {} : { id_token: issued.idToken }),
  }
}
