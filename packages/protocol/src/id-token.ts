// Decides the claims of an ID token and how it is tied to a code or access token.
// OpenID Connect Core §2, §3.1.3.6 (at_hash), §3.3.2.11 (c_hash).

import { encodeBase64url } from './base64url.ts'
import type { StandardClaims } from './claims.ts'

/**
 * The claims of an ID token; times are seconds since the epoch.
 * @see OpenID Connect Core §2
 * @example
 * import type { IdTokenClaims } from '@latchkey/protocol'
 * const claims: IdTokenClaims = { iss: 'https://id.example', sub: 'f3k9', aud: 'web', exp: 1300, iat: 1000 }
 */
export interface IdTokenClaims extends StandardClaims {
  readonly iss: string
  readonly aud: string | readonly string[]
  readonly exp: number
  readonly iat: number
  readonly auth_time?: number
  readonly nonce?: string
  readonly acr?: string
  readonly amr?: readonly string[]
  readonly azp?: string
  readonly at_hash?: string
  readonly c_hash?: string
  /** Of the state: FAPI 1.0 Advanced §5.2.2.1. */
  readonly s_hash?: string
  readonly sid?: string
  readonly jti?: string
}

/**
 * Makes the value of `at_hash` or `c_hash`: the left half of the digest of the token's ASCII text, as base64url.
 * @param sha the hash of the ID token's signature algorithm, e.g. SHA-256 for RS256 and ES256
 * @param value the access token or the code
 * @returns 22 characters for SHA-256
 * @see OpenID Connect Core §3.1.3.6
 * @example
 * import { halfHash } from '@latchkey/protocol'
 * import { createHash } from 'node:crypto'
 * const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest()
 * const atHash: string = halfHash(sha256, 'jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y') // '77QmUPtjPfzWtF2AnpK9RQ'
 */
export function halfHash(sha: (bytes: Uint8Array) => Uint8Array, value: string): string {
  const digest = sha(new TextEncoder().encode(value))
  return encodeBase64url(digest.subarray(0, digest.length / 2))
}
