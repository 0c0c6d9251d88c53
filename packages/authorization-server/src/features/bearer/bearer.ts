// Guards our own APIs with a bearer token from the Authorization header. RFC 6750 §2.1; never from the query (RFC 9700 §4.3.2).
import { isSubset, OAuthError, parseAuthorization } from '@latchkey/protocol'
import type { Incoming } from '../../platform/http/index.ts'
import { findGrant, findGrantFacts, type GrantFacts, type GrantView } from '../../records/grants/index.ts'
import type { Context } from '../context/index.ts'
import { authorityWith, type ReadGrant, type TokenAuthority } from './authority.ts'

/** All that counts of a request here. */
export type Presented = Pick<Incoming, 'headers' | 'remoteAddress'>

export interface BearerUser {
  readonly view: GrantView
  readonly scopes: readonly string[]
}

const descriptions = {
  unknown: 'The access token is invalid.',
  revoked: 'The access token is invalid.',
  expired: 'The access token has expired.',
} as const

/** The token's authority, or the refusal that its bearer gets: also for a token that is for other APIs than ours (RFC 9068 §4). */
export async function requireBearer(
  context: Context,
  request: Presented,
): Promise<Exclude<TokenAuthority, { kind: 'none' }>> {
  return requireBearerWith(context, request, findGrantFacts)
}

async function requireBearerWith<View extends GrantFacts>(
  context: Context,
  request: Presented,
  readGrant: ReadGrant<View>,
): Promise<Exclude<TokenAuthority<View>, { kind: 'none' }>> {
  const header = parseAuthorization(request.headers.authorization)
  if (header.kind === 'malformed' && header.scheme === 'bearer')
    throw context.failures.ofStranger(invalidToken('token-malformed', descriptions.unknown), request.remoteAddress)
  if (header.kind !== 'bearer') throw invalidToken('token-missing', 'Authentication credentials were not provided.')
  const authority = await authorityWith(context, header.token, readGrant)
  if (authority.kind !== 'none') {
    if (isForUs(authority.audiences, context.issuer)) return authority
    throw invalidToken('token-audience', 'The access token is not for this server.')
  }
  const refusal = invalidToken(`token-${authority.why}`, descriptions[authority.why])
  throw authority.why === 'unknown' ? context.failures.ofStranger(refusal, request.remoteAddress) : refusal
}

/** As {@link requireBearer}, for what only a person's token may do. */
export async function requireBearerUser(
  context: Context,
  request: Presented,
  needed: readonly string[],
): Promise<BearerUser> {
  const authority = await requireBearerWith(context, request, findGrant)
  const scopes = authority.scopes.split(' ')
  if (authority.kind === 'client') {
    throw new OAuthError('access_denied', 'No user stands behind this access token.', {
      rule: 'token-without-user',
      status: 403,
    })
  }
  if (!isSubset(needed, scopes)) {
    throw new OAuthError('insufficient_scope', undefined, {
      rule: 'scope-missing',
      detail: { client_id: authority.view.clientId, scope: needed.join(' ') },
    })
  }
  return { view: authority.view, scopes }
}

/** A token that names no API is for ours too. */
function isForUs(audiences: string, issuer: string): boolean {
  return audiences === '' || audiences.split(' ').includes(issuer)
}

function invalidToken(rule: string, description: string): OAuthError {
  return new OAuthError('invalid_token', description, { rule })
}
