// Reads the forms of the account pages. A field that was not sent keeps its value: a form that lacks one erases nothing.
import type { Parameters } from '../../platform/http/index.ts'
import { normalizeEmail, type ProfileChange, type TypedDetails, type User } from '../../records/users/index.ts'

export interface TypedProfile {
  readonly change: ProfileChange
  readonly password: string
}

export function readProfile(form: Parameters, user: User): TypedProfile {
  const typed = (name: string, stored: string | undefined): string => form.raw(name)?.trim() ?? stored ?? ''
  return {
    change: {
      email: normalizeEmail(typed('email', user.email)) || undefined,
      username: typed('username', user.username) || undefined,
      firstName: typed('first_name', user.firstName),
      lastName: typed('last_name', user.lastName),
    },
    password: form.raw('password') ?? '',
  }
}

/** Each field as it was typed, else as it is stored. */
export function readDetails(form: Parameters, stored: TypedDetails): TypedDetails {
  const typed = Object.entries(stored).map(([name, value]) => [name, form.raw(name)?.trim() ?? value])
  return Object.fromEntries(typed) as TypedDetails
}

export interface TypedPasswords {
  readonly oldPassword: string
  readonly password: string
  readonly password2: string
}

export function readPasswords(form: Parameters): TypedPasswords {
  return {
    oldPassword: form.raw('old_password') ?? '',
    password: form.raw('password') ?? '',
    password2: form.raw('password2') ?? '',
  }
}

/** A row's number as a form sent it. */
export function rowNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^[1-9]\d{0,14}$/.test(text) ? Number(text) : undefined
}
