// Protects one API: reads the settings and joins rules, verifier and gate. RFC 6750; RFC 7662; RFC 9068; RFC 9728.

import type { Auth, TokenClaims } from './auth.ts'
import { type Decision, Gate } from './gate.ts'
import { type ProtectOptions, validateOptions } from './options.ts'
import { systemClock } from './platform/time/index.ts'
import type { GuardRequest } from './request.ts'
import { publishedMetadata, type ResourceMetadata } from './resource-metadata.ts'
import type { Rule } from './rule.ts'
import { createRules, type Rules } from './rules-of-api.ts'
import type { Policy, TokenFacts } from './token-facts.ts'
import { createUpstream, type Fault } from './upstream.ts'
import { createVerifier, type Verify } from './verifier.ts'

/**
 * An API that is protected: makes rules, and checks requests against them.
 * @example
 * import { protect, type Api } from '@latchkey/resource-server'
 * const api: Api<'read'> = protect({ issuer: 'https://id.example', audience: 'https://api.example', scopes: ['read'] })
 */
export interface Api<Scope extends string = string, Claims = TokenClaims> extends Rules<Scope, Claims> {
  readonly scopes: readonly Scope[]
  /** The RFC 9728 document; undefined when no audience is a URL. */
  readonly metadata: ResourceMetadata | undefined
  /** The path that should serve it, e.g. `/.well-known/oauth-protected-resource`. */
  readonly metadataPath: string | undefined
  /** The rule that a scope stands for; a rule stands for itself. @throws TypeError when the scope is not declared */
  rule(wanted: Rule | Scope): Rule
  /** Decides about a request, at once when all is remembered. A scope is the rule that requires it. Never rejects. */
  check(request: GuardRequest, rule: Rule | Scope): Decision<Scope, Claims> | Promise<Decision<Scope, Claims>>
}

const ALGORITHMS = 'ES256 ES384 ES512 PS256 PS384 PS512 RS256 RS384 RS512 EdDSA Ed25519'.split(' ')

/**
 * Protects an API with the tokens of an authorization server.
 * @param options at least the issuer, the audience and the scopes of the API
 * @returns the API; nothing is asked of the authorization server before the first token comes
 * @throws TypeError when a setting cannot work or would be unsafe
 * @see RFC 6750; RFC 7662; RFC 9068; RFC 9728
 * @example
 * import { protect } from '@latchkey/resource-server'
 * const api = protect({
 *   issuer: 'https://id.example.com',
 *   audience: 'https://api.example.com',
 *   scopes: ['items:read', 'items:write'],
 * })
 * const rule = api.readWrite('items')
 */
export function protect<const Scope extends string, Claims = TokenClaims>(
  options: ProtectOptions<Scope, Claims>,
): Api<Scope, Claims> {
  validateOptions(options)
  const { clock = systemClock, scopes, users, session, login, refusals = 'problem' } = options
  const audiences = typeof options.audience === 'string' ? [options.audience] : options.audience
  const published = publishedMetadata(options.resource ?? audiences[0] ?? '', options.issuer, scopes, options.name)
  const policy: Policy = {
    issuers: [options.issuer, rootVariant(options.issuer)],
    audiences,
    withoutAudience: options.withoutAudience ?? 'refuse',
    toleranceMs: (options.clockToleranceSeconds ?? 5) * 1000,
  }
  const report = (fault: Fault): void => options.onFault?.(fault)
  const gate = new Gate<Scope, Claims>({
    verify: verifierOf(options, policy, report),
    policy,
    clock,
    users,
    session,
    login,
    refusals,
    report,
    metadataUrl: published?.url,
  })
  const abilities = { scopes, hasSession: session !== undefined, hasLogin: login !== undefined }
  const rules = createRules<Scope, Claims>(abilities)
  return {
    ...rules,
    rule: (wanted) => (typeof wanted === 'string' ? rules.requires(wanted) : wanted),
    scopes,
    metadata: published?.document,
    metadataPath: published?.path,
    check: (request, rule) => gate.check(request, rule),
  }
}

function verifierOf<Scope extends string, Claims>(
  options: ProtectOptions<Scope, Claims>,
  policy: Policy,
  report: (fault: Fault) => void,
): Verify<Auth<Scope, Claims>> {
  const { clock = systemClock, issuer, claims: schema, timeoutMs = 2_000 } = options
  const upstream = createUpstream({ clock, timeoutMs, report })
  // Looked up for each request, so that whoever replaces the global is heard.
  const send = options.fetch ?? ((url, init) => fetch(url, init))
  return createVerifier<Auth<Scope, Claims>>({
    line: { issuer, endpoints: options.endpoints ?? {}, fetch: send, upstream, clock },
    mode: options.verification ?? 'auto',
    introspection: options.introspection,
    algorithms: options.algorithms ?? ALGORITHMS,
    tokenTypes: (options.tokenTypes ?? ['at+jwt']).map((type) => type.toLowerCase()),
    issuers: policy.issuers,
    cache: {
      positiveMs: (options.cacheSeconds ?? 5) * 1000,
      negativeMs: (options.negativeCacheSeconds ?? 5) * 1000,
      most: options.cacheEntries ?? 10_000,
    },
    async make(facts) {
      const result = schema === undefined ? undefined : await schema['~standard'].validate(facts.claims)
      if (result !== undefined && result.issues !== undefined) return { why: 'The claims of the token do not fit.' }
      // Without a schema the claims are what they are, and the type says so.
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion
      const claims = result === undefined ? (facts.claims as Claims) : result.value
      return { made: authOfToken(facts, issuer, options.scopes, claims) }
    },
  })
}

function authOfToken<Scope extends string, Claims>(
  facts: TokenFacts,
  issuer: string,
  declared: readonly Scope[],
  claims: Claims,
): Auth<Scope, Claims> {
  const { subject, clientId, username, expiresAt } = facts
  const scopes = declared.filter((scope) => facts.scopes.includes(scope))
  return { via: 'token', issuer, subject, clientId, username, scopes, expiresAt, claims, user: undefined }
}

/** The same issuer as some servers spell it: an origin with and without its slash. */
function rootVariant(issuer: string): string {
  const { href, origin, pathname } = new URL(issuer)
  if (pathname !== '/') return issuer
  return issuer === origin ? href : origin
}
