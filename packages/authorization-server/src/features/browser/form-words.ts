// What forms of several rooms say: the rules for a password, the errors of fields, and how long to wait.
import type { FieldErrors, PasswordPolicy } from '../../platform/html/index.ts'
import { passwordPolicies, type PasswordPolicyName } from '../../records/credentials/index.ts'

/** The policy as the page shows it. */
export function shownPolicy(name: PasswordPolicyName): PasswordPolicy {
  const policy = passwordPolicies[name]
  const { minimumLength, maximumLength } = policy
  const rules: PasswordPolicy['rules'][number][] = []
  if (policy.refusesSimilar) rules.push('not-similar')
  if (policy.refusesCommon) rules.push('not-common')
  if (policy.refusesNumeric) rules.push('not-numeric')
  return { minimumLength, maximumLength, rules }
}

export const takenErrors: Readonly<Record<'email' | 'username', string>> = {
  email: 'An account with this email already exists.',
  username: 'A user with that username already exists.',
}

/** The fields that have something wrong; undefined when none has. */
export function fieldErrors(all: FieldErrors): FieldErrors | undefined {
  const wrong = Object.entries(all).filter(([, sentences]) => sentences.length > 0)
  return wrong.length === 0 ? undefined : Object.fromEntries(wrong)
}

export function waitSentence(seconds: number): string {
  const minutes = Math.ceil(seconds / 60)
  return minutes === 1 ? 'Try again in a minute.' : `Try again in ${minutes} minutes.`
}
