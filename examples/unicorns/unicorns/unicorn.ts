// Decides what a unicorn is: a name of at most 100 characters and an age in whole years.
import { errorsOf, type FieldErrors, fieldOf, type Fields, type Read, readText, REQUIRED } from '../fields.ts'

export interface UnicornValues {
  readonly name: string
  readonly age: number
}

export interface Unicorn extends UnicornValues {
  readonly id: number
}

export type ReadUnicorn = { readonly values: Partial<UnicornValues> } | { readonly errors: FieldErrors }

/** Reads the fields; with `partial` those that are absent stay as they are. */
export function readUnicorn(fields: Fields, partial: boolean): ReadUnicorn {
  const wanted = (name: string): boolean => !partial || fieldOf(fields, name) !== undefined
  const name = wanted('name') ? readText(fieldOf(fields, 'name'), { max: 100 }) : undefined
  const age = wanted('age') ? readInteger(fieldOf(fields, 'age')) : undefined
  const errors = errorsOf({ name, age })
  if (errors !== undefined) return { errors }
  return {
    values: {
      ...(name !== undefined && 'value' in name ? { name: name.value } : {}),
      ...(age !== undefined && 'value' in age ? { age: age.value } : {}),
    },
  }
}

/** What a column of 32 bits can hold. */
const least = -2_147_483_648
const most = 2_147_483_647

/** A whole number, or a text that is one: `34`, `"34"` and `34.0`. */
function readInteger(value: unknown): Read<number> {
  if (value === undefined) return REQUIRED
  if (value === null) return { errors: ['This field may not be null.'] }
  const isText = typeof value === 'string'
  if (isText && value.length > 1_000) return { errors: ['String value too large.'] }
  const text = isText || typeof value === 'number' ? String(value).trim() : ''
  if (!/^[+-]?\d+(\.0*)?$/.test(text)) return { errors: ['A valid integer is required.'] }
  const number = Number(text)
  if (number < least) return { errors: [`Ensure this value is greater than or equal to ${least}.`] }
  if (number > most) return { errors: [`Ensure this value is less than or equal to ${most}.`] }
  return { value: number }
}

/** The unicorn as the API shows it: without a number of its own. */
export function shownUnicorn({ name, age }: UnicornValues): UnicornValues {
  return { name, age }
}
