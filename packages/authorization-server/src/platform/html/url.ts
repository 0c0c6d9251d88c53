// Decides which addresses may become a link or a form target: our own paths, http(s) and mailto; never javascript: or data:.
// Source: WHATWG URL §4.4 — browsers drop tabs and newlines inside a scheme, so control characters refuse the whole value.

const allowedSchemes: ReadonlySet<string> = new Set(['http:', 'https:', 'mailto:'])

function hasControlCharacter(value: string): boolean {
  for (const character of value) {
    const code = character.charCodeAt(0)
    if (code <= 0x20 || code === 0x7f) return true
  }
  return false
}

/** The address itself when it is safe to follow, else undefined. `//host` and `/\host` are other hosts in disguise. */
export function safeUrl(value: string): string | undefined {
  if (hasControlCharacter(value)) return undefined
  if (value === '' || value.startsWith('#') || value.startsWith('?')) return value
  if (value.startsWith('/')) return /^\/[/\\]/.test(value) ? undefined : value
  const parsed = URL.parse(value)
  return parsed !== null && allowedSchemes.has(parsed.protocol) ? value : undefined
}
