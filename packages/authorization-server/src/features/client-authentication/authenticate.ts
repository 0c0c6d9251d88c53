// Who calls: the client's id and secret, by the one method it is registered for. RFC 6749 §2.3; RFC 9700 §2.5.
import { OAuthError, parseAuthorization } from '@latchkey/protocol'
import { type Incoming, Parameters } from '../../platform/http/index.ts'
import type { Client, KnownClient } from '../../records/clients/index.ts'
import type { Context } from '../context/index.ts'

export interface PresentedClient {
  readonly clientId: string
  readonly secret: string | undefined
  readonly method: 'client_secret_basic' | 'client_secret_post' | 'none'
}

/** The form of a POST to one of OAuth's endpoints; whatever else came is refused in the catalogue's words. */
export function formOf(request: Incoming): Parameters {
  if (request.queryFault !== undefined) throw malformed(request.queryFault, 'query')
  // RFC 6749 §3.2: secrets in a query end up in logs, so the token endpoint and its kin read the body only.
  if (!request.query.isEmpty) throw malformed('URL query parameters are not allowed', 'query-parameters')
  switch (request.body.kind) {
    case 'form':
      return refuseRepeated(request.body.parameters)
    case 'none':
      return Parameters.empty
    case 'malformed':
      throw malformed(request.body.reason, 'body')
    case 'json':
    case 'unsupported': {
      const type = request.body.kind === 'json' ? 'application/json' : namedType(request.body.type)
      throw malformed(`The parameters must be sent as application/x-www-form-urlencoded; got ${type}.`, 'content-type')
    }
  }
}

function namedType(type: string): string {
  return /^[a-z0-9.+/-]{1,80}$/.test(type) ? type : 'no media type that can be read'
}

function refuseRepeated(parameters: Parameters): Parameters {
  const [first] = parameters.repeated()
  if (first === undefined) return parameters
  const name = /^[a-z_]{1,40}$/.test(first) ? first : 'of that name'
  throw malformed(`The parameter ${name} was sent more than once.`, 'parameter-repeated')
}

function malformed(description: string, rule: string): OAuthError {
  return new OAuthError('invalid_request', description, { rule })
}

/** What the caller says about itself; nothing is looked up yet. */
export function presentedClient(request: Incoming, parameters: Parameters): PresentedClient | undefined {
  const header = parseAuthorization(request.headers.authorization)
  const clientId = parameters.get('client_id')
  const secret = parameters.raw('client_secret')
  if (header.kind === 'basic') {
    // RFC 6749 §2.3: a client must not use more than one method in a request.
    if (secret !== undefined) throw malformed('The client authenticated by two methods at once.', 'two-methods')
    if (clientId !== undefined && clientId !== header.clientId) throw invalidClient('client-id-differs', clientId)
    return { clientId: header.clientId, secret: header.clientSecret, method: 'client_secret_basic' }
  }
  if (header.kind === 'malformed' && header.scheme === 'basic') throw invalidClient(`basic-${header.fault}`, undefined)
  if (clientId === undefined) return undefined
  return { clientId, secret, method: secret === undefined ? 'none' : 'client_secret_post' }
}

/** The client, proven; every failure is the same invalid_client, and only our record knows which it was. */
export async function authenticateClient(
  context: Pick<Context, 'clients' | 'clientSecrets' | 'failures' | 'provenHeaders'>,
  request: Incoming,
  parameters: Parameters,
): Promise<Client> {
  return (await provenBefore(context, request, parameters)) ?? authenticateAnew(context, request, parameters)
}

/** The client of a header that proved it a moment ago, if nothing else in the request speaks of a client. */
async function provenBefore(
  { provenHeaders, clients, failures }: Pick<Context, 'clients' | 'failures' | 'provenHeaders'>,
  { headers, remoteAddress }: Incoming,
  parameters: Parameters,
): Promise<Client | undefined> {
  if (headers.authorization === undefined || clientParameters.some((name) => parameters.has(name))) return undefined
  const known = provenHeaders.find(headers.authorization)
  if (known === undefined) return undefined
  const { clientId } = known.client
  // Somebody guesses from that address: then a right secret, too, is refused for a while.
  if (failures.isThrottled({ clientId, address: remoteAddress })) return undefined
  return (await clients.find(clientId)) === known ? known.client : undefined
}

const clientParameters = ['client_id', 'client_secret', 'client_assertion', 'client_assertion_type'] as const

async function authenticateAnew(
  context: Pick<Context, 'clients' | 'clientSecrets' | 'failures' | 'provenHeaders'>,
  request: Incoming,
  parameters: Parameters,
): Promise<Client> {
  const presented = presentedClient(request, parameters)
  if (presented === undefined) throw invalidClient('client-missing', undefined)
  const { clientId } = presented
  const address = request.remoteAddress
  const known = clientId.includes('\0') ? undefined : await context.clients.find(clientId)
  if (known === undefined) throw context.failures.ofStranger(invalidClient('client-unknown', clientId), address)
  await context.failures.guess({ clientId, address }, () => proveClient(context, known, presented))
  const { authorization } = request.headers
  if (presented.method === 'client_secret_basic' && authorization !== undefined)
    context.provenHeaders.remember(authorization, known)
  return known.client
}

async function proveClient(
  context: Pick<Context, 'clientSecrets'>,
  known: KnownClient,
  presented: PresentedClient,
): Promise<void> {
  if (!known.client.enabled) throw invalidClient('client-disabled', presented.clientId)
  await proveSecret(context, known, presented)
}

async function proveSecret(
  context: Pick<Context, 'clientSecrets'>,
  { client, secrets }: KnownClient,
  presented: PresentedClient,
): Promise<void> {
  const expected = client.authenticationMethod
  if (expected === 'none') {
    // A public client has no secret: one that is sent was leaked, or belongs to somebody else.
    if (presented.method !== 'none') throw invalidClient('public-client-with-secret', client.clientId)
    return
  }
  if (presented.secret === undefined) throw invalidClient('secret-missing', client.clientId)
  if (expected !== 'client_secret' && expected !== presented.method)
    throw invalidClient('other-method', client.clientId)
  if (!(await context.clientSecrets.matches(secrets, presented.secret)))
    throw invalidClient('secret-wrong', client.clientId)
}

function invalidClient(rule: string, clientId: string | undefined): OAuthError {
  return new OAuthError('invalid_client', undefined, {
    rule,
    ...(clientId === undefined ? {} : { detail: { client_id: clientId.slice(0, 255) } }),
  })
}
