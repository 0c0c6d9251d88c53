// What the console does with clients: add, change, delete, give and withdraw secrets, switch off. What may be registered, and by
// whom, is decided in records/clients, as for the pages of their owners.
import {
  type Asked,
  type Desk,
  type Entry,
  type Noun,
  type Outcome,
  reachOf,
  type ShownOnce,
  type Value,
  type Values,
} from '../../../platform/console/index.ts'
import type { FieldErrors } from '../../../platform/html/index.ts'
import type { Write } from '../../../platform/storage/index.ts'
import {
  changesOfClient,
  chosenSecretFaults,
  type Client,
  clientFaults,
  clientsAt,
  type ClientSettings,
  clientValues,
  defaultClientSettings,
  deleteClient,
  deleteSecret,
  dropOldSecrets,
  findClient,
  findClientByRow,
  generateClientId,
  generateSecret,
  gainingOwner,
  insertClient,
  insertSecret,
  mostLiveSecrets,
  needsSecret,
  type NewClientSecret,
  raiseClientEpoch,
  secretsOf,
  secretsOfClients,
  setClientEnabled,
  setClientOwner,
  settingsFrom,
  settledClient,
  signedFor,
  storeChosenSecret,
  turnOfSecret,
  updateClient,
} from '../../../records/clients/index.ts'
import { endPasswordLink } from '../../../records/credentials/index.ts'
import { changesOfTarget } from '../../../records/events/index.ts'
import { countLiveGrantsOfClient } from '../../../records/grants/index.ts'
import { listScopes } from '../../../records/scopes/index.ts'
import { findUser, findUserByIdentifier, findUserBySubject, usersNoun } from '../../../records/users/index.ts'
import { sectorFaultOf } from '../../client-registration/index.ts'
import type { Context } from '../../context/index.ts'
import { whyNotApplication } from '../authority.ts'
import { clientFieldsFor } from './client-fields.ts'
import { changeBy, type Told } from '../trail.ts'

const conflict: Outcome = { kind: 'conflict' }

export function clientsDesk(context: Context, noun: Noun): Desk {
  const turned = (after: boolean): Told['changes'] => ({ enabled: { before: !after, after } })
  return {
    noun,
    complete: (entries) => complete(context, entries),
    fields: async (asked, fields, entry) => {
      const reach = reachOf(asked.actor, noun, entry === undefined ? 'add' : 'change')
      const scopes = await listScopes(context.database)
      return clientFieldsFor(fields, entry?.values, { ...asked.actor, isOwner: reach === 'own', scopes })
    },
    add: (asked, values) => add(context, noun, asked, values),
    change: (asked, entry, values) => change(context, asked, entry, values),
    remove: (asked, entry) => withClient(context, entry, (client) => remove(context, asked, client)),
    consequences: (entry) => consequences(context, Number(entry.id)),
    links: ({ id, values }, { actor }) =>
      actor.isSuperuser || values['owner'] === actor.id
        ? [{ label: 'Examples and endpoints', href: `/o/applications/${id}/` }]
        : [],
    acts: {
      'new-secret': (asked, entry, values) =>
        withClient(context, entry, (client) => addSecret(context, asked, client, values)),
      'withdraw-secret': (asked, entry, values) =>
        withClient(context, entry, (client) => withdrawSecret(context, asked, client, Number(values['secret']))),
      disable: (asked, entry) =>
        act(context, asked, entry, { kind: 'client.disabled', changes: turned(false) }, (row) =>
          setClientEnabled(row, false, asked.at),
        ),
      enable: async (asked, entry) =>
        (await whyNotEnable(context, noun, asked, entry)) ??
        act(context, asked, entry, { kind: 'client.enabled', changes: turned(true) }, (row) =>
          setClientEnabled(row, true, asked.at),
        ),
      'end-access': (asked, entry) =>
        act(context, asked, entry, { kind: 'client.access-ended' }, (row) => raiseClientEpoch(row, asked.at)),
    },
  }
}

async function complete(context: Context, entries: readonly Entry[]): Promise<readonly Entry[]> {
  const rows = entries.map(({ id }) => Number(id))
  const [clients, secrets] = await Promise.all([
    clientsAt(context.database, rows),
    secretsOfClients(context.database, rows),
  ])
  const known = new Map(clients.map((client) => [String(client.row), client]))
  const now = context.clock.now()
  return entries.flatMap((entry) => {
    const client = known.get(entry.id)
    if (client === undefined) return []
    const values = clientValues(client, secrets.get(client.row) ?? [], now)
    return [{ ...entry, values, version: client.updatedAt }]
  })
}

async function withClient(
  context: Context,
  entry: Entry,
  work: (client: Client) => Promise<Outcome>,
): Promise<Outcome> {
  const client = await findClientByRow(context.database, Number(entry.id))
  return client === undefined ? conflict : work(client)
}

/** One commit with its trail; every answer of the directory is read anew after it. */
async function commit(
  context: Context,
  writes: readonly Write[],
  done: Extract<Outcome, { kind: 'done' }> = { kind: 'done' },
): Promise<Outcome> {
  const result = await context.database.commit(writes)
  context.clients.forget()
  return result.won ? done : conflict
}

function toldOf(client: Client, told: Pick<Told, 'kind' | 'changes' | 'note'>): Told {
  return { ...told, noun: 'clients', target: String(client.row), clientRow: client.row }
}

function act(
  context: Context,
  asked: Asked,
  entry: Entry,
  told: Pick<Told, 'kind' | 'changes'>,
  write: (row: number) => Write,
): Promise<Outcome> {
  return withClient(context, entry, (client) =>
    commit(context, [changeBy(asked, toldOf(client, told)), write(client.row)]),
  )
}

const mostPast = 200

/** An owner takes back what they did themselves, not what somebody in charge did. */
async function whyNotEnable(
  context: Context,
  noun: Noun,
  { actor }: Asked,
  entry: Entry,
): Promise<Outcome | undefined> {
  if (reachOf(actor, noun, 'change') === 'all') return undefined
  const past = await changesOfTarget(context.database, noun.name, entry.id, mostPast)
  const disabled = past.find(({ detail }) => afterOf(detail?.['changes'], 'enabled') === false)
  if (disabled?.actorId === actor.id) return undefined
  return { kind: 'refused', why: 'Somebody in charge of this server disabled it, and has to enable it.' }
}

function afterOf(changes: unknown, name: string): unknown {
  return memberOf(memberOf(changes, name), 'after')
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null
    ? new Map<string, unknown>(Object.entries(value)).get(name)
    : undefined
}

/** What is wrong with the client as it is wanted, or the client as it is registered. */
async function decided(
  context: Context,
  { actor }: Asked,
  wanted: ClientSettings,
  before: ClientSettings,
): Promise<{ readonly errors: FieldErrors } | ClientSettings> {
  const scopes = await listScopes(context.database)
  const errors = clientFaults(wanted, before, {
    mayTrust: actor.isSuperuser,
    knownScopes: scopes.map(({ name }) => name),
    admits: (url) => context.outgoing.admits(url),
  })
  if (errors !== undefined) return { errors }
  const settings = settledClient(wanted)
  const isKnown =
    settings.metadata.sectorIdentifierUri === before.metadata.sectorIdentifierUri &&
    settings.redirectUris.every((uri) => before.redirectUris.includes(uri))
  const fault = isKnown ? undefined : await sectorFaultOf(context, settings)
  return fault === undefined
    ? settings
    : { errors: { sector_identifier_uri: [fault.slice(0, 1).toUpperCase() + fault.slice(1)] } }
}

/**
 * Nobody, somebody by id, or by their whole email or username; undefined when there is no such person, or none of whom the actor may
 * know: for who may not see people there are only they themselves, and whoever owns it already.
 */
async function ownerNamed(
  { database }: Context,
  { actor }: Asked,
  owner: Value,
  before?: number,
): Promise<{ readonly id: number | undefined } | undefined> {
  if (typeof owner !== 'number' && typeof owner !== 'string') return { id: undefined }
  const user = typeof owner === 'number' ? await findUser(database, owner) : await findUserByIdentifier(database, owner)
  const isKnown = user !== undefined && [actor.id, before].includes(user.id)
  if (!isKnown && reachOf(actor, await usersNoun(), 'view') !== 'all') return undefined
  return user && { id: user.id }
}

const noSuchPerson: Outcome = { kind: 'invalid', errors: { owner: ['There is no such person.'] } }
const takenId: Outcome = {
  kind: 'invalid',
  errors: { client_id: ['Application with this Client ID already exists.'] },
}

async function add(context: Context, noun: Noun, asked: Asked, values: Values): Promise<Outcome> {
  const isOwn = reachOf(asked.actor, noun, 'add') === 'own'
  const owner = isOwn ? { id: asked.actor.id } : await ownerNamed(context, asked, values['owner'] ?? null)
  if (owner === undefined) return noSuchPerson
  const typed = values['client_id']
  const clientId = typeof typed === 'string' ? typed : generateClientId(context.random)
  // RFC 9700 §4.15: an API would take a token of its own for one of the person.
  if ((await findUserBySubject(context.database, clientId)) !== undefined) return takenId
  const defaults = defaultClientSettings({ clientId: '', name: '', isConfidential: true })
  const wanted = { ...settingsFrom(values, defaults), clientId, ownerId: owner.id }
  const chosen = needsSecret(wanted) ? chosenIn(values) : ''
  const secretFaults = chosen === '' ? [] : chosenSecretFaults(chosen)
  const settings = await decided(context, asked, wanted, defaults)
  if ('errors' in settings || secretFaults.length > 0) {
    const wrong = secretFaults.length > 0 ? { client_secret: secretFaults } : {}
    return { kind: 'invalid', errors: { ...('errors' in settings ? settings.errors : {}), ...wrong } }
  }
  return store(context, asked, settings, chosen)
}

async function store(context: Context, asked: Asked, settings: ClientSettings, chosen: string): Promise<Outcome> {
  const secret = needsSecret(settings) ? await newSecret(context, chosen) : undefined
  await context.keys.prepare(signedFor(settings))
  const { clientId } = settings
  const changes = changesOfClient(undefined, settings)
  const done = await commit(context, [
    insertClient(settings, asked.at),
    ...gainingOwner(undefined, settings).map(endPasswordLink),
    ...(secret === undefined ? [] : [insertSecret(clientId, secret.stored, asked.at)]),
    changeBy(asked, { kind: 'client.created', noun: 'clients', target: { clientId }, changes }),
  ])
  const client = await findClient(context.database, clientId)
  if (done.kind !== 'done') return client === undefined ? done : takenId
  return client === undefined ? conflict : { kind: 'done', id: String(client.row), shown: secret?.shown ?? [] }
}

interface NewSecret {
  readonly stored: NewClientSecret
  /** Nothing for whoever chose it: they know it. */
  readonly shown: readonly ShownOnce[]
}

async function newSecret(context: Context, chosen: string): Promise<NewSecret> {
  if (chosen !== '') return { stored: await storeChosenSecret(chosen, context.passwords), shown: [] }
  const { secret, stored } = generateSecret(context.random)
  return { stored, shown: [shownSecret(secret)] }
}

function shownSecret(value: string): ShownOnce {
  return { label: 'Client secret', value, hint: 'Only a digest of it is kept.' }
}

function chosenIn(values: Values): string {
  const typed = values['client_secret']
  return typeof typed === 'string' ? typed.trim() : ''
}

async function change(context: Context, asked: Asked, entry: Entry, values: Values): Promise<Outcome> {
  return withClient(context, entry, async (client) => {
    if (client.updatedAt !== entry.version) return conflict
    const why = whyNotApplication(asked.actor, client)
    if (why !== undefined) return { kind: 'refused', why }
    const { owner: named } = values
    const owner = named === undefined ? { id: client.ownerId } : await ownerNamed(context, asked, named, client.ownerId)
    if (owner === undefined) return noSuchPerson
    const settings = await decided(context, asked, { ...settingsFrom(values, client), ownerId: owner.id }, client)
    if ('errors' in settings) return { kind: 'invalid', errors: settings.errors }
    const changes = changesOfClient(client, settings)
    if (Object.keys(changes).length === 0) return { kind: 'done' }
    const live = (await secretsOf(context.database, client.row)).length
    const turned = turnOfSecret(client, settings, live, { random: context.random, now: asked.at })
    await context.keys.prepare(signedFor(settings))
    const writes = [
      changeBy(asked, toldOf(client, { kind: 'client.changed', changes })),
      updateClient(client, settings, asked.at),
      ...(owner.id === client.ownerId ? [] : [setClientOwner(client.row, owner.id)]),
      ...gainingOwner(client, settings).map(endPasswordLink),
      ...turned.writes,
    ]
    const shown = turned.secret === undefined ? [] : [shownSecret(turned.secret)]
    return commit(context, writes, { kind: 'done', shown })
  })
}

/** The tables let secrets, consents and grants go with their client; the trail keeps what it was. */
function remove(context: Context, asked: Asked, client: Client): Promise<Outcome> {
  const changes = changesOfClient(client, undefined)
  return commit(context, [
    changeBy(asked, toldOf(client, { kind: 'client.deleted', changes })),
    deleteClient(client.row),
  ])
}

async function consequences(
  context: Context,
  row: number,
): Promise<readonly { readonly label: string; readonly count: number }[]> {
  const [live, secrets] = await Promise.all([
    countLiveGrantsOfClient(context.database, row, context.clock.now()),
    secretsOf(context.database, row),
  ])
  return [
    { label: 'People who are no longer signed in to it', count: live.people },
    { label: 'Grants that end, with their tokens', count: live.grants },
    { label: 'Secrets that stop working', count: secrets.length },
  ]
}

/** Beside the newest old one, so that the application can be changed over without a break. */
async function addSecret(context: Context, asked: Asked, client: Client, values: Values): Promise<Outcome> {
  if (!needsSecret(client)) return { kind: 'refused', why: 'This application proves itself without a secret.' }
  const why = whyNotApplication(asked.actor, client)
  if (why !== undefined) return { kind: 'refused', why }
  const chosen = chosenIn(values)
  const faults = chosen === '' ? [] : chosenSecretFaults(chosen)
  if (faults.length > 0) return { kind: 'invalid', errors: { client_secret: faults } }
  const { stored, shown } = await newSecret(context, chosen)
  const before = (await secretsOf(context.database, client.row)).map(({ id }) => String(id))
  const changes = { secrets: { before, after: ['new', ...before.slice(0, mostLiveSecrets - 1)] } }
  return commit(
    context,
    [
      changeBy(asked, toldOf(client, { kind: 'client.secret-rotated', changes, note: 'added' })),
      insertSecret(client.clientId, stored, asked.at),
      dropOldSecrets(client.row, mostLiveSecrets),
    ],
    { kind: 'done', shown },
  )
}

async function withdrawSecret(context: Context, asked: Asked, client: Client, secretId: number): Promise<Outcome> {
  const live = (await secretsOf(context.database, client.row)).map(({ id }) => id)
  if (!live.includes(secretId)) return { kind: 'invalid', errors: { secret: ['Select a valid choice.'] } }
  if (live.length === 1) return { kind: 'refused', why: 'It is the last secret: give the application a new one first.' }
  const texts = live.map(String)
  const changes = { secrets: { before: texts, after: texts.filter((id) => id !== String(secretId)) } }
  return commit(context, [
    changeBy(asked, toldOf(client, { kind: 'client.secret-rotated', changes, note: 'removed' })),
    deleteSecret(client.row, secretId),
  ])
}
