// The sign-up page: one page, no second password field (the reveal button stands in for it), rules before typing.
// Source: NIST SP 800-63B-4 §3.1.1.2.
import {
  cardPage,
  csrfField,
  errorSummary,
  type FieldErrors,
  hiddenField,
  html,
  type Html,
  newPasswordField,
  type PageContext,
  type PasswordPolicy,
  speak,
  submitButton,
  textField,
} from '../../platform/html/index.ts'
import { signupWords } from './words.ts'

export interface SignUpPage {
  readonly next?: string | undefined
  readonly application?: { readonly name: string } | undefined
  /** What was typed before. */
  readonly email?: string | undefined
  readonly username?: string | undefined
  /** Keys: `email`, `username`, `password`, and `form` for the rest. */
  readonly errors?: FieldErrors | undefined
  readonly policy: PasswordPolicy
  readonly signInHref: string
}

export function signUpPage(context: PageContext, page: SignUpPage): Html {
  const { say, text } = speak(context, signupWords)
  const { application, errors } = page
  const identifier = { autocapitalize: 'none', spellcheck: 'false', dir: 'ltr' }
  return cardPage(context, {
    title: text('title'),
    heading: say('title'),
    lead:
      application === undefined
        ? say('lead')
        : say('continueTo', { app: html`<bdi class="strong">${application.name}</bdi>` }),
    body: html`${errorSummary(context, errors)}
<form method="post" action="/accounts/signup/" novalidate>
${csrfField(context)}${page.next !== undefined && hiddenField('next', page.next)}
${textField(context, {
  name: 'email',
  label: say('email'),
  value: page.email,
  errors,
  attributes: { ...identifier, type: 'email', autocomplete: 'email', required: true, autofocus: errors === undefined },
})}
${textField(context, {
  name: 'username',
  label: say('username'),
  value: page.username,
  hint: say('usernameHint'),
  errors,
  optional: true,
  attributes: { ...identifier, type: 'text', autocomplete: 'username' },
})}
${newPasswordField(context, { name: 'password', label: say('password'), policy: page.policy, errors })}
${submitButton(say('submit'))}
</form>
<p class="aside">${say('haveAccount')} <a href="${page.signInHref}">${say('signIn')}</a></p>`,
  })
}
