// What the commands about applications share: checking what is registered, writing it, showing its secret once.

import { checkPostLogoutUri, checkRedirectUri, isScopeToken, redirectUriFaults } from '@latchkey/protocol'
import type { Database } from '../../platform/storage/index.ts'
import {
  type Client,
  type ClientSettings,
  findClient,
  generateSecret,
  insertClient,
  insertSecret,
  listClients,
  metadataFaults,
  type NewClientSecret,
  signedFor,
  storeChosenSecret,
} from '../../records/clients/index.ts'
import { recordEvent } from '../../records/events/index.ts'
import { everydayAlgorithms } from '../../records/keys/index.ts'
import type { Context } from '../command.ts'
import { CommandFailure } from '../exit.ts'
import type { Installation } from '../installation.ts'
import type { Result } from '../output.ts'
import { givenSecret } from '../secret-input.ts'

/** Registers an application and shows its secret once. */
export async function registerApp(
  context: Context,
  installation: Installation,
  settings: ClientSettings,
): Promise<Result> {
  requireGoodUris(settings)
  requireGoodScopes(settings)
  requireGoodMetadata(settings, installation)
  const { database, clock } = installation
  if ((await findClient(database, settings.clientId)) !== undefined) {
    throw taken(settings.clientId)
  }
  const secret = settings.isConfidential ? await secretFor(context, installation) : undefined
  if (context.isDryRun) {
    return { say: `Would create app “${settings.name}”.`, data: { app: appBody(settings) } }
  }
  const unusual = signedFor(settings).filter((algorithm) => !everydayAlgorithms.includes(algorithm))
  if (unusual.length > 0) await (await installation.keys()).prepare(unusual)
  const now = clock.now()
  const created = await database.commit([
    insertClient(settings, now),
    ...(secret === undefined ? [] : [insertSecret(settings.clientId, secret.stored, now)]),
    recordEvent({ kind: 'client.created', at: now, detail: { clientId: settings.clientId } }),
  ])
  if (!created.won) {
    throw taken(settings.clientId)
  }
  const shown = secret?.shown === undefined ? {} : { client_secret: secret.shown }
  return {
    say: `Created app “${settings.name}”.${secret?.shown === undefined ? '' : ' Its secret is shown this once.'}`,
    data: { app: appBody(settings), ...shown },
    view: { kind: 'record', rows: [['client_id', settings.clientId], ...Object.entries(shown)] },
    next: 'latchkey app list',
  }
}

interface Secret {
  readonly stored: NewClientSecret
  /** Only a generated one is printed: whoever chose one knows it. */
  readonly shown: string | undefined
}

/** The secret that was given, else a generated one: the default, because 256 random bits need no slow hash. */
export async function secretFor(context: Context, installation: Installation): Promise<Secret> {
  const given = await givenSecret(context, 'client-secret')
  if (given !== undefined && !given.isGenerated) {
    return { stored: await storeChosenSecret(given.value, installation.passwords), shown: undefined }
  }
  const { secret, stored } = generateSecret(installation.random)
  return { stored, shown: secret }
}

/** Finds by client id, or by name where only one app has it. @throws CommandFailure notFound or conflict */
export async function findApp(database: Database, which: string): Promise<Client> {
  const byId = await findClient(database, which)
  const named = byId === undefined ? (await listClients(database, undefined)).filter(({ name }) => name === which) : []
  const found = byId ?? named[0]
  if (named.length > 1) {
    const ids = named.map((client) => client.clientId).join(', ')
    const what = `${named.length} apps are called “${which}”.`
    throw new CommandFailure('conflict', {
      code: 'name_ambiguous',
      what,
      why: `They are ${ids}.`,
      fix: 'Give the client id.',
    })
  }
  if (found === undefined) {
    const what = `There is no app “${which}”.`
    const explanation = {
      code: 'no_such_app',
      what,
      why: 'No client id and no name is like that.',
      fix: 'latchkey app list',
    }
    throw new CommandFailure('notFound', explanation)
  }
  return found
}

/** An application for `--json`, in the words of RFC 7591 where it has them. */
export function appBody(client: ClientSettings): Readonly<Record<string, unknown>> {
  return {
    client_id: client.clientId,
    client_name: client.name,
    confidential: client.isConfidential,
    token_endpoint_auth_method: client.authenticationMethod,
    grant_types: client.grantTypes,
    redirect_uris: client.redirectUris,
    post_logout_redirect_uris: client.postLogoutRedirectUris,
    ...(client.metadata.backchannelLogoutUri === undefined
      ? {}
      : { backchannel_logout_uri: client.metadata.backchannelLogoutUri }),
    ...(client.metadata.frontchannelLogoutUri === undefined
      ? {}
      : { frontchannel_logout_uri: client.metadata.frontchannelLogoutUri }),
    allowed_origins: client.allowedOrigins,
    scope: client.scopes.join(' '),
    pkce: client.pkce,
    consent: client.consent,
    introspection: client.introspection,
    id_token_signed_response_alg: client.idTokenAlgorithm,
  }
}

function requireGoodUris(settings: ClientSettings): void {
  const policy = { allowCustomScheme: !settings.isConfidential }
  const checks = [
    ...settings.redirectUris.map((uri) => ({ uri, fault: checkRedirectUri(uri, policy) })),
    ...settings.postLogoutRedirectUris.map((uri) => ({ uri, fault: checkPostLogoutUri(uri, policy) })),
  ]
  const wrong = checks.find((check) => check.fault !== undefined)
  if (wrong?.fault !== undefined) {
    throw new CommandFailure('usage', {
      code: 'redirect_uri_refused',
      what: `${wrong.uri} cannot be registered.`,
      why: redirectUriFaults[wrong.fault],
      fix: 'Correct it; for development, http://localhost:PORT/… is accepted.',
    })
  }
  if (settings.grantTypes.includes('authorization_code') && settings.redirectUris.length === 0) {
    throw new CommandFailure('usage', {
      code: 'redirect_uri_missing',
      what: 'An app that signs people in needs a redirect URI.',
      why: 'It is where people come back to with the authorization code (RFC 6749 §3.1.2.2).',
      fix: 'Add --redirect http://localhost:3000/callback',
    })
  }
}

/** By the rules of a registration over the network; the server would never call an address that they refuse. */
function requireGoodMetadata(settings: ClientSettings, installation: Installation): void {
  const [fault] = metadataFaults(settings, { admits: (url) => installation.admits(url) })
  if (fault === undefined) return
  throw new CommandFailure('usage', {
    code: 'client_metadata_refused',
    what: `The ${fault.member} cannot be registered.`,
    why: fault.sentence.charAt(0).toUpperCase() + fault.sentence.slice(1),
    fix: 'Correct it and run the command again.',
  })
}

function requireGoodScopes(settings: ClientSettings): void {
  const wrong = settings.scopes.find((scope) => !isScopeToken(scope))
  if (wrong !== undefined) {
    throw new CommandFailure('usage', {
      code: 'scope_refused',
      what: `“${wrong}” is no scope.`,
      why: 'A scope is printable ASCII without spaces, quotation marks and backslashes (RFC 6749 §3.3).',
      fix: 'Give each scope its own --scope.',
    })
  }
}

function taken(clientId: string): CommandFailure {
  return new CommandFailure('conflict', {
    code: 'client_id_taken',
    what: `There is an app with the client id “${clientId}” already.`,
    why: 'Client ids are unique.',
    fix: 'latchkey app list',
  })
}
