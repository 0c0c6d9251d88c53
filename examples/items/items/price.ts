// Decides what a price is: up to twelve digits, a point and two digits, never below zero; kept in cents, written as text.
import { REQUIRED, type Read } from '../fields.ts'

const maxDigits = 14
const maxPlaces = 2
const maxWhole = maxDigits - maxPlaces

/** Reads a number or a text like 9.99 as cents. */
export function readPrice(value: unknown): Read<number> {
  if (value === undefined) return REQUIRED
  if (value === null) return { errors: ['This field may not be null.'] }
  const text = typeof value === 'number' || typeof value === 'string' ? String(value).trim() : ''
  const parts = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?$/.exec(text)
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = parts ?? []
  if (parts === null || whole + fraction === '') return { errors: ['A valid number is required.'] }
  const digits = shift(whole, fraction, Number(exponent))
  const wrong = precisionErrorOf(digits.whole, digits.fraction)
  if (wrong !== undefined) return { errors: [wrong] }
  const cents = Number(digits.whole + digits.fraction.padEnd(maxPlaces, '0'))
  if (sign === '-' && cents > 0) return { errors: ['Ensure this value is greater than or equal to 0.'] }
  return { value: cents }
}

/** Cents as they are shown: always with two places. */
export function formatPrice(cents: number): string {
  const digits = String(cents).padStart(maxPlaces + 1, '0')
  return `${digits.slice(0, -maxPlaces)}.${digits.slice(-maxPlaces)}`
}

/** Moves the point as the exponent says, so that 1e3 is 1000. */
function shift(whole: string, fraction: string, exponent: number): { whole: string; fraction: string } {
  const all = whole + fraction
  const point = whole.length + exponent
  const digits = point < 0 ? all.padStart(all.length - point, '0') : all.padEnd(point, '0')
  const at = Math.max(point, 0)
  return { whole: digits.slice(0, at).replace(/^0+/, ''), fraction: digits.slice(at) }
}

function precisionErrorOf(whole: string, fraction: string): string | undefined {
  if (whole.length + fraction.length > maxDigits)
    return `Ensure that there are no more than ${maxDigits} digits in total.`
  if (fraction.length > maxPlaces) return `Ensure that there are no more than ${maxPlaces} decimal places.`
  if (whole.length > maxWhole) return `Ensure that there are no more than ${maxWhole} digits before the decimal point.`
  return undefined
}
