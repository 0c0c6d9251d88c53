// What a person may make of their own profile, and when they must prove again who they are (OWASP ASVS 5.0 V7.5.1).
import type { FieldErrors } from '../../platform/html/index.ts'
import { emailErrors, type ProfileChange, type User, usernameErrors } from '../../records/users/index.ts'

const longestName = 150

export function profileErrors(user: User, change: ProfileChange, emailMaxLength: number): FieldErrors {
  return {
    first_name: nameErrors(change.firstName),
    last_name: nameErrors(change.lastName),
    // What was stored under other rules stays good until it is changed.
    username: change.username === undefined || change.username === user.username ? [] : usernameErrors(change.username),
    email: change.email === undefined || change.email === user.email ? [] : emailErrors(change.email, emailMaxLength),
    form:
      change.email === undefined && change.username === undefined
        ? ['Keep an email or a username: you sign in with one of them.']
        : [],
  }
}

function nameErrors(name: string): readonly string[] {
  return Array.from(name).length > longestName ? [`Ensure this field has no more than ${longestName} characters.`] : []
}

/** The e-mail address is what an account is recovered by: whoever finds a browser open must not be able to move it. */
export function asksForPassword(user: Pick<User, 'email'>, change: Pick<ProfileChange, 'email'>): boolean {
  return user.email !== change.email
}

/** What the change is, by field; values stay out of the trail, which outlives the account. */
export function changedFields(user: User, change: ProfileChange): readonly string[] {
  const fields = ['email', 'username', 'firstName', 'lastName'] as const
  return fields.filter((field) => user[field] !== change[field])
}
