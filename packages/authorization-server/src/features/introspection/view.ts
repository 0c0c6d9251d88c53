// What a caller may learn of a token. RFC 7662 §2.2, §4: whoever may not ask is told what a stranger is told of nothing.
import { activeIntrospection, INACTIVE, type IntrospectionResponse } from '@latchkey/protocol'
import { displayIdentifier } from '../../records/users/index.ts'
import type { TokenAuthority } from '../bearer/index.ts'
import { acrOf } from '../claims/index.ts'

export interface Caller {
  readonly clientId: string
  readonly right: 'none' | 'own' | 'any'
}

export interface ViewFacts {
  readonly issuer: string
  /** The name under which the token's client knows the person; undefined where that is the public one. */
  readonly pairwiseSubject?: string | undefined
  /** Whether the caller is a client of an API that the token is for. */
  readonly isForCaller: boolean
}

export function viewFor(caller: Caller, authority: TokenAuthority, facts: ViewFacts): IntrospectionResponse {
  if (authority.kind === 'none') return INACTIVE
  const clientId = clientIdOf(authority)
  const isOwn = caller.clientId === clientId || facts.isForCaller
  if (caller.right === 'none' || (caller.right === 'own' && !isOwn)) return INACTIVE
  const common = {
    scopes: authority.scopes.split(' '),
    expiresAt: authority.token.expiresAt,
    issuedAt: authority.token.issuedAt,
    clientId,
    tokenType: 'Bearer' as const,
    issuer: facts.issuer,
    ...(authority.audiences === '' ? {} : { audiences: authority.audiences.split(' ') }),
    tokenId: authority.token.tokenId,
  }
  if (authority.kind === 'client') return activeIntrospection(common)
  const { user, grant } = authority.view
  const person =
    facts.pairwiseSubject === undefined
      ? { username: displayIdentifier(user), subject: user.subject }
      : // Whoever is told one name for each sector is not told another that is the same everywhere.
        { subject: facts.pairwiseSubject }
  // RFC 9470 §6.2, for tokens that name an API; what the seeds' resource servers are answered stays as it is.
  const signIn = authority.audiences === '' ? {} : { authenticatedAt: grant.authenticatedAt, acr: acrOf(grant.methods) }
  return activeIntrospection({ ...common, ...person, ...signIn })
}

export function clientIdOf(authority: Exclude<TokenAuthority, { kind: 'none' }>): string {
  return authority.kind === 'user' ? authority.view.clientId : authority.clientId
}
