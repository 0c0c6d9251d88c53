// Decides how request parameters are read: an empty value is an absent one, a repeated one is refused.
// RFC 6749 §3.1 and §3.2: "Request and response parameters MUST NOT be included more than once."

import { OAuthError } from './errors.ts'

/**
 * The parameters of a request, from a query or a form.
 * @see RFC 6749 §3.1
 * @example
 * import { readParameters, type ParameterReader } from '@latchkey/protocol'
 * const reader: ParameterReader = readParameters(new URLSearchParams('scope=read&state=s'))
 */
export interface ParameterReader {
  /** The first value; undefined when absent or empty. */
  get(name: string): string | undefined
  /** Every value as sent, also empty ones. */
  all(name: string): readonly string[]
  /** The names that occur more than once. */
  repeated(): readonly string[]
}

/**
 * Makes a reader from name and value pairs.
 * @param entries pairs in the order sent, e.g. a URLSearchParams
 * @returns a reader over a copy of them
 * @see RFC 6749 §3.1
 * @example
 * import { readParameters } from '@latchkey/protocol'
 * const state: string | undefined = readParameters(new URLSearchParams('state=s')).get('state')
 */
export function readParameters(entries: Iterable<readonly [string, string]>): ParameterReader {
  const values = new Map<string, string[]>()
  for (const [name, value] of entries) {
    const known = values.get(name)
    if (known === undefined) values.set(name, [value])
    else known.push(value)
  }
  return {
    get: (name) => values.get(name)?.[0] || undefined,
    all: (name) => values.get(name) ?? [],
    repeated: () => [...values].filter(([, sent]) => sent.length > 1).map(([name]) => name),
  }
}

// RFC 8707 §2: "Multiple "resource" parameters MAY be used".
const REPEATABLE: ReadonlySet<string> = new Set(['resource'])
const PLAIN_NAME = /^[a-z_]{1,40}$/

/**
 * Refuses a request that repeats a parameter other than `resource`. It never redirects: with two values it is open
 * which one to believe.
 * @param parameters the parameters of the request
 * @throws OAuthError `invalid_request` that names the parameter
 * @see RFC 6749 §3.1, RFC 8707 §2
 * @example
 * import { readParameters, refuseRepeated } from '@latchkey/protocol'
 * refuseRepeated(readParameters(new URLSearchParams('resource=https://a.example&resource=https://b.example')))
 */
export function refuseRepeated(parameters: ParameterReader): void {
  const name = parameters.repeated().find((one) => !REPEATABLE.has(one))
  if (name === undefined) return
  // Only a plain name is repeated in our answer: a stranger's text is not echoed.
  const description = PLAIN_NAME.test(name) ? `Duplicate ${name} parameter.` : 'Duplicate parameter.'
  throw new OAuthError('invalid_request', description, { rule: 'parameter-repeated', mayRedirect: false })
}
