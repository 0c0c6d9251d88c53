// What a caller may learn of a token. RFC 7662 §2.2, §4: whoever may not ask is told what a stranger is told of nothing.
import { activeIntrospection, INACTIVE, type IntrospectionResponse } from '@latchkey/protocol'
import { displayIdentifier } from '../../records/users/index.ts'
import type { TokenAuthority } from '../bearer/index.ts'

export interface Caller {
  readonly clientId: string
  readonly right: 'none' | 'own' | 'any'
}

export function viewFor(caller: Caller, authority: TokenAuthority, issuer: string): IntrospectionResponse {
  if (authority.kind === 'none') return INACTIVE
  const clientId = authority.kind === 'user' ? authority.view.clientId : authority.clientId
  if (caller.right === 'none' || (caller.right === 'own' && caller.clientId !== clientId)) return INACTIVE
  const common = {
    scopes: authority.scopes.split(' '),
    expiresAt: authority.token.expiresAt,
    issuedAt: authority.token.issuedAt,
    clientId,
    tokenType: 'Bearer' as const,
    issuer,
    tokenId: authority.token.tokenId,
  }
  if (authority.kind === 'client') return activeIntrospection(common)
  const { user } = authority.view
  return activeIntrospection({ ...common, username: displayIdentifier(user), subject: user.subject })
}
