// Markup whose values are escaped by construction. WHATWG HTML §13.1 (text, attribute values in double quotes).

/** Trusted markup. */
export class Html {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Makes markup; every value that is not markup already is escaped, and undefined is nothing. */
export function html(strings: TemplateStringsArray, ...values: (string | Html | undefined)[]): Html {
  return new Html(strings.reduce((text, part, at) => `${text}${markupOf(values[at - 1])}${part}`))
}

function markupOf(value: string | Html | undefined): string {
  if (value instanceof Html) return value.text
  return (value ?? '').replaceAll(/[&<>"']/g, (character) => escapes[character] ?? '')
}
