// What staff set of a person's claims: what the person may set, by the same rules, and which of it is proven. OpenID Connect
// Core §5.1.
import type { Values } from '../../../platform/console/index.ts'
import type { FieldErrors } from '../../../platform/html/index.ts'
import type { Instant } from '../../../platform/time/index.ts'
import {
  decideDetails,
  type DetailsDecision,
  identifierKey,
  latestDay,
  type PersonalClaims,
  typedFrom,
  type User,
} from '../../../records/users/index.ts'

type Person = Pick<User, 'email' | 'emailVerified' | 'claims'>

export type ClaimsDecision =
  | { readonly kind: 'keep'; readonly claims: PersonalClaims; readonly emailVerified: boolean }
  | { readonly kind: 'refuse'; readonly errors: FieldErrors }

interface Asking {
  readonly isOwn: boolean
  readonly isSuperuser: boolean
  readonly at: Instant
}

/** As the console's fields hold them. */
export function claimValues(claims: PersonalClaims): Values {
  const texts = Object.entries(typedFrom(claims)).map(([name, value]) => [name, value === '' ? null : value] as const)
  return { ...Object.fromEntries(texts), phone_number_verified: claims.phone_number_verified === true }
}

/**
 * @param email as it will be
 * @param asking who asks: nobody but a superuser vouches for themselves
 */
export function decideClaims(
  person: Person,
  email: string | undefined,
  values: Values,
  asking: Asking,
): ClaimsDecision {
  const details = decideTyped(person.claims, values, asking.at)
  if (details.kind === 'refuse') return details
  const { phone_number_verified: wasProven = false, ...before } = person.claims
  const { phone_number_verified: _was, ...claims } = details.claims
  const phone = {
    was: wasProven,
    wanted: values['phone_number_verified'] === true,
    isThere: claims.phone_number !== undefined,
    isSame: claims.phone_number === before.phone_number,
  }
  const mail = {
    was: person.emailVerified,
    wanted: values['email_verified'] === true,
    isThere: email !== undefined,
    isSame: email !== undefined && person.email !== undefined && identifierKey(email) === identifierKey(person.email),
  }
  const errors = Object.entries({
    email_verified: proofFault(mail, asking),
    phone_number_verified: proofFault(phone, asking),
  }).flatMap(([name, fault]) => (fault === undefined ? [] : [[name, [fault]] as const]))
  if (errors.length > 0) return { kind: 'refuse', errors: Object.fromEntries(errors) }
  const proof = phone.isThere ? { phone_number_verified: isProven(phone) } : {}
  return { kind: 'keep', claims: { ...claims, ...proof }, emailVerified: isProven(mail) }
}

/** What nobody changes is not looked at: it may have come from elsewhere. */
function decideTyped(claims: PersonalClaims, values: Values, now: Instant): DetailsDecision {
  const stored = typedFrom(claims)
  const others = Object.entries(stored).flatMap(([name, before]) => {
    const value = values[name]
    const wanted = typeof value === 'string' ? value.trim() : ''
    return wanted === before ? [] : [[name, wanted] as const]
  })
  if (others.length === 0) return { kind: 'keep', claims }
  return decideDetails({ ...stored, ...Object.fromEntries(others) }, latestDay(now))
}

interface Proof {
  readonly was: boolean
  readonly wanted: boolean
  readonly isThere: boolean
  readonly isSame: boolean
}

/** A box that was ticked for the former value says nothing of the new one. */
function isProven({ was, wanted, isThere, isSame }: Proof): boolean {
  return isThere && wanted && (isSame || !was)
}

function proofFault(proof: Proof, { isOwn, isSuperuser }: Asking): string | undefined {
  const isRaised = proof.wanted && !proof.was
  if (!isRaised) return undefined
  if (!proof.isThere) return 'There is nothing that could be verified.'
  return isOwn && !isSuperuser ? 'Somebody else must say this of you.' : undefined
}
