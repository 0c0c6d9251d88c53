// Decides whether a new password may be set: Django's four validators with their texts, in the order of its default
// settings, and a longest length of our own, because every character is hashed.

import { longestPassword } from '../../platform/crypto/index.ts'
import type { CommonPasswords } from './common-passwords.ts'

/** What is known of the user, for the comparison with the password; undefined or empty counts as absent. */
export interface UserAttributes {
  readonly username?: string | undefined
  readonly email?: string | undefined
  readonly firstName?: string | undefined
  readonly lastName?: string | undefined
}

export interface PasswordPolicy {
  readonly minimumLength: number
  readonly maximumLength: number
  readonly refusesSimilar: boolean
  readonly refusesCommon: boolean
  readonly refusesNumeric: boolean
}

export type PasswordPolicyName = 'django' | 'tutorial'

const lengths = { minimumLength: 8, maximumLength: longestPassword }

/** `django` is what a Django project starts with; `tutorial` takes what tutorials type, and is for demonstrations only. */
export const passwordPolicies: Readonly<Record<PasswordPolicyName, PasswordPolicy>> = {
  django: { ...lengths, refusesSimilar: true, refusesCommon: true, refusesNumeric: true },
  tutorial: { ...lengths, refusesSimilar: false, refusesCommon: false, refusesNumeric: false },
}

// Django's verbose names of the fields, in its order of comparison.
const comparedAttributes = [
  ['username', 'username'],
  ['firstName', 'first name'],
  ['lastName', 'last name'],
  ['email', 'email address'],
] as const

const mostSimilar = 0.7

/** Every reason against the password, as full sentences; none when it may be set. */
export function checkPassword(
  password: string,
  attributes: UserAttributes,
  policy: PasswordPolicy,
  common: CommonPasswords,
): readonly string[] {
  const { minimumLength, maximumLength } = policy
  const length = Array.from(password).length
  // Nothing else is computed over a password of any length that somebody sends.
  if (length > maximumLength) {
    return [`This password is too long. It must contain at most ${maximumLength} characters.`]
  }
  const reasons: string[] = []
  const similar = policy.refusesSimilar ? similarAttribute(password, attributes) : undefined
  if (similar !== undefined) reasons.push(`The password is too similar to the ${similar}.`)
  if (length < minimumLength) {
    reasons.push(`This password is too short. It must contain at least ${minimumLength} characters.`)
  }
  if (policy.refusesCommon && common.has(password)) reasons.push('This password is too common.')
  if (policy.refusesNumeric && /^\p{Nd}+$/u.test(password)) reasons.push('This password is entirely numeric.')
  return reasons
}

function similarAttribute(password: string, attributes: UserAttributes): string | undefined {
  const lowered = password.toLowerCase()
  const found = comparedAttributes.find(([attribute]) => {
    const value = attributes[attribute]?.toLowerCase() ?? ''
    // Python's \W: whatever is no letter, no number and no underscore.
    const parts = [...value.split(/[^\p{L}\p{N}_]+/u), value]
    return parts.some((part) => isComparable(lowered, part) && similarity(lowered, part) >= mostSimilar)
  })
  return found?.[1]
}

// A part far shorter than the password cannot make it guessable, whatever it shares with it.
function isComparable(password: string, part: string): boolean {
  return part !== '' && !(password.length >= 10 * part.length && part.length < (mostSimilar / 2) * password.length)
}

// Python's SequenceMatcher.quick_ratio: how much of both texts is the same characters, in whatever order.
function similarity(left: string, right: string): number {
  const leftCharacters = Array.from(left)
  const rightCharacters = Array.from(right)
  const available = new Map<string, number>()
  for (const character of rightCharacters) available.set(character, (available.get(character) ?? 0) + 1)
  let shared = 0
  for (const character of leftCharacters) {
    const remaining = available.get(character) ?? 0
    if (remaining > 0) shared += 1
    available.set(character, remaining - 1)
  }
  return (2 * shared) / (leftCharacters.length + rightCharacters.length)
}
