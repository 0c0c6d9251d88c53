// POST /o/register/: an application registers itself. RFC 7591 §3, OpenID Connect Dynamic Client Registration §3.
import { OAuthError } from '@latchkey/protocol'
import { randomId } from '../../platform/crypto/index.ts'
import { type Incoming, jsonReply, type Reply } from '../../platform/http/index.ts'
import {
  type ClientSettings,
  defaultClientSettings,
  findClient,
  generateSecret,
  insertClient,
  insertSecret,
  needsSecret,
  signedFor,
} from '../../records/clients/index.ts'
import { type AttemptLimit, attemptsUntil, countAttempt, sourceOf } from '../../records/credentials/index.ts'
import { recordEvent } from '../../records/events/index.ts'
import {
  generateRegistrationToken,
  type InitialToken,
  insertRegistration,
  passGate,
  useInitialToken,
} from '../../records/registrations/index.ts'
import { isForAnyClient, listScopes } from '../../records/scopes/index.ts'
import type { Context } from '../context/index.ts'
import { initialTokenOf, missingToken } from './caller.ts'
import type { RegistrationSettings } from './config.ts'
import { decideRegistration, type RegistrationPolicy } from './decision.ts'
import { type ReadRegistration, readRegistration, refused } from './params.ts'
import { clientUriOf } from './paths.ts'
import { representationOf } from './representation.ts'
import { sectorFault, unavailable } from './sector.ts'

const hourMs = 3_600_000

export async function register(context: Context, settings: RegistrationSettings, request: Incoming): Promise<Reply> {
  const initial = await initialTokenOf(context, request)
  if (initial === undefined && settings.policy !== 'open') throw missingToken()
  const limit = initial === undefined ? limitOf(settings, request) : undefined
  if (limit !== undefined) await refuseTooMany(context, limit)
  const policy = await policyOf(context, settings, initial !== undefined)
  const read = readRegistration(request.body)
  const base = defaultClientSettings({
    clientId: `app_${randomId(context.random)}`,
    name: 'Application',
    isConfidential: true,
  })
  const client = await decideClient(context, request, { read, policy, base })
  return createClient(context, settings, { client, initial, limit, request })
}

/** The settings of the client that the registration makes; refused in the words of RFC 7591 §3.2.2. */
export async function decideClient(
  context: Context,
  { remoteAddress }: Incoming,
  { read, policy, base }: Deciding,
): Promise<ClientSettings> {
  // Counted like guesses: nobody may have us fetch documents without end.
  return context.failures.guess({ clientId: 'registration', address: remoteAddress }, async () => {
    const decision = decideRegistration(read.request, policy, base)
    if (decision.kind === 'refuse') throw refused(decision.fault.code, decision.fault.description)
    await checkSector(context, decision.settings)
    return decision.settings
  })
}

interface Deciding {
  readonly read: ReadRegistration
  readonly policy: RegistrationPolicy
  readonly base: ClientSettings
}

export async function policyOf(
  context: Context,
  settings: RegistrationSettings,
  isTrusted: boolean,
): Promise<RegistrationPolicy> {
  const scopes = (await listScopes(context.database)).map(({ name }) => name)
  return {
    // Whoever registers a client here is nobody in particular.
    scopes: scopes.filter((name) => isForAnyClient(name) && settings.scopes.includes(name)),
    legacyResponseTypes: settings.legacyResponseTypes,
    requirePkce: settings.requirePkce,
    isTrusted,
    admits: (url) => context.outgoing.admits(url),
  }
}

/** OpenID Connect Dynamic Client Registration §5: fetched now, and at every update. */
export async function sectorFaultOf(
  context: Context,
  { metadata, redirectUris }: ClientSettings,
): Promise<string | undefined> {
  const { sectorIdentifierUri } = metadata
  if (sectorIdentifierUri === undefined) return undefined
  const document = await context.outgoing.get(sectorIdentifierUri, { accept: ['application/json'] })
  return document.kind === 'refused' ? unavailable(document.fault) : sectorFault(document.body, redirectUris)
}

async function checkSector(context: Context, settings: ClientSettings): Promise<void> {
  const fault = await sectorFaultOf(context, settings)
  if (fault !== undefined) throw refused('invalid_client_metadata', `sector_identifier_uri: ${fault}`, 'sector')
}

interface NewClient {
  readonly client: ClientSettings
  readonly initial: InitialToken | undefined
  /** Counted where nobody let the caller in. */
  readonly limit: AttemptLimit | undefined
  readonly request: Incoming
}

async function createClient(
  context: Context,
  settings: RegistrationSettings,
  { client, initial, limit, request }: NewClient,
): Promise<Reply> {
  const { clock, database, random } = context
  await context.keys.prepare(signedFor(client))
  const now = clock.now()
  const management = generateRegistrationToken('management', random)
  const secret = needsSecret(client) ? generateSecret(random) : undefined
  const { won } = await database.commit([
    passGate(),
    ...(initial === undefined ? [] : [useInitialToken(initial.id, now)]),
    ...(limit === undefined ? [] : [countAttempt(limit, now)]),
    insertClient(client, now),
    insertRegistration(
      client.clientId,
      { digest: management.digest, initialTokenId: initial?.id, mostClients: settings.mostClients },
      now,
    ),
    ...(secret === undefined ? [] : [insertSecret(client.clientId, secret.stored, now)]),
    recordEvent({
      kind: 'client.created',
      at: now,
      address: request.remoteAddress,
      detail: { clientId: client.clientId, by: 'registration', initialToken: initial?.id ?? null },
    }),
  ])
  if (!won) throw await whyNot(context, limit, request)
  context.clients.forget()
  const stored = await findClient(database, client.clientId)
  if (stored === undefined) throw new Error('A client that was registered is not there.')
  return jsonReply(201, {
    ...representationOf(stored),
    ...(secret === undefined ? {} : { client_secret: secret.secret, client_secret_expires_at: 0 }),
    registration_access_token: management.token,
    registration_client_uri: clientUriOf(context, client.clientId),
  })
}

function limitOf({ perSourcePerHour }: RegistrationSettings, request: Incoming): AttemptLimit {
  return { key: `register:${sourceOf(request.remoteAddress)}`, most: perSourcePerHour, windowMs: hourMs }
}

async function refuseTooMany(context: Context, limit: AttemptLimit): Promise<void> {
  const until = await attemptsUntil(context.database, limit)
  const now = context.clock.now()
  if (until !== undefined && until > now) throw tooMany(Math.ceil((until - now) / 1_000))
}

/** What changed between the look and the commit, or that there are as many clients as there may be. */
async function whyNot(context: Context, limit: AttemptLimit | undefined, request: Incoming): Promise<OAuthError> {
  if (limit !== undefined) await refuseTooMany(context, limit)
  await initialTokenOf(context, request)
  return new OAuthError('temporarily_unavailable', 'No more applications can be registered here at present.', {
    rule: 'registrations-full',
  })
}

function tooMany(retryAfterSeconds: number): OAuthError {
  return new OAuthError('temporarily_unavailable', 'Too many registrations. Try again later.', {
    rule: 'registrations-throttled',
    status: 429,
    detail: { retry_after_seconds: String(retryAfterSeconds) },
  })
}
