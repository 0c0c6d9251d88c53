// Decides the closed sets of words that a client registration is made of.
// RFC 7591 §2; RFC 6749 §2.3; OpenID Connect Dynamic Client Registration §2; OAuth 2.0 Multiple Response Types.

/**
 * How a client proves itself at the token endpoint; `none` is a public client.
 * @see RFC 7591 §2, OpenID Connect Core §9
 * @example
 * import type { TokenEndpointAuthMethod } from '@latchkey/protocol'
 * const method: TokenEndpointAuthMethod = 'client_secret_basic'
 */
export type TokenEndpointAuthMethod =
  | 'client_secret_basic'
  | 'client_secret_post'
  | 'client_secret_jwt'
  | 'private_key_jwt'
  | 'tls_client_auth'
  | 'self_signed_tls_client_auth'
  | 'none'

/**
 * The grant types of the first release.
 * @see RFC 6749 §4.1.3, §4.3.2, §4.4.2, §6
 * @example
 * import { grantTypes } from '@latchkey/protocol'
 * const known: boolean = grantTypes.includes('refresh_token')
 */
export const grantTypes = ['authorization_code', 'refresh_token', 'client_credentials', 'password'] as const

/**
 * The value of `grant_type`.
 * @see RFC 7591 §2
 * @example
 * import type { GrantType } from '@latchkey/protocol'
 * const grantType: GrantType = 'authorization_code'
 */
export type GrantType = (typeof grantTypes)[number]

/**
 * The value of `response_type`, its words in alphabetical order.
 * @see OAuth 2.0 Multiple Response Type Encoding Practices §3, §5
 * @example
 * import type { ResponseType } from '@latchkey/protocol'
 * const responseType: ResponseType = 'code'
 */
export type ResponseType =
  | 'code'
  | 'token'
  | 'id_token'
  | 'id_token token'
  | 'code token'
  | 'code id_token'
  | 'code id_token token'
  | 'none'

/**
 * The value of `response_mode`: how the answer reaches the redirect URI.
 * @see OAuth 2.0 Multiple Response Types §2.1, OAuth 2.0 Form Post Response Mode §2
 * @example
 * import type { ResponseMode } from '@latchkey/protocol'
 * const responseMode: ResponseMode = 'query'
 */
export type ResponseMode = 'query' | 'fragment' | 'form_post'

/**
 * A signature algorithm for ID tokens.
 * @see RFC 7518 §3.1, RFC 8037 §3.1
 * @example
 * import type { SigningAlgorithm } from '@latchkey/protocol'
 * const algorithm: SigningAlgorithm = 'ES256'
 */
export type SigningAlgorithm = 'RS256' | 'PS256' | 'ES256' | 'EdDSA'

/**
 * What a client tells of itself, as it travels at registration.
 * @see RFC 7591 §2, OpenID Connect Dynamic Client Registration §2
 * @example
 * import type { ClientMetadata } from '@latchkey/protocol'
 * const metadata: ClientMetadata = { client_name: 'Site', redirect_uris: ['https://site.example/cb'] }
 */
export interface ClientMetadata {
  readonly redirect_uris?: readonly string[]
  readonly post_logout_redirect_uris?: readonly string[]
  readonly token_endpoint_auth_method?: TokenEndpointAuthMethod
  readonly grant_types?: readonly GrantType[]
  readonly response_types?: readonly ResponseType[]
  readonly client_name?: string
  readonly client_uri?: string
  readonly logo_uri?: string
  readonly policy_uri?: string
  readonly tos_uri?: string
  readonly scope?: string
  readonly contacts?: readonly string[]
  readonly jwks_uri?: string
  readonly jwks?: { readonly keys: readonly Readonly<Record<string, unknown>>[] }
  readonly id_token_signed_response_alg?: SigningAlgorithm
  readonly default_max_age?: number
  readonly require_auth_time?: boolean
}
