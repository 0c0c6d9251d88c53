// Decides whether a field of a body is what it should be, in the words that clients of Django REST framework expect.

/** A body of JSON or of a form, by field. */
export type Fields = Readonly<Record<string, unknown>>

export type FieldErrors = Readonly<Record<string, readonly string[]>>

export type Read<Value> = { readonly value: Value } | { readonly errors: readonly string[] }

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

/** A text, not blank unless it may be. Numbers are taken as text; the length is counted in characters. */
export function readText(
  value: unknown,
  rule: { readonly max: number; readonly trim?: boolean; readonly blank?: boolean },
): Read<string> {
  if (value === null) return { errors: ['This field may not be null.'] }
  if (typeof value !== 'string' && typeof value !== 'number') return { errors: ['Not a valid string.'] }
  const text = rule.trim === false ? String(value) : String(value).trim()
  if (text.trim() === '' && rule.blank !== true) return { errors: ['This field may not be blank.'] }
  if (text.includes('\0')) return { errors: ['Null characters are not allowed.'] }
  if (Array.from(text).length > rule.max) {
    return { errors: [`Ensure this field has no more than ${rule.max} characters.`] }
  }
  return { value: text }
}
