// Form and query parameters, kept as they were sent: order, repetition and all.
// OAuth refuses repeated parameters (RFC 6749 §3.1, §3.2), so a plain object, which forgets them, will not do.

/** Why a form could not be read. The text is safe to show: it never repeats the input. */
export class MalformedForm extends Error {}

type Pair = readonly [name: string, value: string]

/** The parameters of a query string or a form body. A request has a handful, so they are looked through, not indexed. */
export class Parameters {
  readonly #pairs: readonly Pair[]

  constructor(pairs: readonly Pair[]) {
    this.#pairs = pairs
  }

  static readonly empty: Parameters = new Parameters([])

  /** The first value; an empty value counts as absent (RFC 6749 §3.1). */
  get(name: string): string | undefined {
    return this.raw(name) || undefined
  }

  /** The first value as sent, also when it is empty. */
  raw(name: string): string | undefined {
    for (const pair of this.#pairs) if (pair[0] === name) return pair[1]
    return undefined
  }

  all(name: string): readonly string[] {
    const found = this.#pairs.filter((pair) => pair[0] === name)
    return found.length === 0 ? none : found.map((pair) => pair[1])
  }

  has(name: string): boolean {
    return this.raw(name) !== undefined
  }

  get isEmpty(): boolean {
    return this.#pairs.length === 0
  }

  names(): readonly string[] {
    return [...new Set(this.#pairs.map(([name]) => name))]
  }

  /** Names that were sent more than once. */
  repeated(): readonly string[] {
    if (this.#pairs.length < 2) return none
    const names = this.#pairs.map(([name]) => name)
    if (new Set(names).size === names.length) return none
    return [...new Set(names.filter((name, index) => names.indexOf(name) !== index))]
  }
}

const none: readonly string[] = []

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

/** Nothing to decode and nothing to refuse: what nearly every name and value is. */
const plainText = /^[\w\-.~:/]*$/

function decode(text: string, mayHaveNul = false): string {
  if (plainText.test(text)) return text
  const hasNul = text.includes('\0') || text.includes('%00')
  if (hasNul && !mayHaveNul) throw new MalformedForm('The request contains a NUL character.')
  if (!text.includes('%') && !text.includes('+')) return text
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch (cause) {
    throw new MalformedForm('The request contains a malformed percent-encoding.', { cause })
  }
}
