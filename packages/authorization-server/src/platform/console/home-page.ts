// The first page of the console: what needs care, how the server is used, what there is, and what the reader changed last. And the
// question who it is.
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
import { carePanel } from './care-page.ts'
import type { Care, Figure } from './figure.ts'
import { figurePanel, statStrip } from './figure-page.ts'
import { homeWords } from './home-words.ts'
import { type ConsoleFrame, consolePage, nounPath, spokenText } from './frame-page.ts'
import type { Noun } from './noun.ts'
import { mostCounted } from './store.ts'
import { consoleWords } from './words.ts'

export interface ConsoleHomePage {
  readonly frame: ConsoleFrame
  readonly counts: readonly { readonly noun: Noun; readonly count: number }[]
  readonly figures: readonly Figure[]
  readonly cares: readonly Care[]
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
    body: html`${statStrip(context, page.frame, page.figures)}
${carePanel(context, page.frame, page.cares)}
${page.figures.length > 0 && html`<h2 class="unseen">${speak(context, homeWords).say('figuresTitle')}</h2><div class="figures">${page.figures.map((figure) => figurePanel(context, page.frame, figure))}</div>`}
<h2 class="unseen">${speak(context, homeWords).say('everything')}</h2><ul class="tiles-console tiles-small">${page.counts.map(({ noun, count }) => html`<li><a class="tile" href="${nounPath(noun)}">${icon(noun.icon)}<span class="strong">${spokenText(context, noun.many)}</span><span class="tile-count">${shown(count)}</span></a></li>`)}</ul>
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
