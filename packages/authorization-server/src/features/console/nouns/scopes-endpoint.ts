// What the console does with scopes. A scope that is deleted means nothing from then on, whoever carries it.
import {
  type Asked,
  changedValues,
  type Desk,
  type Entry,
  type FieldChoice,
  type Noun,
  type Outcome,
  type Values,
} from '../../../platform/console/index.ts'
import type { FieldErrors } from '../../../platform/html/index.ts'
import { countClientsWithScope, takeScopeFromClients } from '../../../records/clients/index.ts'
import {
  deleteScope,
  insertScope,
  isForAnyClient,
  listApis,
  listRetired,
  listScopes,
  retireName,
  scopeNameFault,
  scopeNameSentences,
  touchApi,
  updateScope,
  whyKept,
} from '../../../records/scopes/index.ts'
import { fieldErrors } from '../../browser/index.ts'
import type { Context } from '../../context/index.ts'
import { changeBy } from '../trail.ts'

const conflict: Outcome = { kind: 'conflict' }
const longestDescription = 200
const mostPosition = 1_000_000

export function scopesDesk(context: Context, noun: Noun): Desk {
  return {
    noun,
    choices: () => apiChoices(context),
    add: (asked, values) => add(context, asked, values),
    change: (asked, entry, values) => change(context, asked, entry, values),
    remove: (asked, entry) => remove(context, asked, entry),
    consequences: async ({ id }) => [
      { label: 'Applications that lose it', count: await countClientsWithScope(context.database, id) },
    ],
  }
}

async function apiChoices({ database }: Context): Promise<readonly FieldChoice[]> {
  const apis = (await listApis(database)).map(({ id, name }) => ({ value: String(id), label: name }))
  return [{ value: '', label: 'None: it is for no API alone' }, ...apis]
}

function textOf(values: Values, name: string): string {
  const value = values[name]
  return typeof value === 'string' ? value : ''
}

function descriptionErrors(description: string): readonly string[] {
  const isLong = Array.from(description).length > longestDescription
  return isLong ? [`Ensure this field has no more than ${longestDescription} characters.`] : []
}

async function nameErrors({ database }: Context, name: string): Promise<readonly string[]> {
  const taken = new Set((await listScopes(database)).map((scope) => scope.name))
  const fault = scopeNameFault(name, { taken, retired: await listRetired(database) })
  return fault === undefined ? [] : [scopeNameSentences[fault]]
}

async function apiErrors({ database }: Context, api: Values[string]): Promise<readonly string[]> {
  const isKnown = api === null || (await listApis(database)).some(({ id }) => id === api)
  return isKnown ? [] : ['Select a valid choice.']
}

async function add(context: Context, asked: Asked, values: Values): Promise<Outcome> {
  const name = textOf(values, 'name')
  const description = textOf(values, 'description')
  const api = values['api'] ?? null
  const errors: FieldErrors | undefined = fieldErrors({
    name: await nameErrors(context, name),
    description: descriptionErrors(description),
    api: await apiErrors(context, api),
  })
  if (errors !== undefined) return { kind: 'invalid', errors }
  const apiId = typeof api === 'number' ? api : undefined
  const changes = changedValues({}, { name, description, api })
  const result = await context.database.commit([
    changeBy(asked, { kind: 'scope.created', noun: 'scopes', target: name, changes }),
    insertScope({ name, description, apiId, position: undefined }, asked.at),
    ...(apiId === undefined ? [] : [touchApi(apiId, asked.at)]),
  ])
  context.apis.forget()
  return result.won ? { kind: 'done', id: name } : conflict
}

async function change(
  context: Context,
  asked: Asked,
  { id, version, values: stored }: Entry,
  values: Values,
): Promise<Outcome> {
  const description = textOf(values, 'description')
  const position = Number(values['position'])
  const isPlace = position >= 0 && position <= mostPosition
  const errors = fieldErrors({
    description: descriptionErrors(description),
    position: isPlace ? [] : [`It is a number from 0 to ${mostPosition}.`],
  })
  if (errors !== undefined) return { kind: 'invalid', errors }
  const changes = changedValues(stored, { description, position })
  if (Object.keys(changes).length === 0) return { kind: 'done' }
  if ('description' in changes && !isForAnyClient(id) && !asked.actor.isSuperuser) {
    return {
      kind: 'refused',
      why: 'With these words people hand over their powers here: only a superuser changes them.',
    }
  }
  const result = await context.database.commit([
    changeBy(asked, { kind: 'scope.changed', noun: 'scopes', target: id, changes }),
    updateScope({ name: id, description, position }, version ?? 0, asked.at),
  ])
  context.apis.forget()
  return result.won ? { kind: 'done' } : conflict
}

async function remove(context: Context, asked: Asked, { id, version, values }: Entry): Promise<Outcome> {
  const why = whyKept(id)
  if (why !== undefined) return { kind: 'refused', why }
  const { description = null, api = null } = values
  const changes = changedValues({ name: id, description, api }, { name: null, description: null, api: null })
  const count = await countClientsWithScope(context.database, id)
  const note = count === 0 ? undefined : `Taken from applications: ${count}.`
  const apiId = typeof api === 'number' ? api : undefined
  const result = await context.database.commit([
    changeBy(asked, { kind: 'scope.deleted', noun: 'scopes', target: id, changes, note }),
    retireName('scope', id, asked.at),
    takeScopeFromClients(id, asked.at),
    deleteScope(id, version ?? 0),
    ...(apiId === undefined ? [] : [touchApi(apiId, asked.at)]),
  ])
  context.apis.forget()
  context.clients.forget()
  return result.won ? { kind: 'done' } : conflict
}
