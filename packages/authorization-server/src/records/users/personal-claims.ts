// What a person may tell about themselves beyond name and e-mail, in the words of OpenID Connect Core §5.1, and kept in them.
import type { StandardClaims } from '@latchkey/protocol'

export const personalTexts = [
  'middle_name',
  'nickname',
  'profile',
  'picture',
  'website',
  'gender',
  'birthdate',
  'zoneinfo',
  'locale',
  'phone_number',
] as const
export type PersonalText = (typeof personalTexts)[number]

export const addressParts = ['street_address', 'locality', 'region', 'postal_code', 'country'] as const
export type AddressPart = (typeof addressParts)[number]

/** Only what was told: an absent member is not known. `formatted` is made of the parts when it is asked for. */
export type PersonalClaims = Pick<StandardClaims, PersonalText | 'address' | 'phone_number_verified'>

export const noPersonalClaims: PersonalClaims = {}

/** One line for each part that a letter has one for; undefined where no part is known. */
export function formattedAddress(address: NonNullable<PersonalClaims['address']>): string | undefined {
  const { street_address: street, postal_code: code, locality, region, country } = address
  const town = [code, locality].filter((part) => part !== undefined).join(' ')
  const lines = [street, town, region, country].filter((line) => line !== undefined && line !== '')
  return lines.length === 0 ? undefined : lines.join('\n')
}

/** A number that was proven stays proven only as long as it is the same. */
export function withPhoneProof(before: PersonalClaims, after: PersonalClaims): PersonalClaims {
  const { phone_number_verified: _proof, ...claims } = after
  if (claims.phone_number === undefined) return claims
  const isSame = claims.phone_number === before.phone_number
  return { ...claims, phone_number_verified: isSame && before.phone_number_verified === true }
}
