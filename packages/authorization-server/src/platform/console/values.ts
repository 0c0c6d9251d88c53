// Reads what somebody wants to set, from a form or from JSON, by the declaration of the fields; and writes values as text.
// Only declared names count: a form's other fields are not looked at, and an unknown member of a JSON body is refused.
import type { FieldErrors } from '../html/index.ts'
import type { Parameters } from '../http/index.ts'
import { type Field, isList, textOf, type Value, type Values } from './noun.ts'
import { rowNumber } from './list-query.ts'

export type Input =
  | { readonly kind: 'values'; readonly values: Values }
  | { readonly kind: 'invalid'; readonly values: Values; readonly errors: FieldErrors }

const longestText = 1_000
const longestJson = 20_000
const required = 'This field is required.'

export function readForm(fields: readonly Field[], form: Parameters): Input {
  const values = Object.fromEntries(fields.map((field) => [field.name, fromForm(field, form)]))
  return checked(fields, values)
}

function fromForm(field: Field, form: Parameters): Value {
  switch (field.kind) {
    case 'flag':
      return form.has(field.name)
    case 'texts':
      return (form.raw(field.name) ?? '')
        .split(/\r?\n/)
        .map((line) => line.trim())
        .filter((line) => line !== '')
    case 'choices':
      return form.all(field.name)
    case 'references':
      return form.all(field.name).map(idOf)
    case 'json':
      return jsonIn(form.raw(field.name)?.trim() ?? '')
    case 'rows':
      return []
    case 'reference':
      return idOf(form.get(field.name) ?? '') || null
    case 'integer':
    case 'instant': {
      const text = form.get(field.name)?.trim()
      return text === undefined ? null : Number(text)
    }
    // A password is what was typed, to the last space.
    case 'password':
      return form.raw(field.name) ?? ''
    default:
      return form.raw(field.name)?.trim() || null
  }
}

/** What is no object stays as it was typed, so that it can be told and typed over. */
function jsonIn(text: string): Value {
  if (text === '') return null
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : text
  } catch {
    // No JSON: it comes back with the fault beside it.
    return text
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function idOf(text: string): string | number {
  return rowNumber(text) ?? text
}

/** Members that are absent keep what is stored; a new row has them empty. */
export function readJson(fields: readonly Field[], body: unknown, isNew: boolean): Input {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    return { kind: 'invalid', values: {}, errors: { form: ['The body is a JSON object.'] } }
  }
  // As pairs: a member that is called __proto__ must become a fault like any other.
  const wrong: (readonly [string, readonly string[]])[] = []
  const read: (readonly [string, Value])[] = []
  for (const [name, value] of Object.entries(body)) {
    const field = fields.find((one) => one.name === name)
    const held = field === undefined ? undefined : fromJson(field, value)
    if (field === undefined) wrong.push([name, ['There is no such field, or it may not be set.']])
    else if (held === undefined) wrong.push([name, [`It is ${wanted[field.kind]}.`]])
    else read.push([name, held])
  }
  const empty = isNew ? fields.map((field) => [field.name, emptyValue(field)] as const) : []
  const values: Values = Object.fromEntries([...empty, ...read])
  if (wrong.length > 0) return { kind: 'invalid', values, errors: Object.fromEntries(wrong) }
  return checked(
    fields.filter((field) => Object.hasOwn(values, field.name)),
    values,
  )
}

const wanted: Readonly<Record<Field['kind'], string>> = {
  text: 'a text or null',
  lines: 'a text or null',
  email: 'a text or null',
  code: 'a text or null',
  choice: 'a text',
  flag: 'true or false',
  instant: 'a number of milliseconds, or null',
  integer: 'a whole number, or null',
  texts: 'a list of texts',
  choices: 'a list of texts',
  json: 'an object or null',
  rows: 'only read',
  reference: 'an id or null',
  references: 'a list of ids',
  password: 'a text',
}

/** Undefined for what the field cannot hold. */
function fromJson(field: Field, value: unknown): Value | undefined {
  switch (field.kind) {
    case 'flag':
      return typeof value === 'boolean' ? value : undefined
    case 'instant':
    case 'integer':
      return value === null || (typeof value === 'number' && Number.isSafeInteger(value)) ? value : undefined
    case 'texts':
    case 'choices':
      return isListOf(value, 'string') ? [...new Set(value)] : undefined
    case 'references':
      return isListOf(value, 'number') || isListOf(value, 'string') ? [...new Set<string | number>(value)] : undefined
    case 'reference':
      return value === null || typeof value === 'number' || typeof value === 'string' ? value : undefined
    case 'json':
      return value === null || isObject(value) ? value : undefined
    case 'rows':
      return undefined
    case 'password':
      return typeof value === 'string' ? value : undefined
    default:
      return value === null || typeof value === 'string' ? value?.trim() || null : undefined
  }
}

function isListOf<T extends 'string' | 'number'>(
  value: unknown,
  type: T,
): value is readonly (T extends 'string' ? string : number)[] {
  return Array.isArray(value) && value.every((one) => typeof one === type)
}

/** A body that could be sent: what is stored, or what a form has before anybody filled it in. */
export function exampleOf(fields: readonly Field[], stored: Values = {}): Values {
  return Object.fromEntries(
    fields.map((field) => [
      field.name,
      stored[field.name] ?? (Object.hasOwn(stored, field.name) ? null : sample(field)),
    ]),
  )
}

function sample(field: Field): Value {
  if (field.kind === 'choice') return field.choices?.[0]?.value ?? null
  const isText = ['text', 'email', 'code'].includes(field.kind) && field.isRequired === true
  return isText ? '' : emptyValue(field)
}

/** What a field holds before anybody filled it in. */
export function emptyValue({ kind, initial }: Pick<Field, 'kind' | 'initial'>): Value {
  if (initial !== undefined) return initial
  if (kind === 'flag') return false
  if (kind === 'password') return ''
  return ['texts', 'choices', 'references', 'rows'].includes(kind) ? [] : null
}

function checked(fields: readonly Field[], values: Values): Input {
  const wrong = fields.flatMap((field): readonly (readonly [string, readonly string[]])[] => {
    const reasons = faultsOf(field, values[field.name] ?? null)
    return reasons.length === 0 ? [] : [[field.name, reasons]]
  })
  return wrong.length === 0
    ? { kind: 'values', values }
    : { kind: 'invalid', values, errors: Object.fromEntries(wrong) }
}

function faultsOf(field: Field, value: Value): readonly string[] {
  const isEmpty = value === null || value === '' || (Array.isArray(value) && value.length === 0)
  if (isEmpty) return field.isRequired === true ? [required] : []
  if (field.kind === 'json') return jsonFaults(value)
  if (hasNull(value)) return ['Null characters are not allowed.']
  if (typeof value === 'string' && value.length > longestText) {
    return [`Ensure this field has no more than ${longestText} characters.`]
  }
  if (typeof value === 'number' && !Number.isSafeInteger(value)) return ['Enter a whole number.']
  const offered = field.choices?.map((choice) => choice.value)
  if (offered !== undefined && (field.kind === 'choice' || field.kind === 'choices')) {
    const strange = (isList(value) ? value : [textOf(value)]).find((one) => !offered.includes(String(one)))
    if (strange !== undefined) return ['Select a valid choice.']
  }
  return []
}

/** PostgreSQL keeps no such text. */
function hasNull(value: Value): boolean {
  return (isList(value) ? value : [value]).some((one) => typeof one === 'string' && one.includes('\0'))
}

function jsonFaults(value: Value): readonly string[] {
  if (!isObject(value)) return ['Enter a JSON object.']
  return textOf(value).length > longestJson ? [`Ensure this field has no more than ${longestJson} characters.`] : []
}

/** Whether two values are the same; the order of a list does not count. */
export function isSameValue(one: Value | undefined, other: Value | undefined): boolean {
  return JSON.stringify(normal(one)) === JSON.stringify(normal(other))
}

function normal(value: Value | undefined): Value {
  return isList(value) ? value.map(String).toSorted() : (value ?? null)
}

export interface ChangedValue {
  readonly before: Value
  readonly after: Value
}

/** What differs, by field. */
export function changedValues(before: Values, after: Values): Readonly<Record<string, ChangedValue>> {
  return Object.fromEntries(
    Object.entries(after)
      .filter(([name, value]) => !isSameValue(before[name], value))
      .map(([name, value]) => [name, { before: before[name] ?? null, after: value }]),
  )
}

/** As one cell of a file: moments in ISO 8601, lists with spaces between. */
export function valueText(field: Field, value: Value | undefined): string {
  if (value === null || value === undefined) return ''
  if (field.kind === 'instant') return new Date(Number(value)).toISOString()
  if (field.kind === 'rows') return JSON.stringify(value)
  return isList(value) ? value.join(' ') : textOf(value)
}
