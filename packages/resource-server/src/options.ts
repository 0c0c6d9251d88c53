// Decides which settings an API may be protected with; a mistake stops the start, not a request. RFC 8414 §2 (issuer).

import { isScopeToken } from '@latchkey/protocol'
import type { LocalUser, TokenClaims } from './auth.ts'
import type { IntrospectionCredentials } from './introspection.ts'
import type { Clock } from './platform/time/index.ts'
import type { RefusalBody } from './refusal.ts'
import type { GuardRequest } from './request.ts'
import type { Fault, Fetch } from './upstream.ts'
import type { Identity, UserStore } from './user-store.ts'

/**
 * A Standard Schema (zod, valibot, arktype…) that parses the claims of a token.
 * @see https://standardschema.dev
 * @example
 * import type { ClaimsSchema } from '@latchkey/resource-server'
 * const any: ClaimsSchema<unknown> = { '~standard': { version: 1, vendor: 'own', validate: (value) => ({ value }) } }
 */
export interface ClaimsSchema<Claims> {
  readonly '~standard': {
    readonly version: 1
    readonly vendor: string
    readonly validate: (value: unknown) => ClaimsResult<Claims> | Promise<ClaimsResult<Claims>>
  }
}

/**
 * What a schema says of the claims.
 * @see https://standardschema.dev
 * @example
 * import type { ClaimsResult } from '@latchkey/resource-server'
 * const good: ClaimsResult<{ org_id: string }> = { value: { org_id: 'o1' } }
 */
export type ClaimsResult<Claims> =
  | { readonly value: Claims; readonly issues?: undefined }
  | { readonly issues: readonly unknown[] }

/**
 * Who is signed in with a browser's session: a local user, or whoever the issuer says it is, who then gets the same local
 * user as by a token. `claims` where the API has a schema for them.
 * @example
 * import type { LocalUser, SessionLogin } from '@latchkey/resource-server'
 * const login = (user: LocalUser): SessionLogin => ({ user })
 * const alice: SessionLogin = {
 *   identity: { issuer: 'https://id.example', subject: '248289761001', username: 'alice', email: undefined },
 * }
 */
export type SessionLogin<Claims = TokenClaims> = (
  | { readonly user: LocalUser; readonly identity?: undefined }
  | { readonly identity: Identity; readonly user?: undefined }
) &
  (TokenClaims extends Claims ? { readonly claims?: Claims } : { readonly claims: Claims })

/**
 * What an API is protected with.
 * @example
 * import type { ProtectOptions } from '@latchkey/resource-server'
 * const options: ProtectOptions<'read'> = { issuer: 'https://id.example', audience: 'https://api.example', scopes: ['read'] }
 */
export interface ProtectOptions<Scope extends string = string, Claims = TokenClaims> {
  /** The authorization server, as it names itself in its metadata. */
  readonly issuer: string
  /** What tokens for this API carry in `aud`; any one of a list. */
  readonly audience: string | readonly string[]
  /** The scopes that this API knows; every other scope of a token is ignored. */
  readonly scopes: readonly Scope[]
  /** Parses the claims; a token whose claims do not fit is refused. */
  readonly claims?: ClaimsSchema<Claims>
  /** How this API asks about opaque tokens. Without it only JWTs are accepted. */
  readonly introspection?: IntrospectionCredentials
  /** `auto` (default): JWTs by the issuer's keys, others by introspection. `introspection` asks about JWTs as well. */
  readonly verification?: 'auto' | 'introspection' | 'jwks'
  /** What to do with an introspected token that names no audience; default `refuse`. */
  readonly withoutAudience?: 'accept' | 'refuse'
  /** Accepted `typ` of JWTs; default `['at+jwt']`. Servers that predate RFC 9068 need `['at+jwt', 'JWT']`. */
  readonly tokenTypes?: readonly string[]
  /** Accepted algorithms of JWTs; default all asymmetric ones of RFC 7518 and EdDSA. */
  readonly algorithms?: readonly string[]
  /** How long an answer is remembered: a revoked token may live on for so long. Seconds; default 5, at most 60. */
  readonly cacheSeconds?: number
  /** How long a refusal is remembered. Seconds; default 5, at most 5. */
  readonly negativeCacheSeconds?: number
  /** How many tokens are remembered; default 10,000. */
  readonly cacheEntries?: number
  /** How far the clocks of two machines may differ. Seconds; default 5. */
  readonly clockToleranceSeconds?: number
  /** How long the authorization server may take to answer. Milliseconds; default 2000. */
  readonly timeoutMs?: number
  /** Endpoints, for a server without metadata. */
  readonly endpoints?: { readonly introspection?: string; readonly jwks?: string }
  /** Allows an issuer on plain HTTP that is not on this machine, as in a compose network. */
  readonly allowInsecureHttp?: boolean
  /** Where local users are kept; made at first sight of a token, or of a session that only says who it is. */
  readonly users?: UserStore
  /** Reads a browser's session from the request's own headers, so that no order of registration matters. */
  readonly session?: (
    request: GuardRequest,
  ) => SessionLogin<Claims> | undefined | Promise<SessionLogin<Claims> | undefined>
  /** The path of the login page, for `api.page()`. */
  readonly login?: string
  /** The identifier of this API in RFC 9728 metadata; default the first audience, if it is a URL. */
  readonly resource?: string
  /** The name of this API for people, in the metadata. */
  readonly name?: string
  /** How refusals look; default `problem`. */
  readonly refusals?: RefusalBody
  /** Told when no token can be accepted because something does not work. */
  readonly onFault?: (fault: Fault) => void
  /** Default the runtime's own. */
  readonly fetch?: Fetch
  /** Default the machine's. */
  readonly clock?: Clock
}

const LOOPBACK = /^(localhost|127\.0\.0\.1|\[::1\]|.+\.localhost)$/

/** Refuses settings that cannot work or would be unsafe. @throws TypeError that names the setting */
export function validateOptions<Scope extends string, Claims>(options: ProtectOptions<Scope, Claims>): void {
  const { issuer, audience, scopes, cacheSeconds = 5, negativeCacheSeconds = 5 } = options
  demand(URL.canParse(issuer), 'issuer is no URL')
  const { protocol, hostname, search, hash } = new URL(issuer)
  const isInsecureAllowed = LOOPBACK.test(hostname) || options.allowInsecureHttp === true
  demand(protocol === 'https:' || (protocol === 'http:' && isInsecureAllowed), 'issuer must be an https URL')
  demand(search === '' && hash === '', 'issuer must have no query and no fragment')
  const audiences = typeof audience === 'string' ? [audience] : audience
  demand(audiences.length > 0 && audiences.every((one) => one !== ''), 'audience is empty')
  demand(scopes.every(isScopeToken), 'scopes has a name that is no scope token')
  demand(cacheSeconds >= 0 && cacheSeconds <= 60, 'cacheSeconds must lie between 0 and 60')
  demand(negativeCacheSeconds >= 0 && negativeCacheSeconds <= 5, 'negativeCacheSeconds must lie between 0 and 5')
  const symmetric = options.algorithms?.find((algorithm) => !/^(ES|PS|RS)(256|384|512)$|^Ed/.test(algorithm))
  demand(symmetric === undefined, `algorithms must not have ${symmetric}`)
  const needsCredentials = options.verification === 'introspection' && options.introspection === undefined
  demand(!needsCredentials, 'introspection credentials are missing')
}

function demand(holds: boolean, what: string): void {
  if (!holds) throw new TypeError(`protect(): ${what}.`)
}
