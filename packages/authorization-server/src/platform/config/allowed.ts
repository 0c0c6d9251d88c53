// What a setting may be, in words, from its own type: the same words in the reference page and in a fault.

import { z } from 'zod'
import type { Setting } from './fragment.ts'

type JsonSchema = z.core.JSONSchema.BaseSchema

/** The type in words, e.g. `whole number, 30 to 86400`. */
export function allowedValues(setting: Setting<unknown>): string {
  return words(jsonSchema(setting))
}

/** The default as it would be typed, or undefined when there is none. */
export function defaultValue(setting: Setting<unknown>): string | undefined {
  const value = jsonSchema(setting).default
  return value === undefined ? undefined : asTyped(value)
}

/** A value the way it is typed into an environment variable. */
export function asTyped(value: unknown): string {
  if (Array.isArray(value)) {
    return value.map(asTyped).join(',')
  }
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
}

function jsonSchema(setting: Setting<unknown>): JsonSchema {
  return z.toJSONSchema(setting.schema, { io: 'input', unrepresentable: 'any' })
}

function words(schema: JsonSchema): string {
  if (schema.enum !== undefined) {
    return `one of ${schema.enum.map(asTyped).join(', ')}`
  }
  if (schema.const !== undefined) {
    return asTyped(schema.const)
  }
  if (schema.anyOf !== undefined) {
    return schema.anyOf.map((one) => (typeof one === 'boolean' ? 'anything' : words(one))).join(' or ')
  }
  switch (schema.type) {
    case 'integer':
      return `whole number${range(schema.minimum, schema.maximum)}`
    case 'number':
      return `number${range(schema.minimum, schema.maximum)}`
    case 'boolean':
      return 'true or false'
    case 'array':
      return `list, separated by commas, of: ${elementWords(schema.items)}`
    case 'object':
      return 'JSON object'
    case 'string':
      return `${schema.format === 'uri' ? 'URL' : 'text'}${lengths(schema.minLength, schema.maxLength)}`
    case 'null':
    case undefined:
      break
  }
  return 'text'
}

function elementWords(items: JsonSchema['items']): string {
  return typeof items === 'object' && !Array.isArray(items) ? words(items) : 'anything'
}

function range(minimum: number | undefined, maximum: number | undefined): string {
  const low = minimum === undefined || minimum <= Number.MIN_SAFE_INTEGER ? undefined : minimum
  const high = maximum === undefined || maximum >= Number.MAX_SAFE_INTEGER ? undefined : maximum
  if (low !== undefined && high !== undefined) {
    return `, ${low} to ${high}`
  }
  return low !== undefined ? `, ${low} or more` : high !== undefined ? `, ${high} or less` : ''
}

function lengths(minimum: number | undefined, maximum: number | undefined): string {
  if (minimum !== undefined && maximum !== undefined) {
    return `, ${minimum} to ${maximum} characters`
  }
  return minimum !== undefined
    ? `, ${minimum} characters or more`
    : maximum !== undefined
      ? `, ${maximum} characters or less`
      : ''
}
