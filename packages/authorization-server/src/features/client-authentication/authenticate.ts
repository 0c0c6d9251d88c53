// Who calls: the client's id, and its secret or what it signed, by the one method it is registered for. RFC 6749 §2.3; RFC 7523 §2.2;
// RFC 9700 §2.5.
import { OAuthError, parseAuthorization } from '@latchkey/protocol'
import { encodeBase64url, openForeignJws, sha256 } from '../../platform/crypto/index.ts'
import { type Incoming, Parameters } from '../../platform/http/index.ts'
import { type Client, type KnownClient, signingAlgorithms } from '../../records/clients/index.ts'
import type { Context } from '../context/index.ts'
import { assertionType, decideAssertion } from './assertion.ts'
import { spendAssertion } from './store.ts'

type Needs = Pick<
  Context,
  | 'clients'
  | 'clientKeys'
  | 'clientSecrets'
  | 'clock'
  | 'database'
  | 'failures'
  | 'issuer'
  | 'provenHeaders'
  | 'publicUrl'
>

export interface PresentedClient {
  readonly clientId: string
  readonly proof: Proof
}

type Proof =
  | { readonly method: 'none' }
  | { readonly method: 'client_secret_basic' | 'client_secret_post'; readonly secret: string }
  | { readonly method: 'private_key_jwt'; readonly assertion: string }

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
  // RFC 8707 §2: a request may name several APIs.
  const first = parameters.repeated().find((name) => name !== 'resource')
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
  const assertion = presentedAssertion(parameters)
  // RFC 6749 §2.3: a client must not use more than one method in a request.
  const methods = [header.kind === 'basic', secret !== undefined, assertion !== undefined]
  if (methods.filter(Boolean).length > 1)
    throw malformed('The client authenticated by two methods at once.', 'two-methods')
  if (header.kind === 'basic') {
    if (clientId !== undefined && clientId !== header.clientId) throw invalidClient('client-id-differs', clientId)
    return { clientId: header.clientId, proof: { method: 'client_secret_basic', secret: header.clientSecret } }
  }
  if (header.kind === 'malformed' && header.scheme === 'basic') throw invalidClient(`basic-${header.fault}`, undefined)
  if (assertion !== undefined) return assertedClient(assertion, clientId)
  if (clientId === undefined) return undefined
  return { clientId, proof: secret === undefined ? { method: 'none' } : { method: 'client_secret_post', secret } }
}

function presentedAssertion(parameters: Parameters): string | undefined {
  const assertion = parameters.get('client_assertion')
  const type = parameters.get('client_assertion_type')
  if (assertion === undefined && type === undefined) return undefined
  if (assertion === undefined) throw malformed('The parameter client_assertion is missing.', 'assertion-missing')
  if (type === assertionType) return assertion
  // RFC 7521 §4.2: the type says how the assertion is to be read.
  throw malformed(`The parameter client_assertion_type must be ${assertionType}.`, 'assertion-type-unknown')
}

/** Who an assertion says it is from, to be proven by that client's keys. */
function assertedClient(assertion: string, clientId: string | undefined): PresentedClient {
  const subject = openForeignJws(assertion)?.payload['sub']
  if (typeof subject !== 'string' || subject === '') throw invalidClient('jws-malformed', clientId)
  // RFC 7521 §4.2: client_id is not needed; one that is sent must be the same client's.
  if (clientId !== undefined && clientId !== subject) throw invalidClient('client-id-differs', clientId)
  return { clientId: subject, proof: { method: 'private_key_jwt', assertion } }
}

/** The client, proven; every failure is the same invalid_client, and only our record knows which it was. */
export async function authenticateClient(context: Needs, request: Incoming, parameters: Parameters): Promise<Client> {
  return (await provenBefore(context, request, parameters)) ?? authenticateAnew(context, request, parameters)
}

/** The client of a header that proved it a moment ago, if nothing else in the request speaks of a client. */
async function provenBefore(
  { provenHeaders, clients, failures }: Needs,
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

async function authenticateAnew(context: Needs, request: Incoming, parameters: Parameters): Promise<Client> {
  const presented = presentedClient(request, parameters)
  if (presented === undefined) throw invalidClient('client-missing', undefined)
  const { clientId } = presented
  const address = request.remoteAddress
  const known = clientId.includes('\0') ? undefined : await context.clients.find(clientId)
  if (known === undefined) throw context.failures.ofStranger(invalidClient('client-unknown', clientId), address)
  await context.failures.guess({ clientId, address }, () => proveClient(context, known, presented))
  const { authorization } = request.headers
  if (presented.proof.method === 'client_secret_basic' && authorization !== undefined)
    context.provenHeaders.remember(authorization, known)
  return known.client
}

async function proveClient(context: Needs, known: KnownClient, { clientId, proof }: PresentedClient): Promise<void> {
  const { client } = known
  if (!client.enabled) throw invalidClient('client-disabled', clientId)
  const expected = client.authenticationMethod
  if (expected === 'none') {
    // A public client has no secret: one that is sent was leaked, or belongs to somebody else.
    if (proof.method !== 'none') throw invalidClient('public-client-with-secret', clientId)
    return
  }
  if (expected === 'private_key_jwt') return proveAssertion(context, client, proof)
  if (proof.method === 'none') throw invalidClient('secret-missing', clientId)
  const fits = expected === 'client_secret' ? proof.method !== 'private_key_jwt' : expected === proof.method
  if (!fits || proof.method === 'private_key_jwt') throw invalidClient('other-method', clientId)
  if (!(await context.clientSecrets.matches(known.secrets, proof.secret))) throw invalidClient('secret-wrong', clientId)
}

/** RFC 7523 §3: signed by the client's registered key, for us, now, and never used before. */
async function proveAssertion(context: Needs, client: Client, proof: Proof): Promise<void> {
  const { clientId } = client
  if (proof.method !== 'private_key_jwt') {
    throw invalidClient(proof.method === 'none' ? 'assertion-missing' : 'other-method', clientId)
  }
  const pinned = client.metadata.authenticationSigningAlgorithm
  const proven = await context.clientKeys.verify(
    client,
    proof.assertion,
    pinned === undefined ? signingAlgorithms : [pinned],
  )
  if (proven.kind === 'refused') throw invalidClient(proven.rule, clientId)
  const audiences = [context.issuer, `${context.publicUrl}/o/token/`]
  const decision = decideAssertion(proven, { clientId, audiences, now: context.clock.now() })
  if (decision.kind === 'refuse') throw invalidClient(decision.rule, clientId)
  const digest = encodeBase64url(sha256(`${client.row} ${decision.jti}`))
  const { won } = await context.database.commit([spendAssertion(digest, decision.expiresAt)])
  if (!won) throw invalidClient('assertion-used-before', clientId)
}

function invalidClient(rule: string, clientId: string | undefined): OAuthError {
  return new OAuthError('invalid_client', undefined, {
    rule,
    ...(clientId === undefined ? {} : { detail: { client_id: clientId.slice(0, 255) } }),
  })
}
