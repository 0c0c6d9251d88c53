// Which fields of a client somebody may fill in, and what is on offer there: an owner gives it to nobody else, and powers over other
// people are given by a superuser only, as on the owners' own pages. Who has one sees it, and may give it up.
import { type Field, type FieldChoice, isList, type Values } from '../../../platform/console/index.ts'
import type { SecretValues } from '../../../records/clients/index.ts'

export interface FieldsReader {
  readonly isSuperuser: boolean
  /** Reaches the client by owning it, not by a permission. */
  readonly isOwner: boolean
  readonly scopes: readonly { readonly name: string; readonly description: string }[]
}

/** @param now what the client holds; undefined for a new one */
export function clientFieldsFor(
  fields: readonly Field[],
  now: Values | undefined,
  reader: FieldsReader,
): readonly Field[] {
  return fields.flatMap((field): readonly Field[] => {
    switch (field.name) {
      case 'owner':
        return reader.isOwner ? [] : [field]
      case 'consent':
        return reader.isSuperuser || now?.['consent'] === 'skip' ? [field] : []
      case 'grant_types':
        return [trusted(field, ['password'], now, reader)]
      case 'response_types':
        return [
          trusted(
            field,
            valuesOf(field).filter((type) => type !== 'code'),
            now,
            reader,
          ),
        ]
      case 'introspection':
        return [trusted(field, ['any'], now, reader)]
      case 'scopes':
        return [{ ...field, choices: scopeChoices(now, reader), initial: initialScopes(field, reader) }]
      case 'secret':
        return [{ ...field, choices: secretChoices(now) }]
      default:
        return [field]
    }
  })
}

function valuesOf({ choices = [] }: Field): readonly string[] {
  return choices.map(({ value }) => value)
}

function held(now: Values | undefined, name: string): readonly string[] {
  const value = now?.[name]
  if (isList(value)) return value.map(String)
  return typeof value === 'string' ? [value] : []
}

/** Without the choices that are powers, unless it has them. */
function trusted(field: Field, powers: readonly string[], now: Values | undefined, reader: FieldsReader): Field {
  if (reader.isSuperuser) return field
  const has = held(now, field.name)
  const choices = (field.choices ?? []).filter(({ value }) => !powers.includes(value) || has.includes(value))
  return { ...field, choices }
}

function scopeChoices(now: Values | undefined, { scopes }: FieldsReader): readonly FieldChoice[] {
  const known = scopes.map(({ name, description }) => ({ value: name, label: name, hint: description }))
  const gone = held(now, 'scopes').filter((scope) => !scopes.some(({ name }) => name === scope))
  return [...known, ...gone.map((scope) => ({ value: scope, label: scope, hint: 'This server knows it no more.' }))]
}

function initialScopes({ initial }: Field, { scopes }: FieldsReader): readonly string[] {
  return (isList(initial) ? initial.map(String) : []).filter((scope) => scopes.some(({ name }) => name === scope))
}

function secretChoices(now: Values | undefined): readonly FieldChoice[] {
  const secrets: unknown = now?.['secrets']
  return (Array.isArray(secrets) ? secrets : []).map((secret: SecretValues) => ({
    value: secret.id,
    label: `${secret.ends_in === null ? 'Chosen by an operator' : `Ends in ${secret.ends_in}`}, ${secret.age_days === 1 ? '1 day' : `${secret.age_days} days`} old`,
  }))
}
