// Whether a code may be redeemed by this request. RFC 6749 §4.1.3; RFC 7636 §4.6; RFC 9700 §4.5.
// A wrong client or a wrong verifier is refused without spending the code: else anybody could spoil a sign-in.
import { type AuthorizationCodeRequest, checkVerifier, type VerifierVerdict } from '@latchkey/protocol'
import type { Instant } from '../../../platform/time/index.ts'
import type { AuthorizationCode } from '../../../records/grants/index.ts'

export type RedemptionDecision =
  | { readonly kind: 'redeem' }
  | { readonly kind: 'refuse'; readonly why: 'code-foreign' | 'code-expired' }
  | { readonly kind: 'refuse-redirect-uri' }
  | { readonly kind: 'refuse-verifier'; readonly why: Exclude<VerifierVerdict, 'match'> }

export function decideRedemption(
  code: AuthorizationCode,
  request: AuthorizationCodeRequest,
  clientRow: number,
  now: Instant,
  sha256: (bytes: Uint8Array) => Uint8Array,
): RedemptionDecision {
  if (code.clientRow !== clientRow) return { kind: 'refuse', why: 'code-foreign' }
  if (code.expiresAt <= now) return { kind: 'refuse', why: 'code-expired' }
  if (!redirectUriHolds(code, request.redirectUri)) return { kind: 'refuse-redirect-uri' }
  const verdict = checkVerifier({
    challenge: code.codeChallenge,
    method: code.codeChallengeMethod,
    verifier: request.codeVerifier,
    sha256,
  })
  return verdict === 'match' ? { kind: 'redeem' } : { kind: 'refuse-verifier', why: verdict }
}

/**
 * It must be repeated as it was sent. Left out here, it is let pass where the client has only that one: the code is bound
 * to the client, and the seeds' server lets it pass too.
 */
function redirectUriHolds(code: AuthorizationCode, sent: string | undefined): boolean {
  if (sent !== undefined) return sent === code.redirectUri
  return !code.redirectUriWasSent || code.redirectUriIsOnlyOne
}
