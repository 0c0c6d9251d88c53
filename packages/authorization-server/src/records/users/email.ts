// What counts as an e-mail address: a dot-string at a domain name (RFC 5321 §4.1.2, §4.5.3.1; RFC 1035 §2.3.1).
// Read piece by piece, so that no text of any shape takes more than one pass. Quoted names, address literals and letters
// beyond ASCII are refused: each would be a second spelling of an address that has a plain one.

const longestAddress = 254
const longestLocalPart = 64
const longestLabel = 63
const atom = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+$/
const label = /^[A-Za-z0-9-]+$/
const digits = /^[0-9]+$/

/** Whether the text is an e-mail address; `localhost` may stand for a domain, as Django allows. */
export function isEmailAddress(text: string): boolean {
  const at = text.lastIndexOf('@')
  if (text.length > longestAddress || at < 1 || at > longestLocalPart) return false
  const localPart = text.slice(0, at)
  return localPart.split('.').every((part) => atom.test(part)) && isMailDomain(text.slice(at + 1))
}

function isMailDomain(domain: string): boolean {
  const labels = domain.split('.')
  if (labels.length < 2) return domain.toLowerCase() === 'localhost'
  const last = labels.at(-1) ?? ''
  return labels.every(isLabel) && last.length >= 2 && !digits.test(last)
}

function isLabel(text: string): boolean {
  return text.length <= longestLabel && label.test(text) && !text.startsWith('-') && !text.endsWith('-')
}

/** What is wrong with an e-mail address that somebody typed, in sentences; none when it may be stored. */
export function emailErrors(email: string, maxLength: number): readonly string[] {
  if (!isEmailAddress(email)) return ['Enter a valid email address.']
  return email.length > maxLength ? [`Ensure this field has no more than ${maxLength} characters.`] : []
}
