// What exists only in this one answer: a new secret, a link that works once, a test token. It is shown, and cannot be shown again.
import { copyable, html, type Html, icon, type PageContext, speak } from '../html/index.ts'
import type { ShownOnce } from './desk.ts'
import { crumbsOf } from './entry-page.ts'
import { type ConsoleFrame, consolePage, spokenText } from './frame-page.ts'
import type { Entry, Noun } from './noun.ts'
import { consoleWords } from './words.ts'

export interface ShownPage {
  readonly frame: ConsoleFrame
  readonly noun: Noun
  /** The row that it belongs to. */
  readonly entry?: Entry | undefined
  /** What was done, as a full sentence. */
  readonly done: string
  readonly shown: readonly ShownOnce[]
  /** Where to go on from here. */
  readonly next: string
}

export function shownPage(context: PageContext, { frame, noun, entry, done, shown, next }: ShownPage): Html {
  const { say, text } = speak(context, consoleWords)
  const one = ({ label, value, hint }: ShownOnce, at: number): Html =>
    html`<div class="shown-once"><h2 id="shown-${at}-label">${spokenText(context, label)}</h2>${hint !== undefined && html`<p class="hint">${spokenText(context, hint)}</p>`}${copyable(context, `shown-${at}`, value)}</div>`
  return consolePage(context, frame, {
    title: text('shownTitle'),
    heading: say('shownTitle'),
    noun,
    crumbs: crumbsOf(context, noun, entry),
    body: html`<section class="panel panel-once" role="status">${icon('key')}<div><p class="strong">${spokenText(context, done)}</p><p>${say('shownText')}</p>${shown.map(one)}</div></section>
<div class="form-end"><a class="button button-primary" href="${next}">${say('shownNext')}</a></div>`,
  })
}
