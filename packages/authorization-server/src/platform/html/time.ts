// Decides how moments and spans are written: exact and in UTC on the page; the script rewrites them in the reader's zone.
import type { PageContext } from './context.ts'
import { frameWords } from './frame-words.ts'
import { html, type Html } from './html.ts'
import { speak } from './words.ts'
import type { Instant } from '../time/index.ts'

// Intl is slow to build, so each locale keeps its own.
const momentFormats = new Map<string, Intl.DateTimeFormat>()

function momentFormat(tag: string): Intl.DateTimeFormat {
  const kept = momentFormats.get(tag)
  if (kept !== undefined) return kept
  const format = new Intl.DateTimeFormat(tag, {
    year: 'numeric',
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZone: 'UTC',
    timeZoneName: 'short',
  })
  momentFormats.set(tag, format)
  return format
}

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
    step === undefined
      ? say('justNow')
      : new Intl.RelativeTimeFormat(context.locale.tag, { numeric: 'auto' }).format(
          -Math.floor(seconds / step[1]),
          step[0],
        )
  return html`<time datetime="${date.toISOString()}" title="${exact}">${text}</time>`
}

/** A span in the largest unit that divides or nearly fits it: "40 seconds", "10 minutes", "14 days". */
export function duration(context: PageContext, seconds: number): string {
  const whole = steps.find(([, size]) => seconds >= 2 * size || seconds === size)
  const [unit, size] = whole ?? (['second', 1] as const)
  const inUnit = Math.ceil(seconds / size)
  return new Intl.NumberFormat(context.locale.tag, { style: 'unit', unit, unitDisplay: 'long' }).format(inUnit)
}
