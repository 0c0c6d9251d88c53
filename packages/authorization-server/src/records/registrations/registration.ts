// Who may register applications over HTTP, and which were: the two tokens of RFC 7591 §3 and RFC 7592 §3. Both carry 256 random bits
// and are kept as digests only.
import { encodeBase64url, type Random, sha256 } from '../../platform/crypto/index.ts'
import type { Instant } from '../../platform/time/index.ts'

/** What an operator hands to a developer, so that they can register applications. */
export interface InitialToken {
  readonly id: number
  /** In the operator's words. */
  readonly name: string
  readonly createdAt: Instant
  readonly expiresAt: Instant
  readonly uses: number
  readonly mostUses: number
  readonly revokedAt: Instant | undefined
}

export type InitialTokenState = 'open' | 'revoked' | 'expired' | 'used up'

export function stateOf(token: InitialToken, now: Instant): InitialTokenState {
  if (token.revokedAt !== undefined) return 'revoked'
  if (token.expiresAt <= now) return 'expired'
  return token.uses >= token.mostUses ? 'used up' : 'open'
}

/** The mark of a client that registered itself. */
export interface Registration {
  readonly clientRow: number
  /** Of the registration access token. */
  readonly digest: string
  /** The token that let it in; none where registration was open to all. */
  readonly initialTokenId: number | undefined
  readonly registeredAt: Instant
}

const prefixes = { initial: 'lk_iat_', management: 'lk_rat_' } as const

/** A new token: what is handed out once, and what is kept of it. */
export function generateRegistrationToken(
  kind: keyof typeof prefixes,
  random: Random,
): { readonly token: string; readonly digest: string } {
  const token = prefixes[kind] + encodeBase64url(random.bytes(32))
  return { token, digest: registrationDigest(token) }
}

export function registrationDigest(token: string): string {
  return encodeBase64url(sha256(token))
}
