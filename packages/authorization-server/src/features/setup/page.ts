// The pages behind the one-time link that a new server prints: create the first administrator, or learn that the link is spent.
import {
  cardPage,
  codeBlock,
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
  textField,
} from '../../platform/html/index.ts'
import { setupWords } from './words.ts'

export interface SetupPage {
  /** Where the form is sent. */
  readonly action: string
  /** The secret of the link, sent back as `token`. */
  readonly token: string
  readonly email?: string | undefined
  /** Keys: `email`, `password`, `form`. */
  readonly errors?: FieldErrors | undefined
  readonly policy: PasswordPolicy
}

export function setupPage(context: PageContext, page: SetupPage): Html {
  const { say, text } = speak(context, setupWords)
  const { errors } = page
  return cardPage(context, {
    title: text('title'),
    heading: say('title'),
    lead: say('lead'),
    body: html`${errorSummary(context, errors)}
<form method="post" action="${page.action}" novalidate>
${csrfField(context)}${hiddenField('token', page.token)}
${textField(context, {
  name: 'email',
  label: say('email'),
  value: page.email,
  errors,
  attributes: {
    type: 'email',
    autocomplete: 'email',
    autocapitalize: 'none',
    spellcheck: 'false',
    dir: 'ltr',
    required: true,
    autofocus: errors === undefined,
  },
})}
${newPasswordField(context, { name: 'password', label: say('password'), policy: page.policy, errors })}
${submitButton(say('submit'))}
</form>
<p class="aside">${say('after')}</p>`,
  })
}

/** The answer to a link that was used or has expired. */
export function setupSpentPage(context: PageContext): Html {
  const { say, text } = speak(context, setupWords)
  return cardPage(context, {
    title: text('usedTitle'),
    emblem: errorEmblem(),
    heading: say('usedTitle'),
    lead: say('usedText'),
    body: html`<div class="message"><p>${say('usedHelp')}</p>${codeBlock(context, 'create', 'latchkey createsuperuser')}</div>
<div class="buttons"><a class="button" href="/accounts/login/">${say('signIn')}</a></div>`,
  })
}
