// Decides whether the claims of an ID token are about this sign-in. OpenID Connect Core §2, §3.1.3.6, §3.1.3.7, §12.2
// (refresh), §3.3.2.11 (c_hash). The signature has been checked before.

import { encodeBase64url } from '@latchkey/protocol'
import type { LoginCause } from './causes.ts'
import { type JsonObject, numberOf, textOf } from './json.ts'

/** What a token must agree with. */
export interface Expected {
  /** Spellings of the issuer. */
  readonly issuers: readonly string[]
  readonly clientId: string
  /** Seconds since the epoch. */
  readonly now: number
  readonly toleranceSeconds: number
  /** The nonce that was sent; undefined after a refresh, which has none. */
  readonly nonce?: string | undefined
  /** The subject of the sign-in, after a refresh. */
  readonly subject?: string | undefined
  /** The person was asked anew at this time or later. Seconds since the epoch. */
  readonly authenticatedSince?: number | undefined
}

/** A claim that is not as it must be. */
export interface ClaimFault {
  readonly reason: LoginCause
  readonly detail: string
}

/** Finds the first claim that does not agree. */
export function faultOfIdToken(claims: JsonObject, expected: Expected): ClaimFault | undefined {
  return (
    faultOfIssuerAndAudience(claims, expected) ??
    faultOfSubject(claims, expected) ??
    faultOfTimes(claims, expected) ??
    faultOfNonce(claims, expected) ??
    faultOfAuthentication(claims, expected)
  )
}

/** iss, aud and azp: shared by ID tokens and logout tokens. */
export function faultOfIssuerAndAudience(
  { iss, aud, azp }: JsonObject,
  { issuers, clientId }: Expected,
): ClaimFault | undefined {
  if (typeof iss !== 'string') return { reason: 'wrong-issuer', detail: 'no iss' }
  if (!issuers.includes(iss)) return { reason: 'wrong-issuer', detail: `iss is ${iss.slice(0, 200)}` }
  const audiences: readonly unknown[] = Array.isArray(aud) ? aud : [aud]
  if (!audiences.includes(clientId)) return { reason: 'audience', detail: 'aud does not name this client' }
  // §3.1.3.7 (3): audiences that nobody has said to trust are a reason to reject.
  if (audiences.length > 1 && azp !== clientId) return { reason: 'audience', detail: 'other audiences and no azp' }
  if (azp !== undefined && azp !== clientId) return { reason: 'audience', detail: 'azp is another client' }
  return undefined
}

function faultOfSubject({ sub }: JsonObject, { subject }: Expected): ClaimFault | undefined {
  if (textOf(sub) === undefined) return { reason: 'subject', detail: 'no sub' }
  if (subject !== undefined && sub !== subject) return { reason: 'subject', detail: 'sub has changed' }
  return undefined
}

/** exp and iat: shared by ID tokens and logout tokens. */
export function faultOfTimes(claims: JsonObject, { now, toleranceSeconds }: Expected): ClaimFault | undefined {
  const [issuedAt, expiresAt] = [numberOf(claims['iat']), numberOf(claims['exp'])]
  if (issuedAt === undefined) return { reason: 'token-malformed', detail: 'no iat' }
  if (expiresAt === undefined) return { reason: 'token-malformed', detail: 'no exp' }
  const notBefore = numberOf(claims['nbf']) ?? issuedAt
  const ahead = Math.max(issuedAt, notBefore) - now
  if (ahead > toleranceSeconds) return { reason: 'clock', detail: `issued ${Math.round(ahead)} s from now` }
  if (expiresAt + toleranceSeconds <= now) {
    return { reason: 'token-expired', detail: `expired ${Math.round(now - expiresAt)} s ago` }
  }
  return undefined
}

function faultOfNonce({ nonce: sent }: JsonObject, { nonce }: Expected): ClaimFault | undefined {
  if (nonce === undefined) return undefined
  if (sent === nonce) return undefined
  return { reason: 'nonce', detail: sent === undefined ? 'no nonce' : 'another nonce' }
}

function faultOfAuthentication(
  claims: JsonObject,
  { authenticatedSince, toleranceSeconds }: Expected,
): ClaimFault | undefined {
  if (authenticatedSince === undefined) return undefined
  const authenticatedAt = numberOf(claims['auth_time'])
  // Servers that leave it out were told prompt=login, and are believed.
  if (authenticatedAt === undefined || authenticatedAt + toleranceSeconds >= authenticatedSince) return undefined
  return { reason: 'interaction-required', detail: 'the server did not ask the person anew' }
}

const hashes: Readonly<Record<string, string>> = { '256': 'SHA-256', '384': 'SHA-384', '512': 'SHA-512' }

/** The value that at_hash or c_hash must have. §3.1.3.6: the left half of the hash of the algorithm. */
export async function halfHashFor(algorithm: string, value: string): Promise<string> {
  // Ed25519 hashes with SHA-512 (RFC 8032 §5.1).
  const name = hashes[algorithm.slice(-3)] ?? 'SHA-512'
  const digest = new Uint8Array(await crypto.subtle.digest(name, new TextEncoder().encode(value)))
  return encodeBase64url(digest.subarray(0, digest.length / 2))
}
