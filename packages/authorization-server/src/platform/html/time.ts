// Decides how moments and spans are written: exact and in UTC on the page; the script rewrites them in the reader's zone.
import type { PageContext } from './context.ts'
import { frameWords } from './frame-words.ts'
import { html, type Html } from './html.ts'
import { speak } from './words.ts'
import type { Instant } from '../time/index.ts'

/** Intl is slow to build, so each locale keeps its own. */
function keptByLocale<Format>(build: (tag: string) => Format): (tag: string) => Format {
  const kept = new Map<string, Format>()
  return (tag) => {
    const known = kept.get(tag)
    if (known !== undefined) return known
    const format = build(tag)
    kept.set(tag, format)
    return format
  }
}

const momentFormat = keptByLocale(
  (tag) =>
    new Intl.DateTimeFormat(tag, {
      year: 'numeric',
      month: 'short',
      day: 'numeric',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
      timeZone: 'UTC',
      timeZoneName: 'short',
    }),
)

const agoFormat = keptByLocale((tag) => new Intl.RelativeTimeFormat(tag, { numeric: 'auto' }))

/** A moment as `<time>`. */
export function moment(context: PageContext, at: Instant): Html {
  const date = new Date(at)
  return html`<time datetime="${date.toISOString()}" data-local>${momentFormat(context.locale.tag).format(date)}</time>`
}

const steps = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
] as const

/** How long ago, in one unit ("3 hours ago"), with the exact moment as tooltip; the clock's reading is an argument. */
export function ago(context: PageContext, at: Instant | undefined, now: Instant): Html {
  const { say } = speak(context, frameWords)
  if (at === undefined) return say('never')
  const date = new Date(at)
  const seconds = Math.round((now - at) / 1000)
  const step = steps.find(([, size]) => Math.abs(seconds) >= size)
  const exact = momentFormat(context.locale.tag).format(date)
  const text =
    step === undefined ? say('justNow') : agoFormat(context.locale.tag).format(-Math.floor(seconds / step[1]), step[0])
  return html`<time datetime="${date.toISOString()}" title="${exact}">${text}</time>`
}

const inUnits = (unit: (typeof steps)[number][0] | 'second'): ((tag: string) => Intl.NumberFormat) =>
  keptByLocale((tag) => new Intl.NumberFormat(tag, { style: 'unit', unit, unitDisplay: 'long' }))

const durationFormats = {
  day: inUnits('day'),
  hour: inUnits('hour'),
  minute: inUnits('minute'),
  second: inUnits('second'),
} as const

/** A span in the largest unit that divides or nearly fits it: "40 seconds", "10 minutes", "14 days". */
export function duration(context: PageContext, seconds: number): string {
  const whole = steps.find(([, size]) => seconds >= 2 * size || seconds === size)
  const [unit, size] = whole ?? (['second', 1] as const)
  const inUnit = Math.ceil(seconds / size)
  return durationFormats[unit](context.locale.tag).format(inUnit)
}
