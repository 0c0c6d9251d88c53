// Which facts about a person a client is told. OpenID Connect Core §5.1, §5.4 (by scope) and §5.5 (by name).
import {
  type AddressClaim,
  type ClaimsRequest,
  claimsByScope,
  claimsForScopes,
  noClaimsRequest,
  parseClaimsRequest,
} from '@latchkey/protocol'
import type { Client } from '../../records/clients/index.ts'
import {
  displayIdentifier,
  displayName,
  formattedAddress,
  personalTexts,
  type User,
} from '../../records/users/index.ts'

export type Claims = Readonly<Record<string, string | number | boolean | AddressClaim>>

/** Every claim that some person may have here, as discovery names them. */
export const supportedClaims: readonly string[] = [
  'name',
  'given_name',
  'family_name',
  'preferred_username',
  'updated_at',
  ...personalTexts,
  ...claimsByScope.email,
  'phone_number_verified',
  ...claimsByScope.address,
]

/** What the scopes stand for, and what was asked for by name; a claim without a value is left out rather than sent as null. */
export function personClaims(user: User, scopes: readonly string[], names: readonly string[] = []): Claims {
  const wanted = new Set<string>([...claimsForScopes(scopes), ...names])
  return Object.fromEntries(Object.entries(knownClaims(user)).filter(([name]) => wanted.has(name)))
}

function knownClaims(user: User): Claims {
  return {
    name: displayName(user),
    ...(user.firstName === '' ? {} : { given_name: user.firstName }),
    ...(user.lastName === '' ? {} : { family_name: user.lastName }),
    preferred_username: displayIdentifier(user),
    updated_at: Math.floor(user.updatedAt / 1_000),
    ...toldClaims(user),
    ...(user.email === undefined ? {} : { email: user.email, email_verified: user.emailVerified }),
  }
}

/** What the person told about themselves, of their own will. */
function toldClaims({ claims }: User): Claims {
  const { address, ...others } = claims
  const formatted = address && formattedAddress(address)
  return { ...others, ...(formatted === undefined ? {} : { address: { formatted, ...address } }) }
}

/** The request that a grant carries as text. */
export function claimsRequestOf(text: string): ClaimsRequest {
  return text === '' ? noClaimsRequest : parseClaimsRequest(text)
}

/** Those that were asked for by name and that belong to a scope of the client: asking another way gets nobody more. */
export function requestedNames(client: Pick<Client, 'scopes'>, place: ReadonlyMap<string, unknown>): readonly string[] {
  if (place.size === 0) return []
  return claimsForScopes(client.scopes).filter((name) => place.has(name))
}
