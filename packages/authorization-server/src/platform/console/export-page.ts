// Before a file is asked for: how many rows it will hold and about how large it gets, so that its progress can be told.
import { facts, html, type Html, type PageContext, speak } from '../html/index.ts'
import { crumbsOf } from './entry-page.ts'
import type { FirstRows } from './export-file.ts'
import { type ConsoleFrame, consolePage, spokenText } from './frame-page.ts'
import type { Noun } from './noun.ts'
import { apiRoot } from './operations.ts'
import { mostCounted } from './store.ts'
import { consoleWords } from './words.ts'

export interface ExportPage {
  readonly frame: ConsoleFrame
  readonly noun: Noun
  readonly rows: number
  /** What a search finds is counted up to a bound. */
  readonly isExact: boolean
  readonly isSearch: boolean
  readonly isNarrowed: boolean
  readonly first: FirstRows
  /** Of the list, with its question mark; empty without one. */
  readonly query: string
}

export function exportPage(context: PageContext, page: ExportPage): Html {
  const { noun, frame, first, rows, query } = page
  const { say, text } = speak(context, consoleWords)
  const nouns = spokenText(context, noun.many)
  const told = page.isExact ? rows : Math.min(rows, mostCounted)
  const shown = new Intl.NumberFormat(context.locale.tag).format(told)
  const reckoned = (bytes: number): number => (first.rows === 0 ? 0 : Math.round((bytes / first.rows) * told))
  const size = (bytes: number): Html => shownSize(context, reckoned(bytes))
  const link = (format: string, bytes: number, label: Html, look: string): Html =>
    html`<a class="${look}" href="${apiRoot}/${noun.name}/export.${format}${query}" data-bytes="${reckoned(bytes)}" download="${noun.name}.${format}">${label}</a>`
  return consolePage(context, frame, {
    title: text('exportTitle', { nouns }),
    heading: say('exportTitle', { nouns }),
    noun,
    crumbs: crumbsOf(context, noun),
    body: html`<section class="panel">${facts([
      [say('exportRows'), page.isExact ? html`${shown}` : say('countLeast', { shown })],
      [say('exportBytes'), size(first.csvBytes)],
      [say('exportBytesJson'), size(first.jsonBytes)],
    ])}
${page.isNarrowed && html`<p class="hint">${say('exportNarrowed')}</p>`}
<p class="hint">${say(page.isSearch ? 'exportHintSearch' : 'exportHint')} ${say('exportWhole')}</p>
<div class="actions">${link('csv', first.csvBytes, say('exportCsv'), 'button button-primary')}${link('json', first.jsonBytes, say('exportJson'), 'button')}</div>
<div class="download" data-download data-arriving="${text('exportArriving', { percent: '{percent}' })}" data-arrived="${text('exportArrived')}" data-broken="${text('exportBroken')}" hidden><progress aria-label="${text('exportProgress')}" value="0" max="1"></progress><p role="status"></p></div></section>
<script type="module" src="/assets/download.js?v=${context.assetVersion}"></script>`,
  })
}

const kilobyte = 1_000
const megabyte = 1_000_000

function shownSize(context: PageContext, bytes: number): Html {
  const { say } = speak(context, consoleWords)
  if (bytes === 0) return say('exportBytesEmpty')
  const format = new Intl.NumberFormat(context.locale.tag, { maximumSignificantDigits: 2 })
  return bytes >= megabyte
    ? say('exportMegabytes', { size: format.format(bytes / megabyte) })
    : say('exportKilobytes', { size: format.format(bytes / kilobyte) })
}
