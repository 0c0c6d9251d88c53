// What needs care, on the first page: what it is, why, and a way to each row. All is well when there is nothing.
import { html, type Html, icon, type PageContext, speak } from '../html/index.ts'
import type { Care, CareItem } from './figure.ts'
import { linked } from './figure-page.ts'
import { type ConsoleFrame, spokenText } from './frame-page.ts'
import { homeWords } from './home-words.ts'

const icons = { danger: 'alert', warning: 'warning', info: 'info' } as const

export function carePanel(context: PageContext, frame: ConsoleFrame, cares: readonly Care[]): Html {
  const { say } = speak(context, homeWords)
  const inside =
    cares.length === 0
      ? html`<p class="care-none">${icon('check')}${say('careNone')}</p>`
      : html`<ul class="cares">${cares.map((care) => careEntry(context, frame, care))}</ul>`
  return html`<section class="panel care-panel" aria-labelledby="care"><h2 id="care">${say('careTitle')}</h2>${inside}</section>`
}

function careEntry(context: PageContext, frame: ConsoleFrame, care: Care): Html {
  const { say } = speak(context, homeWords)
  const items = care.items.map((item) => html`<li>${careItem(context, frame, item)}</li>`)
  const all = care.link !== undefined && html`<li>${linked(frame, care.link, say('careAll'))}</li>`
  return html`<li class="care care-${care.tone}">${icon(icons[care.tone])}<div><h3>${spokenText(context, care.title)}</h3><p class="hint">${spokenText(context, care.why)}</p>
${(items.length > 0 || care.link !== undefined) && html`<ul class="care-items">${items}${care.hasMore === true && html`<li class="quiet">${say('careMore')}</li>`}${all}</ul>`}</div></li>\n`
}

function careItem(context: PageContext, frame: ConsoleFrame, { label, note, values = {}, link }: CareItem): Html {
  const name = linked(frame, link, html`<bdi>${label}</bdi>`)
  if (note === undefined) return name
  const filled: Readonly<Record<string, string | number>> & { readonly count: number } = { count: 0, ...values }
  return html`${name} <span class="quiet">${speak(context, { note }).text('note', filled)}</span>`
}
