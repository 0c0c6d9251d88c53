// Decides how text becomes markup: the `html` tag escapes every value, so that a page cannot be written unsafely by accident.
// Sources: WHATWG HTML §13.2.5 (tokenization, what ends an attribute), OWASP XSS prevention rules 1 and 2.
import { positionsOf, type Position } from './position.ts'
import { safeUrl } from './url.ts'

/** Markup that is trusted as it stands; only this folder makes one by hand. */
export class Html {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

export type HtmlValue = Html | string | number | false | null | undefined | readonly HtmlValue[]

const entities = new Map([...'&<>"\''].map((character) => [character, `&#${character.charCodeAt(0)};`]))

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities.get(character) ?? '')
}

function render(value: HtmlValue, position: Position): string {
  if (value === undefined || value === null || value === false) return ''
  if (value instanceof Html) {
    if (position === 'attribute' || position === 'url') throw new TypeError('Markup cannot be put into an attribute')
    return value.text
  }
  if (typeof value === 'object') return value.map((item) => render(item, position)).join('')
  if (position === 'tag') throw new TypeError('Only attributes() may stand between the attributes of a tag')
  return escapeHtml(position === 'url' ? (safeUrl(String(value)) ?? 'about:invalid') : String(value))
}

/** Joins literal markup and values; a value in an unquoted attribute, a comment, a script or a style throws. */
export function html(strings: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  const positions = positionsOf(strings)
  const text = values.map((value, i) => render(value, positions[i] ?? 'text') + (strings[i + 1] ?? ''))
  return new Html((strings[0] ?? '') + text.join(''))
}
