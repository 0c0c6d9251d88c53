// /o/applications/: the list, registering and changing an application. One's own only; a superuser sees all of them.
// What is done to one application by a button of its page is in detail-endpoint.ts.
import type { FieldErrors } from '../../platform/html/index.ts'
import { type Reply, seeOther } from '../../platform/http/index.ts'
import type { Write } from '../../platform/storage/index.ts'
import {
  type Client,
  changesOfClient,
  chosenSecretFaults,
  type ClientSettings,
  defaultClientSettings,
  findClient,
  gainingOwner,
  generateClientId,
  generateSecret,
  insertClient,
  insertSecret,
  signedFor,
  listClients,
  type NewClientSecret,
  secretsOf,
  storeChosenSecret,
  turnOfSecret,
  updateClient,
} from '../../records/clients/index.ts'
import { endPasswordLink } from '../../records/credentials/index.ts'
import { recordChange } from '../../records/events/index.ts'
import { isForAnyClient, listScopes } from '../../records/scopes/index.ts'
import { findUserBySubject } from '../../records/users/index.ts'
import { type OwnForm, type OwnRequest, ownRoutes, page, pageContext, type SignedIn } from '../browser/index.ts'
import type { Context, Description, Feature } from '../context/index.ts'
import { sectorFaultOf } from '../client-registration/index.ts'
import { applicationReply, detailRoutes, ownClient } from './detail-endpoint.ts'
import { type ApplicationFormPage, applicationFormPage, type ApplicationValues } from './form-page.ts'
import { applicationsPage } from './page.ts'
import { readApplication, valuesOf } from './params.ts'
import { decideRegistration, type RegistrationDecision } from './registration.ts'

const listPath = '/o/applications/'
const takenId = 'Application with this Client ID already exists.'

const describes: Readonly<Record<string, Description>> = {
  [listPath]: forPerson("The person's own applications; a superuser sees all."),
  [`${listPath}register/`]: forPerson('Register an application; its secret is shown once.', 'RFC 7591 §2'),
  [`${listPath}:id/`]: forPerson('One application, with examples and recent refusals.'),
  [`${listPath}:id/update/`]: forPerson('Change what is registered.', 'RFC 7591 §2'),
  [`${listPath}:id/rotate-secret/`]: forPerson('Make a new secret; the one before it stays valid until it is removed.'),
  [`${listPath}:id/remove-secret/`]: forPerson('Remove one of two live secrets.'),
  [`${listPath}:id/add-redirect-uri/`]: forPerson('Register the redirect URI that a refused request sent.'),
  [`${listPath}:id/delete/`]: forPerson('Delete the application; its tokens end.'),
}

function forPerson(purpose: string, spec?: string): Description {
  return { purpose, caller: 'signed-in person', ...(spec === undefined ? {} : { spec }) }
}

export function applicationsFeature(context: Context): Feature {
  const routes = ownRoutes(context)
  return {
    name: 'applications',
    routes: [
      routes.page(listPath, (own) => showList(context, own)),
      routes.page(`${listPath}register/`, (own) => showRegister(context, own)),
      routes.form(`${listPath}register/`, (own) => register(context, own)),
      routes.page(`${listPath}:id/update/`, (own) => showUpdate(context, own)),
      routes.form(`${listPath}:id/update/`, (own) => update(context, own)),
      ...detailRoutes(context, routes, (visitor, shown) => formReply(context, visitor, shown)),
    ],
    describes,
  }
}

type ShownForm = Pick<ApplicationFormPage, 'mode' | 'values' | 'errors'>

async function showList(context: Context, { visitor, request }: OwnRequest): Promise<Reply> {
  const { user } = visitor
  const clients = await listClients(context.database, user.isSuperuser ? undefined : user.id)
  const markup = applicationsPage(pageContext(context, visitor), {
    applications: clients.map((client) => ({
      id: String(client.row),
      name: client.name,
      clientId: client.clientId,
      clientType: client.isConfidential ? 'confidential' : 'public',
      grantTypes: client.grantTypes,
      createdAt: client.createdAt,
    })),
    notice: request.query.get('done') === 'deleted' ? 'deleted' : undefined,
  })
  return page(context, visitor, markup)
}

async function formReply(context: Context, visitor: SignedIn, shown: ShownForm): Promise<Reply> {
  const scopes = await listScopes(context.database)
  const markup = applicationFormPage(pageContext(context, visitor), {
    ...shown,
    // Nobody is offered what they may not give.
    scopesOffered: scopes
      .filter(({ name }) => visitor.user.isSuperuser || isForAnyClient(name) || shown.values.scopes.includes(name))
      .map(({ name, description }) => ({ scope: name, description })),
    mayTrust: visitor.user.isSuperuser,
  })
  return page(context, visitor, markup)
}

/** A new client as it is before anybody has typed anything: forty hex digits for an id, as the seeds' servers suggest. */
function newClient(context: Context, ownerId: number): ClientSettings {
  const clientId = generateClientId(context.random)
  return { ...defaultClientSettings({ clientId, name: '', isConfidential: true }), ownerId }
}

async function decide(
  context: Context,
  { visitor, form }: OwnForm,
  base: ClientSettings,
  mode: 'register' | 'update',
): Promise<{ readonly decision: RegistrationDecision; readonly values: ApplicationValues }> {
  const scopes = await listScopes(context.database)
  const typed = readApplication(form, valuesOf(base), mode)
  const decision = decideRegistration(typed, base, {
    mayTrust: visitor.user.isSuperuser,
    knownScopes: scopes.map(({ name }) => name),
    admits: (url) => context.outgoing.admits(url),
  })
  const free = await withFreeId(context, base, decision)
  return { decision: await withSector(context, base, free), values: typed.values }
}

/** RFC 9700 §4.15: with the subject of a person for its id, an API would take a token of the application for one of the person. */
async function withFreeId(
  { database }: Context,
  base: ClientSettings,
  decision: RegistrationDecision,
): Promise<RegistrationDecision> {
  if (decision.kind === 'refuse' || decision.settings.clientId === base.clientId) return decision
  const person = await findUserBySubject(database, decision.settings.clientId)
  return person === undefined ? decision : { kind: 'refuse', errors: { client_id: [takenId] } }
}

/** A new redirect URI must be in the sector's document as well (OpenID Connect Dynamic Client Registration §5). */
async function withSector(
  context: Context,
  base: ClientSettings,
  decision: RegistrationDecision,
): Promise<RegistrationDecision> {
  if (decision.kind === 'refuse') return decision
  const { redirectUris } = decision.settings
  if (redirectUris.every((uri) => base.redirectUris.includes(uri))) return decision
  const fault = await sectorFaultOf(context, decision.settings)
  return fault === undefined ? decision : { kind: 'refuse', errors: { form: [`sector_identifier_uri: ${fault}`] } }
}

async function showRegister(context: Context, { visitor }: OwnRequest): Promise<Reply> {
  const values = valuesOf(newClient(context, visitor.user.id))
  return formReply(context, visitor, { mode: { kind: 'register' }, values })
}

async function register(context: Context, own: OwnForm): Promise<Reply> {
  const { visitor } = own
  const { decision, values } = await decide(context, own, newClient(context, visitor.user.id), 'register')
  const typedSecret = values.clientType === 'public' ? '' : (values.clientSecret ?? '')
  const secretErrors = typedSecret === '' ? [] : chosenSecretFaults(typedSecret)
  const refuse = (errors: FieldErrors): Promise<Reply> =>
    // A typed secret is not sent back: it would lie in the page's source and in the browser's cache.
    formReply(context, visitor, { mode: { kind: 'register' }, values: { ...values, clientSecret: '' }, errors })
  const wrongSecret: FieldErrors = secretErrors.length > 0 ? { client_secret: secretErrors } : {}
  if (decision.kind === 'refuse') return refuse({ ...decision.errors, ...wrongSecret })
  if (secretErrors.length > 0) return refuse(wrongSecret)
  const { settings } = decision
  const secret = settings.isConfidential ? await newSecret(context, typedSecret) : undefined
  if (!(await storeNew(context, own, settings, secret?.stored))) {
    const isTaken = (await findClient(context.database, settings.clientId)) !== undefined
    const fault = isTaken ? takenId : 'Nothing was saved. Try again.'
    return refuse({ [isTaken ? 'client_id' : 'form']: [fault] })
  }
  const client = await findClient(context.database, settings.clientId)
  if (client === undefined) return seeOther(listPath)
  if (secret?.shown === undefined) return seeOther(`${listPath}${client.row}/?done=registered`)
  return applicationReply(context, visitor, client, { newSecret: secret.shown, notice: 'registered' })
}

interface NewSecret {
  readonly stored: NewClientSecret
  /** What the page shows once; whoever chose a secret knows it. */
  readonly shown: string | undefined
}

async function newSecret(context: Context, typed: string): Promise<NewSecret> {
  if (typed !== '') return { stored: await storeChosenSecret(typed, context.passwords), shown: undefined }
  const { secret, stored } = generateSecret(context.random)
  return { stored, shown: secret }
}

async function storeNew(
  context: Context,
  { visitor, request }: OwnForm,
  settings: ClientSettings,
  secret: NewClientSecret | undefined,
): Promise<boolean> {
  await context.keys.prepare(signedFor(settings))
  const now = context.clock.now()
  const result = await context.database.commit([
    insertClient(settings, now),
    ...gainingOwner(undefined, settings).map(endPasswordLink),
    ...(secret === undefined ? [] : [insertSecret(settings.clientId, secret, now)]),
    recordChange({
      kind: 'client.created',
      at: now,
      actor: visitor.user,
      address: request.remoteAddress,
      noun: 'clients',
      target: { clientId: settings.clientId },
      changes: changesOfClient(undefined, settings),
    }),
  ])
  context.clients.forget()
  return result.won
}

async function showUpdate(context: Context, own: OwnRequest): Promise<Reply> {
  const client = await ownClient(context, own)
  const mode = { kind: 'update', id: String(client.row), name: client.name } as const
  return formReply(context, own.visitor, { mode, values: valuesOf(client) })
}

async function update(context: Context, own: OwnForm): Promise<Reply> {
  const { visitor } = own
  const client = await ownClient(context, own)
  const { decision, values } = await decide(context, own, client, 'update')
  const mode = { kind: 'update', id: String(client.row), name: client.name } as const
  const refuse = (errors: FieldErrors): Promise<Reply> => formReply(context, visitor, { mode, values, errors })
  if (decision.kind === 'refuse') return refuse(decision.errors)
  const live = (await secretsOf(context.database, client.row)).length
  const now = context.clock.now()
  const turned = turnOfSecret(client, decision.settings, live, { random: context.random, now })
  if (!(await storeChange(context, own, client, decision.settings, turned.writes))) {
    return refuse({ form: ['The application was changed meanwhile. Look at it again before you save.'] })
  }
  const changed = turned.secret === undefined ? undefined : await findClient(context.database, client.clientId)
  if (changed === undefined) return seeOther(`${listPath}${client.row}/?done=updated`)
  return applicationReply(context, visitor, changed, { newSecret: turned.secret, notice: 'updated' })
}

/** One commit holds the change, what follows from it, and its event; unmet when the client changed since it was read. */
async function storeChange(
  context: Context,
  { visitor, request }: OwnForm,
  client: Client,
  settings: ClientSettings,
  more: readonly Write[],
): Promise<boolean> {
  const changes = changesOfClient(client, settings)
  if (Object.keys(changes).length === 0) return true
  await context.keys.prepare(signedFor(settings))
  const now = context.clock.now()
  const result = await context.database.commit([
    updateClient(client, settings, now),
    ...gainingOwner(client, settings).map(endPasswordLink),
    ...more,
    recordChange({
      kind: 'client.changed',
      at: now,
      actor: visitor.user,
      address: request.remoteAddress,
      noun: 'clients',
      target: String(client.row),
      clientRow: client.row,
      changes,
    }),
  ])
  context.clients.forget()
  return result.won
}
