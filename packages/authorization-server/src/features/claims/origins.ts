// Where each claim about a person comes from, for whoever asks why a client is told it, or is not.
// The values are those of claims.ts; nothing is decided here.
import { claimsByScope, claimsForScopes } from '@latchkey/protocol'
import type { User } from '../../records/users/index.ts'
import { type Claims, personClaims } from './claims.ts'

export interface ClaimOrigin {
  readonly name: string
  /** Undefined where the account holds none: then it is left out. */
  readonly value: Claims[string] | undefined
  /** The granted scope that stands for it. */
  readonly scope: string | undefined
  /** Whether it was asked for by name, and may be. */
  readonly isNamed: boolean
  /** What it is taken from, as a full sentence. */
  readonly source: string
}

const told = 'The person tells it of themselves, on the page of their account.'

const sources: Readonly<Record<string, string>> = {
  name: 'First and last name of the account; where both are empty, the username or the e-mail address.',
  given_name: 'The first name of the account.',
  family_name: 'The last name of the account.',
  preferred_username: 'The username of the account; where there is none, the e-mail address.',
  updated_at: 'When the account was last changed.',
  email: 'The e-mail address of the account.',
  email_verified: 'Whether the person proved that the address is theirs.',
  phone_number_verified: 'Whether the person proved that the number is theirs.',
}

/** Every claim that the scopes stand for or the names ask for, in the standard's order, those without a value too. */
export function claimOrigins(
  user: User,
  scopes: readonly string[],
  names: readonly string[] = [],
): readonly ClaimOrigin[] {
  const values = personClaims(user, scopes, names)
  const wanted = new Set<string>([...claimsForScopes(scopes), ...names])
  return Object.entries(claimsByScope).flatMap(([scope, claims]) =>
    claims
      .filter((name) => wanted.has(name))
      .map((name) => ({
        name,
        value: values[name],
        scope: scopes.includes(scope) ? scope : undefined,
        isNamed: names.includes(name),
        source: sources[name] ?? told,
      })),
  )
}
