// For which APIs a token is. RFC 8707 §2: an API is named by its identifier; what was granted may later only be narrowed.
// RFC 9068 §3: a token for an API carries the scopes that mean something there.
import { OAuthError } from '@latchkey/protocol'
import type { SigningAlgorithm } from '../../platform/crypto/index.ts'
import type { Api } from '../../records/scopes/index.ts'

export interface KnownApis {
  readonly apis: ReadonlyMap<string, Api>
  /** Stands for this server's own APIs, such as UserInfo: a token that names others must name it too to be taken there. */
  readonly issuer: string
}

/** The APIs that a first request names: each must be known. */
export function namedAudiences({ apis, issuer }: KnownApis, resources: readonly string[]): readonly string[] {
  const unknown = resources.find((resource) => resource !== issuer && !apis.has(resource))
  if (unknown === undefined) return resources
  throw new OAuthError('invalid_target', 'The resource is not an API of this server.', {
    rule: 'resource-unknown',
    detail: { sent: unknown },
  })
}

/** Of what was granted: all of it, or what the request names (RFC 8707 §2.2). */
export function narrowedAudiences(granted: string, resources: readonly string[]): readonly string[] {
  const all = granted === '' ? [] : granted.split(' ')
  if (resources.length === 0) return all
  const foreign = resources.find((resource) => !all.includes(resource))
  if (foreign === undefined) return resources
  throw new OAuthError('invalid_target', 'The resource was not granted.', {
    rule: 'resource-not-granted',
    detail: { sent: foreign, registered: granted },
  })
}

/** What a token for some APIs is like. */
export interface TokenTarget {
  readonly audiences: readonly string[]
  readonly scopes: readonly string[]
  /** Undefined for an opaque token. */
  readonly signingAlgorithm: SigningAlgorithm | undefined
  readonly lifetimeSeconds: number
}

/**
 * One token for all of them: those whose API was removed since are left out.
 * @throws OAuthError `invalid_target` when none is left, when they want tokens of different kinds, or when the client has no
 *   scope of an API that has scopes of its own
 */
export function targetOf(
  { apis, issuer }: KnownApis,
  wanted: readonly string[],
  scopes: readonly string[],
  clientLifetimeSeconds: number,
): TokenTarget {
  const audiences = wanted.filter((audience) => audience === issuer || apis.has(audience))
  const asked = audiences.flatMap((audience) => apis.get(audience) ?? [])
  if (audiences.length === 0) throw refusal('The resource is not an API of this server.', 'resource-gone', wanted)
  const closed = asked.find((api) => api.scopes.length > 0 && !api.scopes.some((scope) => scopes.includes(scope)))
  if (closed !== undefined) {
    throw refusal('No scope of that resource was granted.', 'resource-without-scope', [closed.audience])
  }
  const [kind, ...others] = new Set(asked.map(kindOf))
  if (others.length > 0) {
    throw refusal('These resources take tokens of different kinds: name one at a time.', 'resources-differ', audiences)
  }
  const kept = scopesFor(apis, asked, scopes)
  if (kept.length === 0) throw refusal('No scope of that resource was granted.', 'resource-without-scope', audiences)
  const lives = asked.flatMap((api) => api.accessTokenLifetimeSeconds ?? [])
  return {
    audiences,
    scopes: kept,
    signingAlgorithm: kind === 'opaque' ? undefined : kind,
    lifetimeSeconds: Math.min(clientLifetimeSeconds, ...lives),
  }
}

function kindOf(api: Api): 'opaque' | SigningAlgorithm {
  return api.tokenFormat === 'jwt' ? api.signingAlgorithm : 'opaque'
}

/** A scope of an API that is not among them stays at home: nobody there should see, or hold, what is for another. */
function scopesFor(apis: KnownApis['apis'], asked: readonly Api[], scopes: readonly string[]): readonly string[] {
  const elsewhere = new Set([...apis.values()].filter((api) => !asked.includes(api)).flatMap((api) => api.scopes))
  return scopes.filter((scope) => !elsewhere.has(scope))
}

function refusal(description: string, rule: string, audiences: readonly string[]): OAuthError {
  return new OAuthError('invalid_target', description, { rule, detail: { sent: audiences.join(' ') } })
}
