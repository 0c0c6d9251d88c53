// Decides how a record becomes the attributes of a tag: true is a bare name, false and undefined are left out.
// Source: WHATWG HTML §13.1.2.3 (attributes).
import { escapeHtml, Html } from './html.ts'

export type Attributes = Readonly<Record<string, string | number | boolean | undefined>>

const validName = /^(?!on)[a-z][a-z0-9-]*$/

/** Attributes for the inside of a tag. Event handlers and addresses are not attributes for this function. */
export function attributes(values: Attributes): Html {
  const parts = Object.entries(values).map(([name, value]) => {
    if (!validName.test(name) || name === 'href' || name === 'src')
      throw new TypeError(`Not a plain attribute: ${name}`)
    if (value === undefined || value === false) return ''
    return value === true ? ` ${name}` : ` ${name}="${escapeHtml(String(value))}"`
  })
  return new Html(parts.join(''))
}
