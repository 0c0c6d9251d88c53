// What a person is asked to allow. It stays on the server while the question is open; the page carries only its id.
import type { ResponseMode, ResponseType } from '@latchkey/protocol'
import type { Instant } from '../../platform/time/index.ts'
import type { SignInDemands } from './demands.ts'

export interface AuthorizationTransaction {
  readonly id: string
  readonly sessionId: string
  readonly asked: AskedAuthorization
  /** When the request began: what it demands of the sign-in is asked again before the answer. */
  readonly startedAt: Instant
  /** Where the request begins again, should it not hold any more. */
  readonly restart: string
}

export interface AskedAuthorization {
  readonly clientRow: number
  readonly responseType: ResponseType
  readonly responseMode: ResponseMode
  readonly scopes: readonly string[]
  /** What the person must have allowed: the scopes, and those that the claims asked for by name belong to. */
  readonly scopesToAllow: readonly string[]
  /** The APIs that were named (RFC 8707). */
  readonly audiences: readonly string[]
  /** The claims request as it was sent; '' for none. */
  readonly claims: string
  readonly demands: SignInDemands
  readonly redirectUri: string
  readonly redirectUriWasSent: boolean
  readonly state: string | undefined
  readonly nonce: string | undefined
  readonly codeChallenge: { readonly challenge: string; readonly method: 'S256' | 'plain' } | undefined
}
