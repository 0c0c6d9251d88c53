// What lasts, and for how long, as a picture that the server draws, and the same facts as a table. Widths are percentages, so that
// it has no scale of its own: it is as wide as its place, and its words keep their size.
import { html, type Html, moment, type PageContext, speak, table } from '../html/index.ts'
import type { Instant } from '../time/index.ts'
import { spokenText } from './frame-page.ts'
import { consoleWords } from './words.ts'

export type SpanLook = 'waiting' | 'current' | 'leaving'

export interface Span {
  readonly look: SpanLook
  readonly from: Instant
  /** Undefined for what has no end yet. */
  readonly to: Instant | undefined
}

export interface Lane {
  /** The whole name, and a short one for the picture. */
  readonly label: string
  readonly short: string
  readonly spans: readonly Span[]
}

export interface Timeline {
  readonly title: string
  /** What each look means. */
  readonly looks: Readonly<Record<SpanLook, string>>
  readonly lanes: readonly Lane[]
  readonly now: Instant
}

interface Scale {
  /** In percent from where reading starts. */
  at(instant: Instant): number
  readonly from: Instant
  readonly to: Instant
  readonly isMirrored: boolean
}

const dayMs = 86_400_000
/** What was long ago would leave no room for what is now. */
const longestPast = 14 * dayMs
const laneHeight = 46
const top = 22

function scaleOf(context: PageContext, { lanes, now }: Timeline): Scale {
  const moments = lanes.flatMap(({ spans }) =>
    spans.flatMap(({ from, to }) => (to === undefined ? [from] : [from, to])),
  )
  const from = Math.max(Math.min(now - dayMs / 4, ...moments), now - longestPast)
  const last = Math.max(now + dayMs / 2, ...moments)
  const to = last + (last - from) / 12
  const isMirrored = context.locale.dir === 'rtl'
  return { from, to, isMirrored, at: (instant) => (100 * (Math.min(Math.max(instant, from), to) - from)) / (to - from) }
}

export function timelineFigure(context: PageContext, all: Timeline): Html {
  const timeline = { ...all, lanes: all.lanes.filter((lane) => isRecent(lane, all.now)) }
  const { say } = speak(context, consoleWords)
  const scale = scaleOf(context, timeline)
  const height = top + timeline.lanes.length * laneHeight + 24
  const looks: readonly SpanLook[] = ['waiting', 'current', 'leaving']
  return html`<figure class="timeline panel"><figcaption><h2>${spokenText(context, timeline.title)}</h2>
<ul class="timeline-looks">${looks.map((look) => html`<li><svg width="22" height="12" aria-hidden="true" focusable="false"><rect class="span-${look}" x="1" y="1" width="20" height="10" rx="3"/></svg>${spokenText(context, timeline.looks[look])}</li>`)}</ul></figcaption>
<svg class="timeline-picture" role="img" aria-labelledby="timeline-title" width="100%" height="${height}"><title id="timeline-title">${spokenText(context, timeline.title)}</title>
${timeline.lanes.map((lane, at) => barsOf(scale, lane, top + at * laneHeight))}
${nowLine(context, scale, timeline.now, height)}
${timeline.lanes.map(({ short }, at) => writing(scale, 0, top + at * laneHeight + 13, 'lane-name', html`${short}`))}
${ends(context, scale, height)}</svg>
<details><summary>${say('asTable')}</summary>${spansTable(context, timeline)}</details></figure>`
}

/** What ended before the picture begins is in neither. */
function isRecent({ spans }: Lane, now: Instant): boolean {
  return spans.some(({ to }) => to === undefined || to > now - longestPast)
}

/** Where something begins in the picture, whichever way the page is read. */
function leftOf({ isMirrored }: Scale, start: number, width: number): string {
  return percent(isMirrored ? 100 - start - width : start)
}

function percent(value: number): string {
  return `${Math.round(value * 100) / 100}%`
}

function barsOf(scale: Scale, { spans }: Lane, y: number): readonly Html[] {
  return spans.map(({ look, from, to }) => {
    const start = scale.at(from)
    // The shortest still shows.
    const width = Math.max(scale.at(to ?? scale.to) - start, 0.5)
    return html`<rect class="span-${look}" x="${leftOf(scale, Math.min(start, 99.5), width)}" y="${y + 20}" width="${percent(width)}" height="12" rx="3"/>`
  })
}

/** Words that begin at a place, or end there where they would run out of the picture. */
function writing({ isMirrored }: Scale, place: number, y: number, look: string, words: Html): Html {
  const isEnd = place > 70
  const anchor = isEnd === isMirrored ? 'start' : 'end'
  return html`<text class="${look}" direction="ltr" x="${percent(isMirrored ? 100 - place : place)}" y="${y}" text-anchor="${anchor}">${words}</text>`
}

function nowLine(context: PageContext, scale: Scale, now: Instant, height: number): Html {
  const { say } = speak(context, consoleWords)
  const place = scale.at(now)
  const x = percent(scale.isMirrored ? 100 - place : place)
  return html`<line class="now-line" x1="${x}" x2="${x}" y1="16" y2="${height - 20}"/>${writing(scale, place, 11, 'now-name', say('now'))}`
}

function ends(context: PageContext, scale: Scale, height: number): Html {
  const day = new Intl.DateTimeFormat(context.locale.tag, { month: 'short', day: 'numeric', timeZone: 'UTC' })
  const y = height - 4
  return html`${writing(scale, 0, y, 'day-name', html`${day.format(scale.from)}`)}${writing(scale, 100, y, 'day-name', html`${day.format(scale.to)}`)}`
}

function spansTable(context: PageContext, { title, lanes, looks }: Timeline): Html {
  const { say, text } = speak(context, consoleWords)
  const columns = [
    { title: text('name'), heads: true },
    { title: text('phase') },
    { title: text('since') },
    { title: text('until') },
  ]
  const rows = lanes.flatMap(({ label, spans }) =>
    spans.map(({ look, from, to }) => [
      html`<code dir="ltr">${label}</code>`,
      html`${spokenText(context, looks[look])}`,
      moment(context, from),
      to === undefined ? html`<span class="quiet">${say('openEnd')}</span>` : moment(context, to),
    ]),
  )
  return table({ caption: html`${spokenText(context, title)}`, columns, rows })
}
