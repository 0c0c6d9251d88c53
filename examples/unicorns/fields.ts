// Decides whether a field of a body is what it should be, in the words that clients of Django REST framework expect.

/** A body of JSON or of a form, by field. */
export type Fields = Readonly<Record<string, unknown>>

export type FieldErrors = Readonly<Record<string, readonly string[]>>

export type Read<Value> = { readonly value: Value } | { readonly errors: readonly string[] }

export const REQUIRED: Read<never> = { errors: ['This field is required.'] }

/** A value of JSON as fields; anything but an object has none. */
export function asFields(value: unknown): Fields {
  return isFields(value) ? value : {}
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A field of its own; never one that every object inherits. */
export function fieldOf(fields: Fields, name: string): unknown {
  return Object.hasOwn(fields, name) ? fields[name] : undefined
}

/** A text that is not blank. Numbers are taken as text; the length is counted in characters. */
export function readText(
  value: unknown,
  { max = 1_000, trim = true }: { readonly max?: number; readonly trim?: boolean } = {},
): Read<string> {
  if (value === undefined) return REQUIRED
  if (value === null) return { errors: ['This field may not be null.'] }
  if (typeof value !== 'string' && typeof value !== 'number') return { errors: ['Not a valid string.'] }
  const text = trim ? String(value).trim() : String(value)
  if (text === '') return { errors: ['This field may not be blank.'] }
  if (text.includes('\0')) return { errors: ['Null characters are not allowed.'] }
  if (Array.from(text).length > max) return { errors: [`Ensure this field has no more than ${max} characters.`] }
  return { value: text }
}

/** The errors of some fields, those without any left out; undefined when all is well. */
export function errorsOf(reads: Readonly<Record<string, Read<unknown> | undefined>>): FieldErrors | undefined {
  const wrong = Object.entries(reads).flatMap(([name, read]) =>
    read !== undefined && 'errors' in read ? [[name, read.errors] as const] : [],
  )
  return wrong.length === 0 ? undefined : Object.fromEntries(wrong)
}
