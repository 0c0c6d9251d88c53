// The first page of the console: what there is, how much of it, and what the reader changed last. And the question who it is.
import {
  csrfField,
  errorSummary,
  type FieldErrors,
  hiddenField,
  html,
  type Html,
  icon,
  cardPage,
  type PageContext,
  passwordField,
  speak,
  submitButton,
} from '../html/index.ts'
import type { PastChange } from './desk.ts'
import { pastChange } from './entry-page.ts'
import { type ConsoleFrame, consolePage, nounPath, spokenText } from './frame-page.ts'
import type { Noun } from './noun.ts'
import { mostCounted } from './store.ts'
import { consoleWords } from './words.ts'

export interface ConsoleHomePage {
  readonly frame: ConsoleFrame
  readonly counts: readonly { readonly noun: Noun; readonly count: number }[]
  readonly recent: readonly PastChange[]
}

export function consoleHomePage(context: PageContext, page: ConsoleHomePage): Html {
  const { say, text } = speak(context, consoleWords)
  const format = new Intl.NumberFormat(context.locale.tag)
  const shown = (count: number): string =>
    count > mostCounted ? `${format.format(mostCounted)}+` : format.format(count)
  return consolePage(context, page.frame, {
    title: text('homeTitle'),
    heading: say('homeTitle'),
    lead: say('homeLead'),
    crumbs: [],
    body: html`<ul class="tiles-console">${page.counts.map(({ noun, count }) => html`<li><a class="tile" href="${nounPath(noun)}">${icon(noun.icon)}<span><span class="strong">${spokenText(context, noun.many)}</span><span class="tile-count">${shown(count)}</span><span>${spokenText(context, noun.about)}</span></span></a></li>`)}</ul>
<section class="panel"><h2>${say('recentTitle')}</h2>${
      page.recent.length === 0
        ? html`<p class="hint">${say('recentEmpty')}</p>`
        : html`<ul class="changes">${page.recent.map((change) => pastChange(context, change))}</ul>`
    }</section>`,
  })
}

export interface ProofPage {
  /** For password managers: whose password it is. */
  readonly identifier: string
  readonly next: string
  readonly action: string
  readonly errors?: FieldErrors | undefined
}

export function proofPage(context: PageContext, page: ProofPage): Html {
  const { say, text } = speak(context, consoleWords)
  return cardPage(context, {
    title: text('proofTitle'),
    heading: say('proofTitle'),
    lead: say('proofText'),
    body: html`${errorSummary(context, page.errors)}<form class="form" method="post" action="${page.action}" novalidate>${csrfField(context)}${hiddenField('next', page.next)}
<input type="text" name="username" value="${page.identifier}" autocomplete="username" readonly hidden>
${passwordField(context, { name: 'password', label: say('proofPassword'), errors: page.errors, attributes: { autocomplete: 'current-password', required: true } })}
${submitButton(say('proofSubmit'))}</form>`,
  })
}
