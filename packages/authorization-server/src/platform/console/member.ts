// What a field that names a member of a JSON document holds. A document is not a table: what it has is looked at, never trusted.
import { emptyValue } from './values.ts'
import type { Field, Value } from './noun.ts'

/**
 * @param document what the column holds
 * @param member its name, with a dot before each that is inside: `address.locality`
 */
export function memberValue({ kind }: Pick<Field, 'kind'>, document: unknown, member: string): Value {
  const value = member.split('.').reduce<unknown>(innerOf, document)
  switch (kind) {
    case 'flag':
      return value === true
    case 'instant':
    case 'integer':
      return typeof value === 'number' && Number.isSafeInteger(value) ? value : null
    case 'texts':
    case 'choices':
    case 'references':
      return Array.isArray(value) ? value.map(String) : []
    case 'json':
      return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {}
    default:
      return typeof value === 'string' && kind !== 'password' ? value : emptyValue({ kind })
  }
}

function innerOf(outer: unknown, name: string): unknown {
  if (typeof outer !== 'object' || outer === null || !Object.hasOwn(outer, name)) return undefined
  return Object.entries(outer).find(([own]) => own === name)?.[1]
}
