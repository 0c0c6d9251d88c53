// What an application may be called: people read its name when they decide whom to trust. Unicode TR 36 §2.5.

const longestClientName = 255
/** Control characters, line separators and marks that turn the direction of text: a name must not dress up as another. */
const unprintable = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]/u

/** What is wrong with a name, as a sentence; undefined when it may be used. */
export function clientNameFault(name: string): string | undefined {
  if (name === '') return 'Enter a name: people see it when they sign in.'
  if (unprintable.test(name)) return 'The name has characters that cannot be seen.'
  return Array.from(name).length > longestClientName
    ? `Ensure this field has no more than ${longestClientName} characters.`
    : undefined
}
