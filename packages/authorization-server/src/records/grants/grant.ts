// A grant: this subject gave this client these scopes, in this session, once. It is where authority is read from.
import type { Instant } from '../../platform/time/index.ts'

/** The epochs that stood when something was issued. Whatever raises one of them voids it. */
export interface Stamp {
  readonly userEpoch: number
  readonly clientEpoch: number
  readonly consentEpoch: number
  readonly installationEpoch: number
}

export interface Grant extends Stamp {
  readonly id: string
  readonly userId: number
  readonly clientRow: number
  readonly sessionId: string | undefined
  /** The session in which it was given, of which the client has the `sid`; `sessionId` moves on when the person signs in again. */
  readonly originSessionId: string | undefined
  readonly scopes: string
  /** The APIs that its access tokens may be for (RFC 8707), separated by spaces; '' when none was named. */
  readonly audiences: string
  /** The claims request as JSON text (OpenID Connect Core §5.5); '' for none. */
  readonly claims: string
  /** Outlives the session in which it was given (OpenID Connect Core §11). */
  readonly isOffline: boolean
  readonly generation: number
  /** Access tokens of an earlier generation are dead: set by a refresh of a client that wants it so. */
  readonly accessNotBeforeGeneration: number
  readonly rotatedAt: Instant | undefined
  readonly authenticatedAt: Instant | undefined
  readonly methods: readonly string[]
  readonly createdAt: Instant
  /** When the refresh token's idle life ends, or the last access token's life where there is none. */
  readonly expiresAt: Instant
  readonly endedAt: Instant | undefined
}

export type EndReason =
  | 'revoked-by-client'
  | 'revoked-by-user'
  | 'revoked-by-staff'
  | 'code-replayed'
  | 'refresh-token-reused'
  | 'session-ended'
  | 'consent-withdrawn'
