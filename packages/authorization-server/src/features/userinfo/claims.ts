// Which facts about a person a set of scopes opens. OpenID Connect Core §5.1, §5.3.2, §5.4.
import { displayIdentifier, displayName, type User } from '../../records/users/index.ts'

export type UserinfoClaims = Readonly<Record<string, string | number | boolean>> & { readonly sub: string }

/** `sub` always; a claim without a value is left out rather than sent as null. */
export function claimsFor(user: User, scopes: readonly string[]): UserinfoClaims {
  return {
    sub: user.subject,
    ...(scopes.includes('profile') ? profileClaims(user) : {}),
    ...(scopes.includes('email') && user.email !== undefined
      ? { email: user.email, email_verified: user.emailVerified }
      : {}),
  }
}

function profileClaims(user: User): Readonly<Record<string, string | number>> {
  return {
    name: displayName(user),
    ...(user.firstName === '' ? {} : { given_name: user.firstName }),
    ...(user.lastName === '' ? {} : { family_name: user.lastName }),
    preferred_username: displayIdentifier(user),
    updated_at: Math.floor(user.updatedAt / 1_000),
  }
}
