// What a profile request asks for, judged field by field. Values in, a closed union out.
import { isEmailAddress, type User } from '../../records/users/index.ts'
import { errorsOf, type FieldResult, type Fields, textField, valueOf } from './params.ts'

export type Errors = Readonly<Record<string, readonly string[]>>

export interface ProfileInput {
  readonly email: string | undefined
  readonly firstName: string | undefined
  readonly lastName: string | undefined
}

const nameRule = { required: false, mayBeBlank: true, maxLength: 150, trim: true }

export function readProfile(
  fields: Fields,
  options: { readonly partial: boolean; readonly emailMaxLength: number },
): { readonly kind: 'profile'; readonly input: ProfileInput } | { readonly kind: 'errors'; readonly errors: Errors } {
  const rule = { required: !options.partial, mayBeBlank: false, maxLength: options.emailMaxLength, trim: true }
  const results = {
    email: asEmail(textField(fields, 'email', rule)),
    first_name: textField(fields, 'first_name', nameRule),
    last_name: textField(fields, 'last_name', nameRule),
  }
  const errors = errorsOf(results)
  if (Object.keys(errors).length > 0) return { kind: 'errors', errors }
  const input = {
    email: valueOf(results.email),
    firstName: valueOf(results.first_name),
    lastName: valueOf(results.last_name),
  }
  return { kind: 'profile', input }
}

function asEmail(result: FieldResult): FieldResult {
  if (result.kind !== 'value' || isEmailAddress(result.value)) return result
  return { kind: 'errors', messages: ['Enter a valid email address.'] }
}

export interface PasswordInput {
  readonly oldPassword: string
  readonly password: string
  readonly password2: string
}

const passwordRule = { required: true, mayBeBlank: false, trim: false }

/** `newpassword` and `new_password` are the tutorial's other spellings of `password`. */
export function readPasswordChange(fields: Fields): {
  readonly results: Readonly<Record<'old_password' | 'password' | 'password2', FieldResult>>
} {
  const spelling = ['password', 'newpassword', 'new_password'].find((name) => fields.has(name)) ?? 'password'
  return {
    results: {
      old_password: textField(fields, 'old_password', passwordRule),
      password: textField(fields, spelling, passwordRule),
      password2: textField(fields, 'password2', passwordRule),
    },
  }
}

export function readSignUp(
  fields: Fields,
  emailMaxLength: number,
): {
  readonly results: Readonly<Record<'email' | 'password' | 'password2', FieldResult>>
} {
  const emailRule = { required: true, mayBeBlank: false, maxLength: emailMaxLength, trim: true }
  return {
    results: {
      email: asEmail(textField(fields, 'email', emailRule)),
      password: textField(fields, 'password', passwordRule),
      password2: textField(fields, 'password2', passwordRule),
    },
  }
}

/** The seeds' JSON of a user: these members in this order. */
export function userProfile(user: User, groups: readonly string[]): object {
  return {
    id: user.id,
    email: user.email ?? '',
    first_name: user.firstName,
    last_name: user.lastName,
    groups,
  }
}

/** What OPTIONS says of those members, in the framework's words. */
export function profileFields(emailMaxLength: number): object {
  const shown = (type: string, label: string) => ({ type, required: false, read_only: true, label })
  const text = (label: string, longest: number) => ({
    type: 'string',
    required: false,
    read_only: false,
    label,
    max_length: longest,
  })
  return {
    id: shown('integer', 'ID'),
    email: { ...text('Email', emailMaxLength), type: 'email', required: true },
    first_name: text('First name', nameRule.maxLength),
    last_name: text('Last name', nameRule.maxLength),
    groups: shown('field', 'Groups'),
  }
}
