// Decides which text is one unambiguous JSON object: a member that occurs twice is read differently by different
// parsers, so it is refused. RFC 8725 §2.4; RFC 7519 §4 ("Claim Names within a JWT Claims Set MUST be unique").

/** A JSON object whose members are yet to be looked at. */
export type JsonObject = Readonly<Record<string, unknown>>

/** Tells whether a value is a JSON object. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Parses a JSON object; undefined when it is none or names a member twice, at any depth. */
export function parseStrictObject(text: string): JsonObject | undefined {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return undefined
  }
  return isJsonObject(value) && !repeatsMember(text) ? value : undefined
}

const STRING = /"(?:[^"\\]|\\.)*"/y

/** Expects text that JSON.parse has accepted. */
function repeatsMember(text: string): boolean {
  const open: (Set<string> | undefined)[] = []
  for (let at = 0; at < text.length; at += 1) {
    switch (text[at]) {
      case '{':
        open.push(new Set())
        break
      case '[':
        open.push(undefined)
        break
      case '}':
      case ']':
        open.pop()
        break
      case '"': {
        STRING.lastIndex = at
        const [literal = '"'] = STRING.exec(text) ?? []
        at += literal.length - 1
        if (!isMemberName(text, at + 1)) break
        const members = open.at(-1)
        const name = String(JSON.parse(literal))
        if (members?.has(name) === true) return true
        members?.add(name)
        break
      }
      default:
    }
  }
  return false
}

function isMemberName(text: string, after: number): boolean {
  for (let at = after; at < text.length; at += 1) {
    const character = text[at]
    if (character !== ' ' && character !== '\n' && character !== '\r' && character !== '\t') return character === ':'
  }
  return false
}
