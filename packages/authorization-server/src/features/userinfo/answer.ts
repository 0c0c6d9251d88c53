// What the answer holds: the person as this client knows them, what the token's scopes stand for, and what was asked for by name.
// OpenID Connect Core §5.3.2, §5.4, §5.5.
import type { Client } from '../../records/clients/index.ts'
import type { User } from '../../records/users/index.ts'
import { type Claims, claimsRequestOf, personClaims, requestedNames, subjectFor } from '../claims/index.ts'
import type { Context } from '../context/index.ts'

export interface UserinfoQuestion {
  readonly client: Client
  readonly user: User
  /** Of the access token. */
  readonly scopes: readonly string[]
  /** The claims request of its grant, as text; '' for none. */
  readonly claims: string
}

export function userinfoClaims(
  context: Pick<Context, 'keys'>,
  { client, user, scopes, claims }: UserinfoQuestion,
): Claims & { readonly sub: string } {
  const names = requestedNames(client, claimsRequestOf(claims).userinfo)
  return { sub: subjectFor(context, client, user), ...personClaims(user, scopes, names) }
}
