// Decides whether a code challenge may be used and whether a verifier answers it.
// RFC 7636 §4.1-4.6; RFC 9700 §2.1.1: a verifier for a code without a challenge is refused (downgrade attack).

import { encodeBase64url } from './base64url.ts'
import { OAuthError } from './errors.ts'

// RFC 7636 §4.1: 43*128unreserved. A plain challenge is the verifier itself.
const VERIFIER = /^[A-Za-z0-9\-._~]{43,128}$/
// The base64url form of 32 bytes.
const S256_CHALLENGE = /^[A-Za-z0-9_-]{43}$/

/**
 * How a challenge is made from its verifier.
 * @see RFC 7636 §4.2
 * @example
 * import type { CodeChallengeMethod } from '@latchkey/protocol'
 * const method: CodeChallengeMethod = 'S256'
 */
export type CodeChallengeMethod = 'S256' | 'plain'

/**
 * A challenge that an authorization code is bound to.
 * @see RFC 7636 §4.3
 * @example
 * import type { CodeChallenge } from '@latchkey/protocol'
 * const bound: CodeChallenge = { challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM', method: 'S256' }
 */
export interface CodeChallenge {
  readonly challenge: string
  readonly method: CodeChallengeMethod
}

/**
 * Parses `code_challenge` and `code_challenge_method` of an authorization request.
 * @param sent the two values as sent; undefined when absent
 * @param policy `allowPlain` accepts the method `plain`, also when it is meant by an absent method; default false
 * @returns the challenge, or undefined when the request has none
 * @throws OAuthError `invalid_request` when the method is not supported or the challenge is malformed
 * @see RFC 7636 §4.3, §4.4.1
 * @example
 * import { parseCodeChallenge } from '@latchkey/protocol'
 * const sent = { challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM', method: 'S256' }
 * const method: string | undefined = parseCodeChallenge(sent)?.method // 'S256'
 */
export function parseCodeChallenge(
  sent: { readonly challenge: string | undefined; readonly method: string | undefined },
  policy: { readonly allowPlain?: boolean } = {},
): CodeChallenge | undefined {
  const { challenge } = sent
  if (challenge === undefined) {
    if (sent.method === undefined) return undefined
    throw refused('Code challenge required.', 'method-without-challenge')
  }
  // RFC 7636 §4.3: "Defaults to "plain" if not present in the request."
  const method = sent.method ?? 'plain'
  if (method === 'S256') {
    if (!S256_CHALLENGE.test(challenge)) {
      throw refused('The code_challenge must be exactly 43 base64url characters.', 'challenge-syntax')
    }
    return { challenge, method }
  }
  if (method !== 'plain' || policy.allowPlain !== true) {
    throw refused('Transform algorithm not supported.', 'challenge-method')
  }
  if (!VERIFIER.test(challenge)) {
    throw refused('The code_challenge must be 43 to 128 unreserved characters.', 'challenge-syntax')
  }
  return { challenge, method }
}

function refused(description: string, rule: string): OAuthError {
  return new OAuthError('invalid_request', description, { rule })
}

/**
 * Tells whether a text has the syntax of a code verifier.
 * @param text the value of `code_verifier`
 * @returns true for 43 to 128 unreserved characters
 * @see RFC 7636 §4.1
 * @example
 * import { isCodeVerifier } from '@latchkey/protocol'
 * const good: boolean = isCodeVerifier('dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk')
 */
export function isCodeVerifier(text: string): boolean {
  return VERIFIER.test(text)
}

/**
 * What a verifier is to its challenge; only `match` lets the code be redeemed.
 * @see RFC 7636 §4.6
 * @example
 * import type { VerifierVerdict } from '@latchkey/protocol'
 * const verdict: VerifierVerdict = 'verifier-mismatch'
 */
export type VerifierVerdict =
  | 'match'
  | 'verifier-missing'
  | 'verifier-unexpected'
  | 'verifier-malformed'
  | 'verifier-mismatch'

/**
 * Compares the verifier of a token request with the challenge that its code is bound to, in constant time.
 * @param input `challenge` and `method` as stored (undefined: the code has none), `verifier` as sent, and SHA-256
 * @returns `match` also when there is neither challenge nor verifier
 * @see RFC 7636 §4.6, RFC 9700 §2.1.1
 * @example
 * import { checkVerifier } from '@latchkey/protocol'
 * import { createHash } from 'node:crypto'
 * const verdict = checkVerifier({
 *   challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
 *   method: 'S256',
 *   verifier: 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk',
 *   sha256: (bytes) => createHash('sha256').update(bytes).digest(),
 * }) // 'match'
 */
export function checkVerifier(input: {
  readonly challenge: string | undefined
  readonly method: CodeChallengeMethod | undefined
  readonly verifier: string | undefined
  readonly sha256: (bytes: Uint8Array) => Uint8Array
}): VerifierVerdict {
  const { challenge, verifier } = input
  if (challenge === undefined) return verifier === undefined ? 'match' : 'verifier-unexpected'
  if (verifier === undefined) return 'verifier-missing'
  if (!VERIFIER.test(verifier)) return 'verifier-malformed'
  // A stored challenge without a method is compared as S256: the stricter reading.
  const answer = input.method === 'plain' ? verifier : encodeBase64url(input.sha256(new TextEncoder().encode(verifier)))
  return equalInConstantTime(answer, challenge) ? 'match' : 'verifier-mismatch'
}

function equalInConstantTime(left: string, right: string): boolean {
  let difference = left.length ^ right.length
  for (let index = 0; index < left.length; index++) difference |= left.charCodeAt(index) ^ right.charCodeAt(index)
  return difference === 0
}
