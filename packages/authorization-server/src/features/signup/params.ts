// Reads the sign-up form. Names are trimmed, as nobody means the space; a password keeps every character.
import type { Parameters } from '../../platform/http/index.ts'
import { normalizeEmail } from '../../records/users/index.ts'

export interface TypedSignUp {
  readonly email: string
  readonly username: string | undefined
  readonly password: string
}

export function readSignUp(form: Parameters): TypedSignUp {
  return {
    email: normalizeEmail(form.get('email')?.trim() ?? ''),
    username: form.get('username')?.trim() || undefined,
    password: form.raw('password') ?? '',
  }
}
