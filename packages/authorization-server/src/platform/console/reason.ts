// Why somebody changes something, in their own words: a field of every form, and in the API a member beside the fields or a
// header, for what has no body. Its name begins with an underscore, as no field's does.
import type { FieldErrors } from '../html/index.ts'

export const reasonName = '_reason'
/** Percent-encoded UTF-8: a header holds nothing else for sure (RFC 9110 §5.5). */
export const reasonHeader = 'latchkey-reason'
export const longestReason = 200

export type Reason =
  | { readonly kind: 'given'; readonly text: string | undefined }
  | { readonly kind: 'invalid'; readonly text: string; readonly errors: FieldErrors }

/** @param text as it was typed; undefined for nothing */
export function parseReason(text: string | undefined, isRequired: boolean): Reason {
  const trimmed = text?.trim() ?? ''
  if (trimmed === '')
    return isRequired ? wrong('', 'Say why: this server asks for a reason.') : { kind: 'given', text: undefined }
  if (trimmed.includes('\0')) return wrong('', 'Null characters are not allowed.')
  if (Array.from(trimmed).length > longestReason) {
    return wrong(trimmed, `Ensure this field has no more than ${longestReason} characters.`)
  }
  return { kind: 'given', text: trimmed }
}

function wrong(text: string, sentence: string): Reason {
  return { kind: 'invalid', text, errors: { [reasonName]: [sentence] } }
}

/** The body without its reason, and the reason of a body or a header. */
export function readReason(
  body: unknown,
  header: string | readonly string[] | undefined,
  isRequired: boolean,
): { readonly reason: Reason; readonly rest: unknown } {
  const { member, rest } = withoutReason(body)
  if (member !== undefined && typeof member !== 'string') return { reason: wrong('', 'It is a text.'), rest }
  if (header === undefined) return { reason: parseReason(member, isRequired), rest }
  const decoded = typeof header === 'string' ? percentDecoded(header) : undefined
  if (decoded === undefined) return { reason: wrong('', 'The header is one text in UTF-8, percent-encoded.'), rest }
  if (member !== undefined) return { reason: wrong('', 'It is given twice: in the header and in the body.'), rest }
  return { reason: parseReason(decoded, isRequired), rest }
}

function withoutReason(body: unknown): { readonly member: unknown; readonly rest: unknown } {
  if (typeof body !== 'object' || body === null || Array.isArray(body) || !Object.hasOwn(body, reasonName)) {
    return { member: undefined, rest: body }
  }
  const pairs: readonly (readonly [string, unknown])[] = Object.entries(body)
  return {
    member: pairs.find(([name]) => name === reasonName)?.[1],
    rest: Object.fromEntries(pairs.filter(([name]) => name !== reasonName)),
  }
}

function percentDecoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    // No UTF-8, or a lone per cent sign: the caller is told.
    return undefined
  }
}
