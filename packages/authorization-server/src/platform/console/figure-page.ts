// How a figure is shown: its sum, a chart that the server draws, and the same numbers as a table. The drawing holds no text that
// the table does not; positions are percentages, so that letters keep their size at any width.
import { html, type Html, type PageContext, speak } from '../html/index.ts'
import type { Instant } from '../time/index.ts'
import { isLabelled, scaleFor, slotOf, stacked } from './chart-scale.ts'
import {
  type BarFigure,
  type ColumnFigure,
  type ColumnPoint,
  type Figure,
  linkAddress,
  type RowsLink,
  type Series,
  sumOf,
  type Total,
} from './figure.ts'
import { type ConsoleFrame, spokenText } from './frame-page.ts'
import { homeWords } from './home-words.ts'

/** A text that leads to rows, for whoever may see them. */
export function linked(frame: ConsoleFrame, link: RowsLink | undefined, text: Html | string): Html {
  const isSeen = link !== undefined && frame.nouns.some(({ name }) => name === link.noun)
  return isSeen ? html`<a href="${linkAddress(link)}">${text}</a>` : html`${text}`
}

function shownNumber(context: PageContext, count: number, isCapped = false): string {
  const shown = new Intl.NumberFormat(context.locale.tag).format(count)
  return isCapped ? speak(context, homeWords).text('capped', { shown }) : shown
}

export function shownTotal(context: PageContext, { count, isCapped }: Total): string {
  return shownNumber(context, count, isCapped)
}

/** The sums of all figures in one row. */
export function statStrip(context: PageContext, frame: ConsoleFrame, figures: readonly Figure[]): Html | false {
  return (
    figures.length > 0 &&
    html`<dl class="stats">${figures.map(({ unit, about, total }) => html`<div><dt>${spokenText(context, unit)}</dt><dd><span class="stat">${linked(frame, total.link, shownTotal(context, total))}</span><span class="hint">${spokenText(context, about)}</span></dd></div>`)}</dl>`
  )
}

export function figurePanel(context: PageContext, frame: ConsoleFrame, figure: Figure): Html {
  const { say } = speak(context, homeWords)
  const id = `figure-${figure.name}`
  const isEmpty = figure.points.every(({ values }) => sumOf(values) === 0)
  const chart = figure.kind === 'columns' ? columns(context, figure) : bars(context, frame, figure)
  return html`<section class="panel figure" aria-labelledby="${id}">
<h2 id="${id}">${spokenText(context, figure.title)}</h2>
<p class="hint">${spokenText(context, figure.about)}</p>
${isEmpty ? html`<p class="plot-empty">${say('nothing')}</p>` : html`${figure.series.length > 1 && legend(context, frame, figure)}${chart}${numbers(context, frame, figure)}`}
</section>`
}

function legend(context: PageContext, frame: ConsoleFrame, { series, points }: ColumnFigure | BarFigure): Html {
  const sums = series.map((_, at) => sumOf(points.map(({ values }) => values[at] ?? 0)))
  return html`<ul class="legend">${series.map(({ label, tone, link }, at) => (sums[at] ?? 0) > 0 && html`<li><svg class="swatch" width="10" height="10" aria-hidden="true" focusable="false"><rect class="tone-${tone}" width="10" height="10" rx="3"/></svg>${spokenText(context, label)} <span class="legend-count">${linked(frame, link, shownNumber(context, sums[at] ?? 0))}</span></li>`)}</ul>`
}

function momentText(context: PageContext, span: ColumnFigure['span'], at: Instant): string {
  const parts: Intl.DateTimeFormatOptions =
    span === 'hour' ? { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } : { day: 'numeric', month: 'short' }
  return new Intl.DateTimeFormat(context.locale.tag, { ...parts, timeZone: 'UTC' }).format(new Date(at))
}

/** In a table the day of an hour is told as well. */
function longMomentText(context: PageContext, span: ColumnFigure['span'], at: Instant): string {
  const day = momentText(context, 'day', at)
  return span === 'day' ? day : `${day}, ${momentText(context, 'hour', at)}`
}

const labelEvery = { hour: 6, day: 3 } as const

function columns(context: PageContext, figure: ColumnFigure): Html {
  const { text } = speak(context, homeWords)
  const { points, span, name } = figure
  const most = Math.max(...points.map(({ values }) => sumOf(values)))
  const { top, marks } = scaleFor(most)
  const [first, last] = [points[0]?.at ?? 0, points.at(-1)?.at ?? 0]
  const place = (mark: number): string => `${100 - (mark / top) * 100}%`
  const short = new Intl.NumberFormat(context.locale.tag, { notation: 'compact' })
  const said = text('described', {
    from: longMomentText(context, span, first),
    to: longMomentText(context, span, last),
    most: shownNumber(context, most),
  })
  return html`<div class="plot" dir="ltr">
<svg class="plot-scale" aria-hidden="true" focusable="false">${marks.map((mark) => html`<text x="100%" y="${place(mark)}" dy="0.32em" text-anchor="end">${short.format(mark)}</text>`)}</svg>
<svg class="plot-area" role="img" aria-labelledby="plot-${name}-title plot-${name}-about"><title id="plot-${name}-title">${spokenText(context, figure.title)}</title><desc id="plot-${name}-about">${said}</desc>
<g class="plot-grid">${marks.map((mark) => html`<line x1="0" x2="100%" y1="${place(mark)}" y2="${place(mark)}"/>`)}</g>
${points.map((point, at) => column(context, figure, point, at, top))}</svg>
<svg class="plot-axis" aria-hidden="true" focusable="false">${points.map((point, at) => isLabelled(at, points.length, labelEvery[span]) && html`<text x="${slotOf(at, points.length).middle}%" y="1em" text-anchor="middle">${momentText(context, span, point.at)}</text>`)}</svg>
</div>`
}

function column(context: PageContext, figure: ColumnFigure, point: ColumnPoint, at: number, top: number): Html {
  const { points, span, series } = figure
  const slot = slotOf(at, points.length)
  const gap = slot.length / 4
  const parts = stacked(point.values, top).map(({ series: one, from, length }) => {
    const y = Math.max(0, Math.round((100 - from - length) * 100) / 100)
    return html`<rect class="tone-${series[one]?.tone ?? 'grey'}" x="${slot.from}%" y="${y}%" width="${slot.length}%" height="${length}%" rx="2"/>`
  })
  const said = pointText(context, series, momentText(context, span, point.at), point.values)
  return html`<g class="plot-column"><title>${said}</title><rect class="plot-hit" x="${Math.round((slot.from - gap) * 100) / 100}%" y="0" width="${Math.round((slot.length + 2 * gap) * 100) / 100}%" height="100%"/>${parts}</g>\n`
}

function pointText(context: PageContext, series: readonly Series[], when: string, values: readonly number[]): string {
  const { text } = speak(context, homeWords)
  const parts = series.map(({ label }, at) =>
    text('part', { label: spokenText(context, label), shown: shownNumber(context, values[at] ?? 0) }),
  )
  return text('point', { when, parts: parts.join(', ') })
}

/** Bars stand in the rows of a list: name, bar, number. */
function bars(context: PageContext, frame: ConsoleFrame, { points, series }: BarFigure): Html {
  const longest = Math.max(1, ...points.map(({ values }) => sumOf(values)))
  return html`<ul class="bars">${points.map((point) => {
    const { values, link } = point
    const parts = stacked(values, longest).map(
      ({ series: one, from, length }) =>
        html`<rect class="tone-${series[one]?.tone ?? 'grey'}" x="${from}%" y="0" width="${length}%" height="100%" rx="2"/>`,
    )
    return html`<li><span class="bar-name">${linked(frame, link, barName(context, point))}</span><svg class="bar" aria-hidden="true" focusable="false">${parts}</svg><span class="bar-count">${shownNumber(context, sumOf(values))}</span></li>\n`
  })}</ul>`
}

function barName(context: PageContext, { label, isWord }: BarFigure['points'][number]): Html {
  return html`<bdi>${isWord === true ? spokenText(context, label) : label}</bdi>`
}

interface TableRow {
  readonly name: Html
  readonly values: readonly number[]
  readonly isCapped: boolean
  readonly links: readonly (RowsLink | undefined)[]
}

/** Without the times in which there was nothing. */
function rowsOf(context: PageContext, frame: ConsoleFrame, figure: ColumnFigure | BarFigure): readonly TableRow[] {
  const all =
    figure.kind === 'columns'
      ? figure.points.map((point) => ({
          name: html`${longMomentText(context, figure.span, point.at)}`,
          values: point.values,
          isCapped: point.isCapped === true,
          links: point.links ?? [],
        }))
      : figure.points.map((point) => ({
          name: linked(frame, point.link, barName(context, point)),
          values: point.values,
          isCapped: false,
          links: [],
        }))
  return all.filter(({ values }) => sumOf(values) > 0)
}

function numbers(context: PageContext, frame: ConsoleFrame, figure: ColumnFigure | BarFigure): Html {
  const { say } = speak(context, homeWords)
  // Without what never happened in this time.
  const places = figure.series.flatMap((_, at) =>
    figure.points.some(({ values }) => (values[at] ?? 0) > 0) ? [at] : [],
  )
  const series = places.flatMap((at) => figure.series[at] ?? [])
  const first = figure.kind === 'columns' ? say(figure.span) : say('name')
  const heads = [first, ...series.map(({ label }) => html`${spokenText(context, label)}`)]
  const isSummed = series.length > 1
  const rows = rowsOf(context, frame, figure).map(({ name, values, isCapped, links }) => {
    const cells = places.map(
      (at) =>
        html`<td class="number">${linked(frame, (values[at] ?? 0) > 0 ? links[at] : undefined, shownNumber(context, values[at] ?? 0, isCapped))}</td>`,
    )
    return html`<tr><th scope="row">${name}</th>${cells}${isSummed && html`<td class="number">${shownNumber(context, sumOf(values))}</td>`}</tr>\n`
  })
  return html`<details class="numbers"><summary>${say('asTable')}</summary><div class="numbers-frame" tabindex="0" role="group" aria-labelledby="figure-${figure.name}"><table><caption class="unseen">${say('tableOf', { title: spokenText(context, figure.title) })}</caption>
<thead><tr>${heads.map((head, at) => html`<th scope="col"${at > 0 && html` class="number"`}>${head}</th>`)}${isSummed && html`<th scope="col" class="number">${say('all')}</th>`}</tr></thead>
<tbody>${rows}</tbody></table></div></details>`
}
