// /o/register/{client_id}/: a client reads, changes or ends its own registration. RFC 7592 §2.
import { isDeepStrictEqual } from 'node:util'
import { OAuthError } from '@latchkey/protocol'
import { emptyReply, type Incoming, jsonReply, type Reply } from '../../platform/http/index.ts'
import type { Write } from '../../platform/storage/index.ts'
import {
  type Client,
  type ClientSettings,
  deleteClient,
  findClientByRow,
  generateSecret,
  insertSecret,
  needsSecret,
  raiseClientEpoch,
  secretsOf,
  signedFor,
  updateClient,
} from '../../records/clients/index.ts'
import { recordEvent } from '../../records/events/index.ts'
import { generateRegistrationToken, replaceRegistrationToken } from '../../records/registrations/index.ts'
import type { Context } from '../context/index.ts'
import { invalidToken, managedClientOf } from './caller.ts'
import type { RegistrationSettings } from './config.ts'
import { decideClient, policyOf } from './endpoint.ts'
import { readRegistration, refused, refuseServersOwn, type Repeated } from './params.ts'
import { clientUriOf } from './paths.ts'
import { representationOf } from './representation.ts'

export async function readOwn(context: Context, request: Incoming): Promise<Reply> {
  const { client, token } = await managedClientOf(context, request)
  return reply(context, client, token)
}

/** RFC 7592 §2.2: what is sent takes the place of all that was there, and a new token the place of the one that was shown. */
export async function updateOwn(context: Context, settings: RegistrationSettings, request: Incoming): Promise<Reply> {
  const managed = await managedClientOf(context, request)
  const { client, registration } = managed
  refuseServersOwn(request.body)
  const read = readRegistration(request.body)
  await checkRepeated(context, client, read.repeated, request.remoteAddress)
  const policy = await policyOf(context, settings, registration.initialTokenId !== undefined)
  const next = await decideClient(context, request, { read, policy, base: client })
  await context.keys.prepare(signedFor(next))
  const now = context.clock.now()
  const management = generateRegistrationToken('management', context.random)
  const secret = await newSecretFor(context, client, next)
  const { won } = await context.database.commit([
    replaceRegistrationToken(client.row, registration.digest, management.digest),
    updateClient(client, next, now),
    ...(secret === undefined ? [] : [insertSecret(client.clientId, secret.stored, now)]),
    ...(weakens(client, next) ? [raiseClientEpoch(client.row, now)] : []),
    changed(client, next, request, now),
  ])
  context.clients.forget()
  if (!won) throw changedMeanwhile()
  const stored = await findClientByRow(context.database, client.row)
  if (stored === undefined) throw invalidToken('client-deleted')
  return reply(context, stored, management.token, secret?.secret)
}

/** RFC 7592 §2.3: with the client go its secrets, grants, consents and this token. */
export async function deleteOwn(context: Context, request: Incoming): Promise<Reply> {
  const { client, registration } = await managedClientOf(context, request)
  const at = context.clock.now()
  const { won } = await context.database.commit([
    replaceRegistrationToken(client.row, registration.digest, registration.digest),
    deleteClient(client.row),
    recordEvent({
      kind: 'client.deleted',
      at,
      clientRow: client.row,
      address: request.remoteAddress,
      detail: { clientId: client.clientId, by: 'registration' },
    }),
  ])
  context.clients.forget()
  if (!won) throw changedMeanwhile()
  return emptyReply(204)
}

function reply(context: Context, client: Client, token: string, secret?: string): Reply {
  return jsonReply(200, {
    ...representationOf(client),
    ...(secret === undefined ? {} : { client_secret: secret }),
    ...(needsSecret(client) ? { client_secret_expires_at: 0 } : {}),
    registration_access_token: token,
    registration_client_uri: clientUriOf(context, client.clientId),
  })
}

/** RFC 7592 §2.2: the client's id must be repeated; its secret may be, and must then be the one it has. */
async function checkRepeated(
  context: Context,
  client: Client,
  { clientId, clientSecret }: Repeated,
  address: string,
): Promise<void> {
  if (clientId !== client.clientId)
    throw refused('invalid_client_metadata', 'client_id: it must be that of this client.')
  if (clientSecret === undefined) return
  const secrets = await secretsOf(context.database, client.row)
  await context.failures.guess({ clientId: client.clientId, address }, async () => {
    if (await context.clientSecrets.matches(secrets, clientSecret)) return
    throw refused('invalid_client_metadata', 'client_secret: it is not the one of this client.')
  })
}

/** A client that turns to a secret and has none gets one. */
async function newSecretFor(
  context: Context,
  client: Client,
  next: ClientSettings,
): Promise<ReturnType<typeof generateSecret> | undefined> {
  if (!needsSecret(next) || (await secretsOf(context.database, client.row)).length > 0) return undefined
  return generateSecret(context.random)
}

/** Whoever gives up proving itself gives up the tokens that it got as one that did. */
function weakens(client: Client, next: ClientSettings): boolean {
  return client.isConfidential && !next.isConfidential
}

function changed(client: Client, next: ClientSettings, request: Incoming, at: number): Write {
  const before: Readonly<Record<string, unknown>> = { ...client }
  const fields = Object.entries(next).filter(([field, value]) => !isDeepStrictEqual(before[field], value))
  return recordEvent({
    kind: 'client.changed',
    at,
    clientRow: client.row,
    address: request.remoteAddress,
    detail: {
      clientId: client.clientId,
      by: 'registration',
      before: Object.fromEntries(fields.map(([field]) => [field, before[field] ?? null])),
      after: Object.fromEntries(fields),
    },
  })
}

function changedMeanwhile(): OAuthError {
  return new OAuthError('temporarily_unavailable', 'The registration was changed at the same time. Read it again.', {
    rule: 'registration-changed',
    status: 409,
  })
}
