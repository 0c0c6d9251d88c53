// What a filter by time means: a day, an hour, a minute, or from one to another, all in UTC, as half-open milliseconds. ISO 8601.

export interface Period {
  readonly from: number | undefined
  /** The first moment that is no longer part of it. */
  readonly to: number | undefined
}

const minuteMs = 60_000
const hourMs = 3_600_000
const dayMs = 86_400_000
const written = /^(\d{4}-\d{2}-\d{2})(?:T(\d{2})(?::(\d{2})Z?)?)?$/

/** `2027-01-15`, `2027-01-15T13`, `2027-01-15T13:30`; or two of them with `..` between, either of which may be missing. */
export function periodOf(text: string): Period | undefined {
  const [first = '', last, ...rest] = text.split('..')
  if (rest.length > 0 || (first === '' && (last ?? '') === '')) return undefined
  const begin = first === '' ? undefined : spanOf(first)
  const end = last === undefined ? begin : last === '' ? undefined : spanOf(last)
  if ((first !== '' && begin === undefined) || ((last ?? '') !== '' && end === undefined)) return undefined
  return { from: begin?.from, to: end?.to }
}

function spanOf(text: string): { readonly from: number; readonly to: number } | undefined {
  const [, day, hour, minute] = written.exec(text) ?? []
  if (day === undefined) return undefined
  const moment = `${day}T${hour ?? '00'}:${minute ?? '00'}:00.000Z`
  const from = Date.parse(moment)
  // A date that does not exist is another one to the parser.
  if (Number.isNaN(from) || new Date(from).toISOString() !== moment) return undefined
  return { from, to: from + (hour === undefined ? dayMs : minute === undefined ? hourMs : minuteMs) }
}

/** The day of a moment, as a filter takes it. */
export function dayText(at: number): string {
  return new Date(at).toISOString().slice(0, 10)
}

export function hourText(at: number): string {
  return new Date(at).toISOString().slice(0, 13)
}

/** From this moment on, down to the minute. */
export function sinceText(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16)}..`
}
