// /o/applications/<id>/ and its buttons: secrets, one more redirect URI, deleting. Somebody else's application is not found.
import { HttpFault, type Reply, type Route, seeOther } from '../../platform/http/index.ts'
import type { Write } from '../../platform/storage/index.ts'
import {
  addedRedirectUriFault,
  changesOfClient,
  type Client,
  deleteClient,
  deleteSecret,
  dropOldSecrets,
  findClientByRow,
  generateSecret,
  insertSecret,
  mostLiveSecrets,
  secretsOf,
  updateClient,
} from '../../records/clients/index.ts'
import { type Change, recordChange } from '../../records/events/index.ts'
import { countLiveGrantsOfClient } from '../../records/grants/index.ts'
import { deliveriesOfClient } from '../../records/logouts/index.ts'
import { type OwnForm, type OwnRequest, type OwnRoutes, page, pageContext, type SignedIn } from '../browser/index.ts'
import { sectorFaultOf } from '../client-registration/index.ts'
import type { Context } from '../context/index.ts'
import { type ApplicationPage, applicationPage } from './detail-page.ts'
import type { ApplicationFormPage } from './form-page.ts'
import { applicationDeletePage } from './page.ts'
import { noticeOf, rowNumber, valuesOf } from './params.ts'
import { recentRefusals } from './recent-refusals.ts'
import type { Endpoints } from './snippets.ts'

type ShowForm = (visitor: SignedIn, shown: Pick<ApplicationFormPage, 'mode' | 'values' | 'errors'>) => Promise<Reply>

const listPath = '/o/applications/'
const onePath = `${listPath}:id/`
const mostRefusals = 10
const mostDeliveries = 10

export function detailRoutes(context: Context, routes: OwnRoutes, showForm: ShowForm): readonly Route[] {
  const button = (name: string, handle: (own: OwnForm) => Promise<Reply>): Route =>
    routes.form(`${onePath}${name}/`, handle, listPath)
  return [
    routes.page(onePath, (own) => showDetail(context, own)),
    button('rotate-secret', (own) => rotateSecret(context, own)),
    button('remove-secret', (own) => removeSecret(context, own)),
    button('add-redirect-uri', (own) => addRedirectUri(context, own, showForm)),
    routes.page(`${onePath}delete/`, (own) => confirmDelete(context, own)),
    routes.form(`${onePath}delete/`, (own) => remove(context, own)),
  ]
}

/** The application of the address, if it is the visitor's, or the visitor a superuser. */
export async function ownClient(context: Context, { visitor, request }: OwnRequest): Promise<Client> {
  const { user } = visitor
  const row = rowNumber(request.params['id'])
  const client = row === undefined ? undefined : await findClientByRow(context.database, row)
  if (client !== undefined && (user.isSuperuser || client.ownerId === user.id)) return client
  throw new HttpFault('not-found', 'There is no application of yours at this address.')
}

/** As the console tells it: what is done here stands in the history there. */
function told(
  context: Context,
  { visitor, request }: OwnRequest,
  client: Client,
  change: Pick<Change, 'kind' | 'changes' | 'note'>,
): Write {
  return recordChange({
    at: context.clock.now(),
    actor: visitor.user,
    noun: 'clients',
    target: String(client.row),
    clientRow: client.row,
    address: request.remoteAddress,
    ...change,
  })
}

async function showDetail(context: Context, own: OwnRequest): Promise<Reply> {
  const client = await ownClient(context, own)
  return applicationReply(context, own.visitor, client, { notice: noticeOf(own.request.query.get('done')) })
}

export async function applicationReply(
  context: Context,
  visitor: SignedIn,
  client: Client,
  shown: { readonly newSecret?: string | undefined; readonly notice?: ApplicationPage['notice'] },
): Promise<Reply> {
  const secrets = await secretsOf(context.database, client.row)
  const markup = applicationPage(pageContext(context, visitor), {
    id: String(client.row),
    name: client.name,
    clientId: client.clientId,
    clientType: client.isConfidential ? 'confidential' : 'public',
    createdAt: client.createdAt,
    grantTypes: client.grantTypes,
    redirectUris: client.redirectUris,
    postLogoutRedirectUris: client.postLogoutRedirectUris,
    allowedOrigins: client.allowedOrigins,
    logoutUris: { back: client.metadata.backchannelLogoutUri, front: client.metadata.frontchannelLogoutUri },
    scopes: client.scopes,
    pkceRequired: client.pkce === 'required',
    consent: client.consent,
    algorithm: client.idTokenAlgorithm,
    accessTokenLifetimeSeconds: client.accessTokenLifetimeSeconds,
    refreshTokenLifetimeSeconds: client.refreshTokenLifetimeSeconds,
    introspection: client.introspection,
    secrets: secrets.map((secret) => ({
      id: String(secret.id),
      lastFour: secret.kind === 'generated' ? secret.hint : undefined,
      createdAt: secret.createdAt,
    })),
    endpoints: endpointsOf(context),
    refusals: recentRefusals(context.incidents.ofClient(client.clientId, mostRefusals), client),
    deliveries: await lastDeliveries(context, client),
    now: context.clock.now(),
    ...shown,
  })
  return page(context, visitor, markup)
}

async function lastDeliveries(context: Context, client: Client): Promise<ApplicationPage['deliveries']> {
  const deliveries = await deliveriesOfClient(context.database, client.row, mostDeliveries)
  if (deliveries.length === 0 && client.metadata.backchannelLogoutUri === undefined) return undefined
  return deliveries.map(({ createdAt, state, attempts, outcome, dueAt }) => ({
    endedAt: createdAt,
    state,
    attempts,
    outcome,
    nextAt: dueAt,
  }))
}

function endpointsOf({ publicUrl, issuer }: Context): Endpoints {
  return {
    issuer,
    discovery: `${issuer}/.well-known/openid-configuration`,
    authorization: `${publicUrl}/o/authorize/`,
    token: `${publicUrl}/o/token/`,
    userinfo: `${publicUrl}/o/userinfo/`,
    introspection: `${publicUrl}/o/introspect/`,
    revocation: `${publicUrl}/o/revoke_token/`,
    jwks: `${publicUrl}/o/.well-known/jwks.json`,
  }
}

/** A new secret beside the newest old one, so that the application can be changed over without a break. */
async function rotateSecret(context: Context, own: OwnForm): Promise<Reply> {
  const client = await ownClient(context, own)
  if (!client.isConfidential) {
    throw new HttpFault('bad-request', 'A public application has no secret.', { detail: { rule: 'client-public' } })
  }
  const { secret, stored } = generateSecret(context.random)
  const result = await context.database.commit([
    insertSecret(client.clientId, stored, context.clock.now()),
    dropOldSecrets(client.row, mostLiveSecrets),
    told(context, own, client, { kind: 'client.secret-rotated', note: 'added' }),
  ])
  context.clients.forget()
  if (!result.won) throw new HttpFault('not-found', 'The application is gone.')
  return applicationReply(context, own.visitor, client, { newSecret: secret })
}

async function removeSecret(context: Context, own: OwnForm): Promise<Reply> {
  const client = await ownClient(context, own)
  const secretId = rowNumber(own.form.get('secret'))
  if (secretId === undefined) throw new HttpFault('not-found', 'There is no such secret.')
  const result = await context.database.commit([
    deleteSecret(client.row, secretId),
    told(context, own, client, { kind: 'client.secret-rotated', note: 'removed' }),
  ])
  context.clients.forget()
  if (!result.won) throw new HttpFault('not-found', 'There is no such secret, or it is the last one.')
  return seeOther(`${listPath}${client.row}/?done=secret-removed`)
}

/** The repair of a mismatch, from the error page or from the list of refusals. */
async function addRedirectUri(context: Context, own: OwnForm, showForm: ShowForm): Promise<Reply> {
  const client = await ownClient(context, own)
  const uri = own.form.get('uri')?.trim() ?? ''
  const redirectUris = [...client.redirectUris, uri]
  const error = addedRedirectUriFault(uri, client) ?? (await sectorFaultOf(context, { ...client, redirectUris }))
  if (error !== undefined) {
    const values = valuesOf({ ...client, redirectUris })
    const mode = { kind: 'update', id: String(client.row), name: client.name } as const
    return showForm(own.visitor, { mode, values, errors: { redirect_uris: [error] } })
  }
  // Changed between the two statements: look again, once.
  if (!(await storeRedirectUri(context, own, client, uri))) {
    const again = await ownClient(context, own)
    if (!(await storeRedirectUri(context, own, again, uri))) {
      throw new HttpFault('busy', 'The application is being changed elsewhere.', { headers: { 'retry-after': '1' } })
    }
  }
  return seeOther(`${listPath}${client.row}/?done=redirect-added`)
}

async function storeRedirectUri(context: Context, own: OwnForm, client: Client, uri: string): Promise<boolean> {
  if (client.redirectUris.includes(uri)) return true
  const changed = { ...client, redirectUris: [...client.redirectUris, uri] }
  const result = await context.database.commit([
    updateClient(client, changed, context.clock.now()),
    told(context, own, client, { kind: 'client.changed', changes: changesOfClient(client, changed) }),
  ])
  context.clients.forget()
  return result.won
}

async function confirmDelete(context: Context, own: OwnRequest): Promise<Reply> {
  const client = await ownClient(context, own)
  const live = await countLiveGrantsOfClient(context.database, client.row, context.clock.now())
  const { row, name, clientId } = client
  const markup = applicationDeletePage(pageContext(context, own.visitor), { id: String(row), name, clientId, ...live })
  return page(context, own.visitor, markup)
}

/** The tables let secrets, consents and grants go with their client; the trail keeps what it was. */
async function remove(context: Context, own: OwnForm): Promise<Reply> {
  const client = await ownClient(context, own)
  const result = await context.database.commit([
    deleteClient(client.row),
    told(context, own, client, { kind: 'client.deleted', changes: changesOfClient(client, undefined) }),
  ])
  context.clients.forget()
  if (!result.won) throw new HttpFault('not-found', 'The application is gone already.')
  return seeOther(`${listPath}?done=deleted`)
}
