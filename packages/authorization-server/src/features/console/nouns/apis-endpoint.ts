// What the console does with APIs. A token for one is judged by what stands here at that moment; nothing that is deleted comes back.
import {
  type Asked,
  changedValues,
  type Desk,
  type Entry,
  type Noun,
  type Outcome,
  type Values,
} from '../../../platform/console/index.ts'
import type { FieldErrors } from '../../../platform/html/index.ts'
import { findClient, findClientByRow, signingAlgorithms, takeScopeFromClients } from '../../../records/clients/index.ts'
import {
  type Api,
  audienceFault,
  audienceSentences,
  deleteApi,
  insertApi,
  insertApiClient,
  listApis,
  listRetired,
  type NewApi,
  removeApiClients,
  retireName,
  tokenFormats,
  updateApi,
} from '../../../records/scopes/index.ts'
import { fieldErrors } from '../../browser/index.ts'
import type { Context } from '../../context/index.ts'
import { changeBy } from '../trail.ts'

const conflict: Outcome = { kind: 'conflict' }
const shortLifeSeconds = 300
const lifetime = { least: 10, most: 86_400 }
const longestName = 200

export function apisDesk(context: Context, noun: Noun): Desk {
  return {
    noun,
    complete: (entries) => complete(context, entries),
    add: (asked, values) => add(context, asked, values),
    change: (asked, entry, values) => withApi(context, entry, (api) => change(context, asked, api, entry, values)),
    remove: (asked, entry) => withApi(context, entry, (api) => remove(context, asked, api, entry)),
    consequences: async (entry) => {
      const api = await findApi(context, entry)
      return [
        { label: 'Scopes that are deleted with it', count: api?.scopes.length ?? 0 },
        { label: 'Applications that may no longer ask about its tokens', count: api?.clientRows.length ?? 0 },
      ]
    },
  }
}

/** There are few: all are read, as the directory does. */
async function findApi(context: Context, { id }: Pick<Entry, 'id'>): Promise<Api | undefined> {
  return (await listApis(context.database)).find((api) => String(api.id) === id)
}

async function withApi(context: Context, entry: Entry, act: (api: Api) => Promise<Outcome>): Promise<Outcome> {
  const api = await findApi(context, entry)
  return api === undefined ? conflict : act(api)
}

async function complete(context: Context, entries: readonly Entry[]): Promise<readonly Entry[]> {
  const apis = new Map((await listApis(context.database)).map((api) => [String(api.id), api]))
  return Promise.all(
    entries.map(async (entry) => {
      const api = apis.get(entry.id)
      const clients = api === undefined ? [] : await clientIdsOf(context, api)
      return { ...entry, values: { ...entry.values, scopes: api?.scopes ?? [], clients } }
    }),
  )
}

async function clientIdsOf(context: Context, { clientRows }: Api): Promise<readonly string[]> {
  const clients = await Promise.all(clientRows.map((row) => findClientByRow(context.database, row)))
  return clients.flatMap((client) => client?.clientId ?? [])
}

function textOf(values: Values, name: string): string {
  const value = values[name]
  return typeof value === 'string' ? value : ''
}

function typedApi(values: Values, audience: string): NewApi {
  const tokenFormat = tokenFormats.find((one) => one === values['token_format']) ?? 'opaque'
  const given = values['access_token_lifetime_seconds']
  return {
    audience,
    name: textOf(values, 'name'),
    tokenFormat,
    signingAlgorithm: signingAlgorithms.find((one) => one === values['signing_algorithm']) ?? 'RS256',
    accessTokenLifetimeSeconds: typeof given === 'number' ? given : undefined,
  }
}

function apiErrors({ name, accessTokenLifetimeSeconds: seconds }: NewApi): FieldErrors {
  const isWrong = seconds !== undefined && (seconds < lifetime.least || seconds > lifetime.most)
  return {
    name:
      Array.from(name).length > longestName ? [`Ensure this field has no more than ${longestName} characters.`] : [],
    access_token_lifetime_seconds: isWrong ? [`It is a number from ${lifetime.least} to ${lifetime.most}.`] : [],
  }
}

async function audienceErrors(context: Context, audience: string): Promise<readonly string[]> {
  const taken = new Set((await listApis(context.database)).map((api) => api.audience))
  const { issuer } = context
  const fault = audienceFault(audience, { issuer, taken, retired: await listRetired(context.database) })
  return fault === undefined ? [] : [audienceSentences[fault]]
}

function rowOf({ name, tokenFormat, signingAlgorithm, accessTokenLifetimeSeconds }: NewApi): Values {
  return {
    name,
    token_format: tokenFormat,
    signing_algorithm: signingAlgorithm,
    access_token_lifetime_seconds: accessTokenLifetimeSeconds ?? null,
  }
}

/** Its key must be published before the first token is signed with it. */
async function prepareKeys(context: Context, api: NewApi): Promise<void> {
  if (api.tokenFormat === 'jwt') await context.keys.prepare([api.signingAlgorithm])
}

async function add(context: Context, asked: Asked, values: Values): Promise<Outcome> {
  const typed = typedApi(values, textOf(values, 'audience'))
  const { audience } = typed
  const errors = fieldErrors({ ...apiErrors(typed), audience: await audienceErrors(context, audience) })
  if (errors !== undefined) return { kind: 'invalid', errors }
  const api = { ...typed, accessTokenLifetimeSeconds: typed.tokenFormat === 'jwt' ? shortLifeSeconds : undefined }
  await prepareKeys(context, api)
  const changes = changedValues({}, { audience, ...rowOf(api) })
  const result = await context.database.commit([
    insertApi(api, asked.at),
    changeBy(asked, { kind: 'api.created', noun: 'apis', target: { audience }, changes }),
  ])
  context.apis.forget()
  const made = (await listApis(context.database)).find((one) => one.audience === audience)
  return result.won && made !== undefined ? { kind: 'done', id: String(made.id) } : conflict
}

async function change(context: Context, asked: Asked, api: Api, entry: Entry, values: Values): Promise<Outcome> {
  const after = typedApi(values, api.audience)
  const clientIds = [...new Set([values['clients'] ?? []].flat().map(String))]
  const errors = fieldErrors({ ...apiErrors(after), clients: await clientErrors(context, clientIds) })
  if (errors !== undefined) return { kind: 'invalid', errors }
  const before = { ...rowOf(api), clients: await clientIdsOf(context, api) }
  const changes = changedValues(before, { ...rowOf(after), clients: clientIds })
  if (Object.keys(changes).length === 0) return { kind: 'done' }
  await prepareKeys(context, after)
  const result = await context.database.commit([
    changeBy(asked, { kind: 'api.changed', noun: 'apis', target: entry.id, changes }),
    updateApi(api.id, entry.version ?? 0, after, asked.at),
    ...('clients' in changes
      ? [removeApiClients(api.id), ...clientIds.map((clientId) => insertApiClient(api.audience, clientId))]
      : []),
  ])
  context.apis.forget()
  return result.won ? { kind: 'done' } : conflict
}

async function clientErrors(context: Context, clientIds: readonly string[]): Promise<readonly string[]> {
  const found = await Promise.all(clientIds.map((clientId) => findClient(context.database, clientId)))
  return clientIds.flatMap((clientId, at) => {
    const client = found[at]
    if (client === undefined) return [`There is no application ${clientId}.`]
    return client.isConfidential ? [] : [`${clientId} has no secret, so it cannot prove itself when it asks.`]
  })
}

async function remove(context: Context, asked: Asked, api: Api, entry: Entry): Promise<Outcome> {
  const before = { audience: api.audience, ...rowOf(api), scopes: api.scopes }
  const after = Object.fromEntries(Object.keys(before).map((name) => [name, null]))
  const changes = changedValues(before, after)
  const result = await context.database.commit([
    changeBy(asked, { kind: 'api.deleted', noun: 'apis', target: entry.id, changes }),
    retireName('audience', api.audience, asked.at),
    ...api.scopes.flatMap((scope) => [retireName('scope', scope, asked.at), takeScopeFromClients(scope, asked.at)]),
    deleteApi(api.id, entry.version ?? 0),
  ])
  context.apis.forget()
  context.clients.forget()
  return result.won ? { kind: 'done' } : conflict
}
