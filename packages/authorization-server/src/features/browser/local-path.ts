// Where to go next is a path of ours or nothing. OWASP ASVS 5.0 V3.7.2; RFC 9700 §4.11.

const base = 'http://here.invalid'
/** What some reader of URLs takes for a scheme, a host or a line break. */
// oxlint-disable-next-line no-control-regex -- control characters are what must not be let in
const suspicious = /[\\\u0000-\u0020\u007f]/

/** The path, query and fragment if the text is a path on this server in every reading of it; otherwise undefined. */
export function localPath(text: string | undefined): string | undefined {
  if (text === undefined || text.length > 8_192 || suspicious.test(text)) return undefined
  if (!text.startsWith('/') || text.startsWith('//')) return undefined
  const url = URL.parse(text, base)
  if (url === null || url.origin !== base) return undefined
  const path = url.pathname + url.search + url.hash
  return path.startsWith('//') ? undefined : path
}
