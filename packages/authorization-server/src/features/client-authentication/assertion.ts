// Decides whether what a client signed about itself lets it in, here and now, once. RFC 7523 §3, OpenID Connect Core §9,
// RFC 7519 §4.1, RFC 8725 §3.11. Its signature was checked before.
import type { Instant } from '../../platform/time/index.ts'

export const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

export interface AssertionContext {
  readonly clientId: string
  /** The issuer and the token endpoint: it must be for exactly one of them. */
  readonly audiences: readonly string[]
  readonly now: Instant
}

export type AssertionDecision =
  | { readonly kind: 'accept'; readonly jti: string; readonly expiresAt: Instant }
  /** The rule, for our record: the caller is told invalid_client and no more. */
  | { readonly kind: 'refuse'; readonly rule: string }

export interface Assertion {
  readonly header: Readonly<Record<string, unknown>>
  readonly payload: Readonly<Record<string, unknown>>
}

/** A minute for the request is plenty; five are taken for clients that sign ahead. */
const longestLifetimeMs = 300_000
/** How far the client's clock may be off. */
const skewMs = 10_000
const longestJti = 255
/** RFC 8725 §3.11: a token that was signed for another purpose names another type. */
const types: readonly unknown[] = [undefined, 'jwt', 'client-authentication+jwt']

export function decideAssertion({ header, payload }: Assertion, context: AssertionContext): AssertionDecision {
  const { iss, sub, aud, jti } = payload
  if (!types.includes(typeOf(header['typ']))) return refuse('assertion-type')
  if (iss !== context.clientId || sub !== context.clientId) return refuse('assertion-subject')
  if (!isFor(aud, context.audiences)) return refuse('assertion-audience')
  if (typeof jti !== 'string' || jti === '' || jti.length > longestJti) return refuse('assertion-jti')
  const [expiresAt, notBefore, issuedAt] = [payload['exp'], payload['nbf'], payload['iat']].map(instantOf)
  if (typeof expiresAt !== 'number') return refuse('assertion-expiry')
  if (notBefore === 'malformed' || issuedAt === 'malformed') return refuse('assertion-times')
  if (expiresAt + skewMs <= context.now) return refuse('assertion-expired')
  if (expiresAt > context.now + longestLifetimeMs + skewMs) return refuse('assertion-too-long')
  if (Math.max(notBefore ?? 0, issuedAt ?? 0) > context.now + skewMs) return refuse('assertion-early')
  return { kind: 'accept', jti, expiresAt }
}

/** RFC 7515 §4.1.9: a media type that may leave out `application/`. */
function typeOf(typ: unknown): unknown {
  return typeof typ === 'string' ? typ.toLowerCase().replace(/^application\//, '') : typ
}

/** One audience, ours: what is meant for several servers could be carried from one to the other. */
function isFor(aud: unknown, audiences: readonly string[]): boolean {
  const [only, ...others] = Array.isArray(aud) ? (aud as readonly unknown[]) : [aud]
  return others.length === 0 && audiences.some((audience) => audience === only)
}

/** Whole seconds since the epoch (RFC 7519 §2), as an instant. */
function instantOf(value: unknown): Instant | 'malformed' | undefined {
  if (value === undefined) return undefined
  const milliseconds = typeof value === 'number' ? value * 1_000 : Number.NaN
  return Number.isInteger(value) && Number.isSafeInteger(milliseconds) && milliseconds >= 0 ? milliseconds : 'malformed'
}

function refuse(rule: string): AssertionDecision {
  return { kind: 'refuse', rule }
}
