// Decides what a verified JWT or an introspection answer says, and whether that suffices here and now. It is asked again
// for each request, also when the answer comes from the cache. RFC 9068 §2.2, §4; RFC 7662 §2.2; RFC 7519 §4.1.

import type { Instant } from './platform/time/index.ts'
import type { JsonObject } from './strict-json.ts'

/** What is known of a token that its issuer stands behind. */
export interface TokenFacts {
  readonly issuer: string | undefined
  readonly subject: string | undefined
  readonly clientId: string | undefined
  readonly username: string | undefined
  readonly audiences: readonly string[]
  readonly scopes: readonly string[]
  readonly expiresAt: Instant | undefined
  readonly notBefore: Instant | undefined
  readonly claims: JsonObject
}

/** What a token must say to be accepted. */
export interface Policy {
  readonly issuers: readonly string[]
  readonly audiences: readonly string[]
  readonly withoutAudience: 'accept' | 'refuse'
  readonly toleranceMs: number
}

/** The facts, or why the claims cannot be believed. */
export type Reading = { readonly facts: TokenFacts } | { readonly why: string }

/** Reads the claims of a JWT whose signature holds. */
export function readJwtClaims(claims: JsonObject): Reading {
  if (claims['exp'] === undefined) return { why: 'The token never expires.' }
  if (claims['iss'] === undefined) return { why: 'The token names no issuer.' }
  if (claims['aud'] === undefined) return { why: 'The token names no audience.' }
  return readClaims(claims)
}

/** Reads an introspection answer whose `active` is true. */
export function readIntrospection(answer: JsonObject): Reading {
  const type = answer['token_type']
  const isBearer = type === undefined || (typeof type === 'string' && /^(bearer|access_token)$/i.test(type))
  if (!isBearer || answer['token_use'] === 'refresh_token') return { why: 'The token is not a bearer access token.' }
  return readClaims(answer)
}

function readClaims(claims: JsonObject): Reading {
  const dates = ['exp', 'nbf', 'iat'].map((name) => claims[name])
  if (!dates.every(isDateOrAbsent)) return { why: 'The token has a time that is no whole number of seconds.' }
  const audiences = listOf(claims['aud'])
  const texts = ['iss', 'sub', 'client_id', 'azp', 'username'].map((name) => claims[name])
  const scopes = scopesOf(claims['scope'] ?? claims['scp'])
  if (audiences === undefined || scopes === undefined || !texts.every(isTextOrAbsent)) {
    return { why: 'The token has a claim of the wrong type.' }
  }
  // RFC 9449 §7.2, RFC 8705 §3: a token that is bound to a key is no bearer token.
  if (claims['cnf'] !== undefined) return { why: 'The token is bound to a key, which was not shown.' }
  const facts = {
    issuer: text(claims['iss']),
    subject: text(claims['sub']),
    clientId: text(claims['client_id']) ?? text(claims['azp']),
    username: text(claims['username']) ?? text(claims['preferred_username']),
    audiences,
    scopes,
    expiresAt: instant(claims['exp']),
    notBefore: instant(claims['nbf']),
    claims,
  }
  return { facts }
}

/** Finds the reason why a token does not suffice now; undefined when it does. */
export function faultOfFacts(facts: TokenFacts, policy: Policy, now: Instant): string | undefined {
  if (facts.issuer !== undefined && !policy.issuers.includes(facts.issuer)) return 'The token has another issuer.'
  if (facts.expiresAt !== undefined && facts.expiresAt + policy.toleranceMs <= now) return 'The token has expired.'
  if (facts.notBefore !== undefined && facts.notBefore - policy.toleranceMs > now) return 'The token is not valid yet.'
  if (facts.audiences.length === 0) {
    return policy.withoutAudience === 'accept' ? undefined : 'The token names no audience.'
  }
  return facts.audiences.some((audience) => policy.audiences.includes(audience))
    ? undefined
    : 'The token is for another audience.'
}

function isDateOrAbsent(value: unknown): boolean {
  return value === undefined || (Number.isSafeInteger(value) && Number(value) >= 0)
}

function isTextOrAbsent(value: unknown): boolean {
  return value === undefined || (typeof value === 'string' && value !== '')
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

function instant(value: unknown): Instant | undefined {
  return typeof value === 'number' ? value * 1000 : undefined
}

function listOf(value: unknown): readonly string[] | undefined {
  if (value === undefined) return []
  const list: unknown[] = Array.isArray(value) ? value : [value]
  const texts = list.filter((one) => typeof one === 'string')
  return texts.length === list.length ? texts : undefined
}

/** A list separated by spaces, or an array as some servers send it. */
function scopesOf(value: unknown): readonly string[] | undefined {
  const list = listOf(value)
  return list === undefined
    ? undefined
    : [...new Set(list.flatMap((one) => one.split(' ')).filter((one) => one !== ''))]
}
