// One row of an error table: what is answered, compared as JSON, and the headers that the row names.
import assert from 'node:assert/strict'

export interface Expected {
  readonly status: number
  /** Equal as JSON; a pattern is matched against the text, '' is an empty body. */
  readonly body?: unknown
  /** Each equal to the text or matched by the pattern; null for a header that must not be there. */
  readonly headers?: Readonly<Record<string, string | RegExp | null>>
}

export async function assertRow(response: Response, expected: Expected): Promise<void> {
  const text = await response.text()
  assert.equal(response.status, expected.status, text)
  assertBody(text, expected.body)
  for (const [name, wanted] of Object.entries(expected.headers ?? {})) {
    const value = response.headers.get(name)
    if (wanted instanceof RegExp) assert.match(value ?? '', wanted, name)
    else assert.equal(value, wanted, name)
  }
}

function assertBody(text: string, wanted: unknown): void {
  if (wanted === undefined) return
  if (wanted instanceof RegExp) assert.match(text, wanted)
  else if (wanted === '') assert.equal(text, '')
  else assert.deepEqual(JSON.parse(text), wanted)
}

/** A refusal of OAuth's endpoints: the catalogue's JSON, an incident, and nothing for a cache (RFC 6749 §5.2). */
export function refusal(status: number, error: string, description?: string | RegExp): Expected {
  const escaped =
    typeof description === 'string' ? description.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&') : description?.source
  const members = escaped === undefined ? '(,"error_description":"[^"]*")?' : `,"error_description":"${escaped}"`
  return {
    status,
    body: new RegExp(`^{"error":"${error}"${members}}$`),
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store', 'latchkey-incident': /^\w{4}-\w{4}$/ },
  }
}
