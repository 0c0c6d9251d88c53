// Decides how a new password is asked for: the rules stand before the field, and password managers are told them.
// Sources: NIST SP 800-63B-4 §3.1.1.2; the `passwordrules` attribute; Django's four validators as policy names.
import type { PageContext } from './context.ts'
import { passwordField, type FieldErrors } from './form.ts'
import { frameWords } from './frame-words.ts'
import { html, type Html } from './html.ts'
import { speak } from './words.ts'

export interface PasswordPolicy {
  readonly minimumLength: number
  readonly maximumLength: number
  /** What is checked besides the length. */
  readonly rules: readonly ('not-similar' | 'not-common' | 'not-numeric')[]
}

const ruleWords = {
  'not-similar': 'passwordNotSimilar',
  'not-common': 'passwordNotCommon',
  'not-numeric': 'passwordNotNumeric',
} as const

export interface NewPassword {
  readonly name: string
  readonly label: Html
  readonly policy: PasswordPolicy
  readonly errors?: FieldErrors | undefined
  /** Said before the rules. */
  readonly hint?: Html | undefined
  readonly optional?: boolean
}

/** A field for a new password with its rules. */
export function newPasswordField(context: PageContext, field: NewPassword): Html {
  const { say } = speak(context, frameWords)
  const { policy } = field
  const rules = policy.rules.map((rule) => say(ruleWords[rule]))
  return passwordField(context, {
    name: field.name,
    label: field.label,
    errors: field.errors,
    optional: field.optional === true,
    hint: html`${field.hint !== undefined && html`${field.hint} `}${say('passwordLength', { minimum: policy.minimumLength })}${rules.map((rule) => html` ${rule}`)}`,
    attributes: { ...newPasswordAttributes(policy), required: field.optional !== true },
  })
}

export function newPasswordAttributes(policy: PasswordPolicy): Readonly<Record<string, string | boolean>> {
  return {
    autocomplete: 'new-password',
    required: true,
    passwordrules: `minlength: ${policy.minimumLength}; maxlength: ${policy.maximumLength};`,
  }
}
