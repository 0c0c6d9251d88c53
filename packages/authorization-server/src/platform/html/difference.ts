// Decides how two addresses that should be equal are compared for a reader: what differs is marked in both.
import { html, type Html } from './html.ts'

export interface Difference {
  readonly sent: Html
  readonly registered: Html
}

/** Marks what lies between the common beginning and the common end of two texts. */
export function markDifference(sent: string, registered: string): Difference {
  const left = Array.from(sent)
  const right = Array.from(registered)
  const shorter = Math.min(left.length, right.length)
  let start = 0
  while (start < shorter && left[start] === right[start]) start++
  let end = 0
  while (end < shorter - start && left[left.length - 1 - end] === right[right.length - 1 - end]) end++
  return { sent: marked(left, start, end), registered: marked(right, start, end) }
}

function marked(letters: readonly string[], start: number, end: number): Html {
  const stop = letters.length - end
  const middle = letters.slice(start, stop).join('')
  return html`${letters.slice(0, start).join('')}${middle !== '' && html`<mark>${middle}</mark>`}${letters.slice(stop).join('')}`
}
