// Reads the bodies of the profile APIs as Django REST framework's serializers do: same rules, same order, same words.
import { HttpFault, type Incoming } from '../../platform/http/index.ts'
import { FieldErrors } from '../refusals/index.ts'

export type Fields = ReadonlyMap<string, unknown>

/** The members of a JSON object, a form or a multipart form. */
export function fieldsOf(request: Incoming): Fields {
  const { body } = request
  switch (body.kind) {
    case 'none':
      return new Map()
    case 'form':
      return new Map(body.parameters.names().map((name) => [name, body.parameters.all(name).at(-1)]))
    case 'json':
      return membersOf(body.value)
    case 'malformed':
      if (body.type !== 'application/json')
        throw new HttpFault('bad-request', body.reason, { detail: { rule: 'body' } })
      throw new HttpFault('bad-request', `JSON parse error - ${body.reason}`, { detail: { rule: 'body' } })
    case 'unsupported':
      throw new HttpFault('unsupported-media-type', `Unsupported media type "${printable(body.type)}" in request.`)
  }
}

function printable(type: string): string {
  return type.replaceAll(/[^\x21-\x7e]/g, '').slice(0, 100)
}

function membersOf(value: unknown): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return new Map(Object.entries(value))
  const kind = Array.isArray(value) ? 'list' : (pythonNames[typeof value] ?? 'NoneType')
  throw new FieldErrors({ non_field_errors: [`Invalid data. Expected a dictionary, but got ${kind}.`] })
}

const pythonNames: Readonly<Record<string, string>> = { string: 'str', number: 'int', boolean: 'bool' }

export interface TextRule {
  readonly required: boolean
  readonly mayBeBlank: boolean
  readonly maxLength?: number
  /** Passwords keep their spaces. */
  readonly trim: boolean
}

export type FieldResult =
  | { readonly kind: 'value'; readonly value: string }
  | { readonly kind: 'absent' }
  | { readonly kind: 'errors'; readonly messages: readonly string[] }

/** One text field, judged in the framework's order: presence, null, type, blank, length. */
export function textField(fields: Fields, name: string, rule: TextRule): FieldResult {
  if (!fields.has(name)) return rule.required ? refuse('This field is required.') : { kind: 'absent' }
  const raw = fields.get(name)
  if (raw === null) return refuse('This field may not be null.')
  if (typeof raw !== 'string' && typeof raw !== 'number') return refuse('Not a valid string.')
  const value = rule.trim ? String(raw).trim() : String(raw)
  if (value.includes('\0')) return refuse('Null characters are not allowed.')
  if (value === '') return rule.mayBeBlank ? { kind: 'value', value } : refuse('This field may not be blank.')
  if (rule.maxLength !== undefined && [...value].length > rule.maxLength) {
    return refuse(`Ensure this field has no more than ${rule.maxLength} characters.`)
  }
  return { kind: 'value', value }
}

function refuse(message: string): FieldResult {
  return { kind: 'errors', messages: [message] }
}

/** The errors of all fields, in the order of the fields. */
export function errorsOf(results: Readonly<Record<string, FieldResult>>): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(
    Object.entries(results).flatMap(([name, result]) => (result.kind === 'errors' ? [[name, result.messages]] : [])),
  )
}

export function valueOf(result: FieldResult): string | undefined {
  return result.kind === 'value' ? result.value : undefined
}
