// The answer to an application as a form: its one button carries it on, and the page's script presses it.
// OAuth 2.0 Form Post Response Mode §2. The form goes to a registered address, and holds what a redirect would have held.
import {
  cardPage,
  hiddenField,
  html,
  type Html,
  icon,
  type PageContext,
  speak,
  submitButton,
} from '../../platform/html/index.ts'
import { authorizationWords } from './words.ts'

export interface FormPostPage {
  readonly applicationName: string
  /** The redirect URI. */
  readonly action: string
  readonly fields: readonly (readonly [name: string, value: string])[]
}

export function formPostPage(context: PageContext, page: FormPostPage): Html {
  const { say, text } = speak(context, authorizationWords)
  const app = html`<bdi class="strong">${page.applicationName}</bdi>`
  return cardPage(context, {
    title: text('backTitle', { app: page.applicationName }),
    heading: say('backTitle', { app }),
    lead: say('backLead'),
    body: html`<form method="post" action="${page.action}" data-submit>${page.fields.map(([name, value]) => hiddenField(name, value))}
<div class="buttons">${submitButton(html`${say('goOn')}${icon('forward')}`)}</div></form>`,
  })
}
