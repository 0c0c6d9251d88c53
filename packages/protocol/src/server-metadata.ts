// Decides the members of the discovery document. RFC 8414 §2; OpenID Connect Discovery §3; RFC 9207 §3;
// OpenID Connect RP-Initiated Logout §2.1; RFC 9701 §7.

import type {
  GrantType,
  ResponseMode,
  ResponseType,
  SigningAlgorithm,
  TokenEndpointAuthMethod,
} from './client-metadata.ts'
import type { CodeChallengeMethod } from './pkce.ts'

/**
 * The discovery document; only what the server does stands in it.
 * @see RFC 8414 §2, OpenID Connect Discovery §3
 * @example
 * import type { ServerMetadata } from '@latchkey/protocol'
 * const metadata: ServerMetadata = { issuer: 'https://id.example', response_types_supported: ['code'] }
 */
export interface ServerMetadata {
  /** Without query and fragment; compared as text. */
  readonly issuer: string
  readonly authorization_endpoint?: string
  readonly token_endpoint?: string
  readonly userinfo_endpoint?: string
  readonly jwks_uri?: string
  readonly registration_endpoint?: string
  readonly revocation_endpoint?: string
  readonly introspection_endpoint?: string
  readonly end_session_endpoint?: string
  readonly device_authorization_endpoint?: string
  readonly pushed_authorization_request_endpoint?: string
  readonly scopes_supported?: readonly string[]
  readonly response_types_supported: readonly ResponseType[]
  readonly response_modes_supported?: readonly ResponseMode[]
  /** `implicit` stands for tokens that come from the authorization endpoint. */
  readonly grant_types_supported?: readonly (GrantType | 'implicit')[]
  readonly acr_values_supported?: readonly string[]
  readonly subject_types_supported?: readonly ('public' | 'pairwise')[]
  readonly id_token_signing_alg_values_supported?: readonly SigningAlgorithm[]
  readonly request_object_signing_alg_values_supported?: readonly (SigningAlgorithm | 'none')[]
  readonly userinfo_signing_alg_values_supported?: readonly SigningAlgorithm[]
  /** RFC 9701 §7. */
  readonly introspection_signing_alg_values_supported?: readonly SigningAlgorithm[]
  readonly token_endpoint_auth_methods_supported?: readonly TokenEndpointAuthMethod[]
  readonly token_endpoint_auth_signing_alg_values_supported?: readonly SigningAlgorithm[]
  readonly introspection_endpoint_auth_methods_supported?: readonly TokenEndpointAuthMethod[]
  readonly introspection_endpoint_auth_signing_alg_values_supported?: readonly SigningAlgorithm[]
  readonly revocation_endpoint_auth_methods_supported?: readonly TokenEndpointAuthMethod[]
  readonly revocation_endpoint_auth_signing_alg_values_supported?: readonly SigningAlgorithm[]
  readonly code_challenge_methods_supported?: readonly CodeChallengeMethod[]
  readonly display_values_supported?: readonly string[]
  readonly prompt_values_supported?: readonly string[]
  readonly claim_types_supported?: readonly string[]
  readonly claims_supported?: readonly string[]
  readonly ui_locales_supported?: readonly string[]
  readonly claims_parameter_supported?: boolean
  readonly request_parameter_supported?: boolean
  readonly request_uri_parameter_supported?: boolean
  readonly require_request_uri_registration?: boolean
  readonly authorization_response_iss_parameter_supported?: boolean
  readonly backchannel_logout_supported?: boolean
  readonly backchannel_logout_session_supported?: boolean
  readonly frontchannel_logout_supported?: boolean
  readonly frontchannel_logout_session_supported?: boolean
  readonly check_session_iframe?: string
  readonly service_documentation?: string
  readonly op_policy_uri?: string
  readonly op_tos_uri?: string
}
