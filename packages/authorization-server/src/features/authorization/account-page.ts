// Which account to go on with (prompt=select_account, OpenID Connect Core §3.1.2.1): the one that is signed in, or another.
import {
  cardPage,
  csrfField,
  hiddenField,
  html,
  type Html,
  icon,
  type PageContext,
  speak,
  submitButton,
} from '../../platform/html/index.ts'
import { authorizationWords } from './words.ts'

export interface AccountPage {
  readonly applicationName: string
  /** The signed-in person's own name for themselves, e.g. the e-mail address. */
  readonly signedInAs: string
  /** The path of the request, under its tag. */
  readonly request: string
  /** The sign-in page for somebody else. */
  readonly otherHref: string
}

export function accountPage(context: PageContext, page: AccountPage): Html {
  const { say, text } = speak(context, authorizationWords)
  const name = html`<bdi class="strong">${page.signedInAs}</bdi>`
  return cardPage(context, {
    title: text('chooseTitle'),
    heading: say('chooseTitle'),
    lead: say('chooseLead', { app: html`<bdi class="strong">${page.applicationName}</bdi>` }),
    body: html`<div class="account-row">${icon('person')}<div><span class="hint">${say('signedInAs')}</span>${name}</div></div>
<form method="post" action="/o/authorize/">${csrfField(context)}${hiddenField('latchkey_continue', page.request)}
<div class="buttons">${submitButton(html`<span>${say('continueAs', { name: html`<bdi>${page.signedInAs}</bdi>` })}</span>`)}<a class="button" href="${page.otherHref}">${say('useAnother')}</a></div></form>`,
  })
}
