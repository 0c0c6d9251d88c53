// The writes of a plan, for one commit: all of it or nothing. Each stands on what the plan was made from, so that a row which
// somebody changed meanwhile stops it all. What others refer to comes first, and goes last.
import type { Write } from '../../platform/storage/index.ts'
import type { Instant } from '../../platform/time/index.ts'
import {
  deleteClient,
  disableNewClient,
  dropOldSecrets,
  gainingOwner,
  insertClient,
  insertSecret,
  mostLiveSecrets,
  type NewClientSecret,
  raiseClientEpoch,
  setClientEnabled,
  setClientOwner,
  signedFor,
  type SigningAlgorithm,
  takeScopeFromClients,
  updateClient,
} from '../../records/clients/index.ts'
import { endPasswordLink, endPasswordLinksOfGroup } from '../../records/credentials/index.ts'
import { type EventKind, type OperatorChange, recordOperatorChange } from '../../records/events/index.ts'
import { deleteGroup, insertGroup, updateGroup } from '../../records/groups/index.ts'
import {
  deleteApi,
  deleteScope,
  insertApi,
  insertApiClient,
  insertApiScope,
  insertScope,
  removeApiClients,
  retireName,
  touchApi,
  updateApi,
  updateScope,
} from '../../records/scopes/index.ts'
import type { Case } from './checks.ts'
import { apiFrom, wantedClient } from './entries.ts'
import type { Change, Kind } from './entry.ts'
import type { ClientDeclaration } from './schema.ts'

export interface Decided extends Case {
  /** Of the clients whose secret will be set, by client id. */
  readonly secrets: ReadonlyMap<string, NewClientSecret>
}

export function planWrites(decided: Decided, now: Instant): readonly Write[] {
  const { changes } = decided.plan
  const of = (kind: Kind, actions: readonly Change['action'][], write: Writer): readonly Write[] =>
    changes
      .filter((change) => change.kind === kind && actions.includes(change.action))
      .flatMap((change) => write(decided, change, now))
  const made = ['create', 'change'] as const
  return [
    ...of('api', made, apiWrites),
    ...scopesInOrder(decided).flatMap((change) => scopeWrites(decided, change, now)),
    ...of('group', made, groupWrites),
    ...of('client', made, clientWrites),
    // They name clients, which are all there by now.
    ...of('api', made, apiClientWrites),
    ...of('client', ['delete'], clientEnding),
    ...of('group', ['delete'], groupEnding),
    ...of('scope', ['delete'], scopeEnding),
    ...of('api', ['delete'], apiEnding),
  ]
}

/** By which algorithms something will be signed: their keys are published before the first token. */
export function signedByPlan({ plan, declaration: { clients = {}, apis = {} } }: Case): readonly SigningAlgorithm[] {
  const made = plan.changes.filter(({ action }) => action !== 'delete')
  const algorithms = made.flatMap(({ kind, name }): readonly SigningAlgorithm[] => {
    const [client, api] = [clients[name], apis[name]]
    if (kind === 'client' && client !== undefined) return signedFor(wantedClient(name, client, undefined))
    const isJwt = kind === 'api' && api !== undefined && api.token_format === 'jwt'
    return isJwt ? [apiFrom(name, api).signingAlgorithm] : []
  })
  return [...new Set(algorithms)]
}

type Writer = (decided: Decided, change: Change, now: Instant) => readonly Write[]

const nouns = { scope: 'scopes', api: 'apis', group: 'groups', client: 'clients' } as const
const past = { create: 'created', change: 'changed', delete: 'deleted' } as const

function told(
  { kind, action, differences }: Change,
  now: Instant,
  target: OperatorChange['target'],
  clientRow?: number,
): Write {
  const event: EventKind = `${kind}.${past[action]}`
  const changes = Object.fromEntries(differences.map(({ field, before, after }) => [field, { before, after }]))
  return recordOperatorChange({ kind: event, at: now, noun: nouns[kind], target, changes, clientRow })
}

/** The plan knows only what it read itself: something that is not there is a fault of ours. */
function found<T>(value: T | undefined, { kind, name }: Change): T {
  if (value === undefined) throw new Error(`The plan speaks of a ${kind} that nobody knows: ${name}.`)
  return value
}

function apiWrites({ declaration, current }: Decided, change: Change, now: Instant): readonly Write[] {
  const api = apiFrom(change.name, found(declaration.apis?.[change.name], change))
  const known = current.apis.find(({ audience }) => audience === change.name)
  const write = known === undefined ? insertApi(api, now) : updateApi(known.id, known.version, api, now)
  return [write, told(change, now, { audience: change.name })]
}

function apiClientWrites({ declaration, current }: Decided, change: Change): readonly Write[] {
  if (!change.differences.some(({ field }) => field === 'clients')) return []
  const known = current.apis.find(({ audience }) => audience === change.name)
  const clients = new Set(declaration.apis?.[change.name]?.clients)
  return [
    ...(known === undefined ? [] : [removeApiClients(known.id)]),
    ...[...clients].map((clientId) => insertApiClient(change.name, clientId)),
  ]
}

/** New ones are numbered as they are written, so they are written in the order of the file. */
function scopesInOrder({ declaration: { scopes = {}, apis = {} }, plan }: Decided): readonly Change[] {
  const names = [...Object.keys(scopes), ...Object.values(apis).flatMap((api) => Object.keys(api.scopes ?? {}))]
  const changes = new Map(
    plan.changes.filter(({ kind, action }) => kind === 'scope' && action !== 'delete').map((one) => [one.name, one]),
  )
  return names.flatMap((name) => changes.get(name) ?? [])
}

function scopeWrites({ declaration, current }: Decided, change: Change, now: Instant): readonly Write[] {
  const { name } = change
  const audience = Object.entries(declaration.apis ?? {}).find(([, api]) => Object.hasOwn(api.scopes ?? {}, name))?.[0]
  const declared = audience === undefined ? declaration.scopes : declaration.apis?.[audience]?.scopes
  const description = declared?.[name] ?? name
  const known = current.scopes.find((scope) => scope.name === name)
  const event = told(change, now, name)
  if (known !== undefined) return [updateScope({ ...known, description }, known.version, now), event]
  if (audience === undefined) {
    return [insertScope({ name, description, apiId: undefined, position: undefined }, now), event]
  }
  const api = current.apis.find((one) => one.audience === audience)
  return [insertApiScope(audience, name, description), ...(api === undefined ? [] : [touchApi(api.id, now)]), event]
}

function groupWrites({ declaration, current }: Decided, change: Change, now: Instant): readonly Write[] {
  const { name } = change
  const permissions = [...new Set(declaration.groups?.[name]?.permissions)]
  const known = current.groups.find((group) => group.name === name)
  const writes =
    known === undefined
      ? [insertGroup(name, permissions, now)]
      : // A link that staff printed for a member when they could do less opens nothing any more.
        [updateGroup(known, name, permissions), endPasswordLinksOfGroup(known.id)]
  return [...writes, told(change, now, { group: name })]
}

function clientWrites(decided: Decided, change: Change, now: Instant): readonly Write[] {
  const { name } = change
  const declared = found(decided.declaration.clients?.[name], change)
  const known = decided.current.clients.find(({ client }) => client.clientId === name)?.client
  return known === undefined ? newClient(decided, change, declared, now) : changedClient(decided, change, declared, now)
}

function ownerOf({ resolved }: Decided, { owner }: ClientDeclaration): number | undefined {
  return typeof owner === 'string' ? resolved.owners.get(owner) : undefined
}

function newClient(decided: Decided, change: Change, declared: ClientDeclaration, now: Instant): readonly Write[] {
  const { name } = change
  const secret = decided.secrets.get(name)
  const settings = wantedClient(name, declared, ownerOf(decided, declared))
  return [
    insertClient(settings, now),
    ...gainingOwner(undefined, settings).map(endPasswordLink),
    ...(declared.enabled === false ? [disableNewClient(name)] : []),
    ...(secret === undefined ? [] : [insertSecret(name, secret, now)]),
    told(change, now, { clientId: name }),
  ]
}

function changedClient(decided: Decided, change: Change, declared: ClientDeclaration, now: Instant): readonly Write[] {
  const { name, differences } = change
  const known = found(decided.current.clients.find(({ client }) => client.clientId === name)?.client, change)
  const settings = wantedClient(name, declared, known.ownerId)
  const differs = (field: string): boolean => differences.some((one) => one.field === field)
  const secret = decided.secrets.get(name)
  const turns = known.isConfidential !== settings.isConfidential
  const ownerId = differs('owner') ? ownerOf(decided, declared) : known.ownerId
  return [
    updateClient(known, settings, now),
    ...gainingOwner(known, { ...settings, ownerId }).map(endPasswordLink),
    // A client that loses its secret, or gets its first one, is another client to whoever trusted it: what was issued ends.
    ...(turns ? [dropOldSecrets(known.row, 0), raiseClientEpoch(known.row, now)] : []),
    ...(differs('owner') ? [setClientOwner(known.row, ownerId)] : []),
    ...(differs('enabled') ? [setClientEnabled(known.row, declared.enabled !== false, now)] : []),
    // The one before still works, so that the application can be changed over without a break.
    ...(secret === undefined ? [] : [insertSecret(name, secret, now), dropOldSecrets(known.row, mostLiveSecrets)]),
    told(change, now, String(known.row), known.row),
  ]
}

function clientEnding({ current }: Decided, change: Change, now: Instant): readonly Write[] {
  const known = found(current.clients.find(({ client }) => client.clientId === change.name)?.client, change)
  return [
    // Unmet when it was changed since: then it is not the client that somebody agreed to delete.
    updateClient(known, known, now),
    told(change, now, String(known.row), known.row),
    deleteClient(known.row),
  ]
}

function groupEnding({ current }: Decided, change: Change, now: Instant): readonly Write[] {
  const known = found(
    current.groups.find(({ name }) => name === change.name),
    change,
  )
  return [told(change, now, String(known.id)), deleteGroup(known)]
}

function scopeEnding({ current, plan }: Decided, change: Change, now: Instant): readonly Write[] {
  const known = found(
    current.scopes.find(({ name }) => name === change.name),
    change,
  )
  const api = current.apis.find(({ id }) => id === known.apiId)
  const apiStays = !plan.changes.some(({ kind, name, action }) => {
    return kind === 'api' && name === api?.audience && action === 'delete'
  })
  return [
    told(change, now, known.name),
    retireName('scope', known.name, now),
    deleteScope(known.name, known.version),
    takeScopeFromClients(known.name, now),
    ...(api !== undefined && apiStays ? [touchApi(api.id, now)] : []),
  ]
}

function apiEnding({ current }: Decided, change: Change, now: Instant): readonly Write[] {
  const known = found(
    current.apis.find(({ audience }) => audience === change.name),
    change,
  )
  return [
    told(change, now, String(known.id)),
    retireName('audience', known.audience, now),
    deleteApi(known.id, known.version),
  ]
}
