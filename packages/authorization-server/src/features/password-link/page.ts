// The pages behind a one-time link: choose a password, or learn that the link is spent.
import {
  cardPage,
  csrfField,
  errorEmblem,
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
} from '../../platform/html/index.ts'
import { passwordLinkWords } from './words.ts'

export interface PasswordLinkPage {
  /** Where the form is sent. */
  readonly action: string
  /** The secret of the link, sent back as `token`. */
  readonly token: string
  /** How the person signs in: a password manager keeps the password under it. */
  readonly identifier: string
  /** Keys: `password`, `form`. */
  readonly errors?: FieldErrors | undefined
  readonly policy: PasswordPolicy
}

export function passwordLinkPage(context: PageContext, page: PasswordLinkPage): Html {
  const { say, text } = speak(context, passwordLinkWords)
  const { errors, identifier } = page
  return cardPage(context, {
    title: text('title'),
    heading: say('title'),
    lead: say('lead', { name: html`<bdi class="strong">${identifier}</bdi>` }),
    body: html`${errorSummary(context, errors)}
<form method="post" action="${page.action}" novalidate>
${csrfField(context)}${hiddenField('token', page.token)}
<input type="text" name="username" value="${identifier}" autocomplete="username" readonly hidden>
${newPasswordField(context, { name: 'password', label: say('password'), policy: page.policy, errors })}
${submitButton(say('submit'))}
</form>
<p class="aside">${say('after')}</p>`,
  })
}

export function passwordLinkDonePage(context: PageContext): Html {
  const { say, text } = speak(context, passwordLinkWords)
  return cardPage(context, {
    title: text('doneTitle'),
    heading: say('doneTitle'),
    lead: say('doneText'),
    body: html`<div class="buttons"><a class="button button-primary" href="/accounts/login/">${say('signIn')}</a></div>`,
  })
}

/** The answer to a link that was used, ended, or never was. */
export function passwordLinkSpentPage(context: PageContext): Html {
  const { say, text } = speak(context, passwordLinkWords)
  return cardPage(context, {
    title: text('spentTitle'),
    emblem: errorEmblem(),
    heading: say('spentTitle'),
    lead: say('spentText'),
    body: html`<div class="message"><p>${say('spentHelp')}</p></div>
<div class="buttons"><a class="button" href="/accounts/login/">${say('signIn')}</a></div>`,
  })
}
