// Form and query parameters, kept as they were sent: order, repetition and all.
// OAuth refuses repeated parameters (RFC 6749 §3.1, §3.2), so a plain object, which forgets them, will not do.

/** Why a form could not be read. The text is safe to show: it never repeats the input. */
export class MalformedForm extends Error {}

/** The parameters of a query string or a form body. */
export class Parameters {
  readonly #values: ReadonlyMap<string, readonly string[]>

  constructor(pairs: Iterable<readonly [name: string, value: string]>) {
    const values = new Map<string, string[]>()
    for (const [name, value] of pairs) {
      const known = values.get(name)
      if (known === undefined) values.set(name, [value])
      else known.push(value)
    }
    this.#values = values
  }

  static readonly empty: Parameters = new Parameters([])

  /** The first value; an empty value counts as absent (RFC 6749 §3.1). */
  get(name: string): string | undefined {
    return this.#values.get(name)?.[0] || undefined
  }

  /** The first value as sent, also when it is empty. */
  raw(name: string): string | undefined {
    return this.#values.get(name)?.[0]
  }

  all(name: string): readonly string[] {
    return this.#values.get(name) ?? []
  }

  has(name: string): boolean {
    return this.#values.has(name)
  }

  names(): readonly string[] {
    return [...this.#values.keys()]
  }

  /** Names that were sent more than once. */
  repeated(): readonly string[] {
    return [...this.#values].filter(([, values]) => values.length > 1).map(([name]) => name)
  }
}

const mostParameters = 1_000

/**
 * Reads application/x-www-form-urlencoded text.
 * Broken percent-encoding and NUL are refused rather than repaired: two readers would repair them differently.
 */
export function parseForm(text: string): Parameters {
  if (text === '') return Parameters.empty
  const parts = text.split('&')
  if (parts.length > mostParameters) throw new MalformedForm('The request has too many parameters.')
  return new Parameters(parts.filter((part) => part !== '').map(parsePair))
}

function parsePair(part: string): [string, string] {
  const at = part.indexOf('=')
  if (at < 0) return [decode(part), '']
  const name = decode(part.slice(0, at))
  return [name, decode(part.slice(at + 1), takesAnyName(name))]
}

/** Whoever signs in may type anything: a name that nobody can have is answered like any other wrong name. */
function takesAnyName(name: string): boolean {
  return name === 'username'
}

function decode(text: string, mayHaveNul = false): string {
  const hasNul = text.includes('\0') || text.includes('%00')
  if (hasNul && !mayHaveNul) throw new MalformedForm('The request contains a NUL character.')
  if (!text.includes('%') && !text.includes('+')) return text
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch (cause) {
    throw new MalformedForm('The request contains a malformed percent-encoding.', { cause })
  }
}
