// Whether a text is an e-mail address: what Django accepts, in one pass over the text and without backtracking.
// RFC 5321 §4.1.2 (Dot-string), §4.5.3.1; RFC 1034 §3.5.

const localPart = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+$/
const label = /^[A-Za-z0-9\u00a1-\uffff](?:[A-Za-z0-9\u00a1-\uffff-]{0,61}[A-Za-z0-9\u00a1-\uffff])?$/

/** The local part of dot-separated atoms, and a domain of at least two labels, or `localhost`. */
export function isEmailAddress(text: string): boolean {
  const at = text.lastIndexOf('@')
  const [local, domain] = [text.slice(0, at), text.slice(at + 1)]
  if (at < 1 || local.length > 64 || text.length > 254) return false
  if (!local.split('.').every((atom) => localPart.test(atom))) return false
  if (domain === 'localhost') return true
  const labels = domain.split('.')
  const top = labels.at(-1) ?? ''
  return labels.length >= 2 && labels.every((one) => label.test(one)) && top.length >= 2 && !/^\d+$/.test(top)
}
