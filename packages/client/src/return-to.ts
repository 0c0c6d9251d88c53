// Decides where a browser may be sent after signing in: a path of this app in every reader's eyes, or nothing.
// OWASP ASVS 5.0 V3.7.2; RFC 9700 §4.11 (open redirectors).

const HERE = 'http://here.invalid'
const LONGEST = 2_048
/** What some reader of URLs takes for a scheme, a host or a line break. */
// oxlint-disable-next-line no-control-regex -- control characters are what must not be let in
const SUSPICIOUS = /[\\\u0000-\u0020\u007f]/

/** The path, query and fragment when the text is one of this app; otherwise undefined. */
export function localPath(text: string | undefined): string | undefined {
  if (text === undefined || text.length > LONGEST || SUSPICIOUS.test(text)) return undefined
  if (!text.startsWith('/') || text.startsWith('//') || !URL.canParse(text, HERE)) return undefined
  const url = new URL(text, HERE)
  if (url.origin !== HERE) return undefined
  const path = url.pathname + url.search + url.hash
  return path.startsWith('//') ? undefined : path
}
