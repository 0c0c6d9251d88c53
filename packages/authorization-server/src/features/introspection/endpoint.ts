// /o/introspect/: an API asks what a token is worth. RFC 7662 §2.1; the seeds' servers take GET as well. The answer is signed
// for whoever asks for it so (RFC 9701).
import { type IntrospectionResponse, OAuthError, parseAuthorization } from '@latchkey/protocol'
import { signJws } from '../../platform/crypto/index.ts'
import { type Incoming, jsonReply, noStore, type Parameters, type Reply, wants } from '../../platform/http/index.ts'
import { type Client, signingAlgorithms } from '../../records/clients/index.ts'
import { authorityOf, requireBearer, type TokenAuthority } from '../bearer/index.ts'
import { subjectFor } from '../claims/index.ts'
import { authenticateClient, authenticationMetadata, formOf } from '../client-authentication/index.ts'
import type { Context, Feature } from '../context/index.ts'
import { oauthJson } from '../refusals/index.ts'
import { type ViewFacts, viewFor } from './view.ts'

/** A caller may also come with a token of this scope, as resource servers of the seeds do. */
const introspectionScope = 'introspection'

export function introspectionFeature(context: Context): Feature {
  const path = '/o/introspect/'
  const shared = { path, face: oauthJson, work: 'read', direct: true } as const
  return {
    name: 'introspection',
    routes: [
      { ...shared, method: 'POST', handle: (request) => introspect(context, request, formOf(request)) },
      { ...shared, method: 'GET', handle: (request) => introspect(context, request, queryOf(request)) },
    ],
    describes: {
      [path]: {
        purpose: 'Says what a token is worth now. A bearer token needs the scope introspection.',
        caller: 'client or bearer token',
        spec: 'RFC 7662 §2',
      },
    },
    metadata: {
      introspection_endpoint: `${context.publicUrl}${path}`,
      ...authenticationMetadata('introspection'),
      introspection_signing_alg_values_supported: signingAlgorithms,
    },
  }
}

async function introspect(context: Context, request: Incoming, parameters: Parameters): Promise<Reply> {
  const caller = await callerOf(context, request, parameters)
  const token = parameters.get('token')
  if (token === undefined) {
    throw new OAuthError('invalid_request', 'Token parameter is missing.', { rule: 'token-missing' })
  }
  context.usage.introspected(caller.row)
  const authority = await authorityOf(context, token)
  const facts =
    authority.kind === 'none' || isPlain(authority)
      ? { issuer: context.issuer, isForCaller: false }
      : await factsOf(context, caller, authority)
  const view = viewFor({ clientId: caller.clientId, right: caller.introspection }, authority, facts)
  return wants(request.headers.accept, jwtType) ? signedReply(context, caller, view) : jsonReply(200, view)
}

type Known = Exclude<TokenAuthority, { kind: 'none' }>

/** Most tokens name no API, and most clients know people by their public names: nothing more is to be found out. */
function isPlain(authority: Known): boolean {
  return authority.audiences === '' && !(authority.kind === 'user' && authority.view.mayBePairwise)
}

async function factsOf(context: Context, caller: Client, authority: Known): Promise<ViewFacts> {
  const isForCaller = caller.introspection === 'own' && (await isForApiOf(context, caller, authority))
  return { issuer: context.issuer, isForCaller, pairwiseSubject: await pairwiseSubjectOf(context, authority) }
}

async function isForApiOf(context: Context, client: Client, { audiences }: Known): Promise<boolean> {
  if (audiences === '') return false
  const apis = await context.apis.all()
  return audiences.split(' ').some((audience) => apis.get(audience)?.clientRows.includes(client.row) === true)
}

/** Read only where the row of the token's client speaks of pairwise subjects. */
async function pairwiseSubjectOf(context: Context, authority: Known): Promise<string | undefined> {
  if (authority.kind !== 'user' || !authority.view.mayBePairwise) return undefined
  const { view } = authority
  const known = await context.clients.findByRow(view.grant.clientRow)
  // The token held a moment ago, so the client was there: it is being deleted.
  if (known === undefined) throw new OAuthError('temporarily_unavailable', undefined, { rule: 'client-unknown' })
  return known.client.metadata.subjectType === 'public' ? undefined : subjectFor(context, known.client, view.user)
}

const jwtType = 'application/token-introspection+jwt'

/** RFC 9701 §5: signed as the caller registered for it, and for nobody but the caller. */
async function signedReply(context: Context, caller: Client, view: IntrospectionResponse): Promise<Reply> {
  const key = await context.keys.signingKey(caller.metadata.introspectionSigningAlgorithm ?? 'RS256')
  const body = await signJws(key, 'token-introspection+jwt', {
    iss: context.issuer,
    aud: caller.clientId,
    iat: Math.floor(context.clock.now() / 1_000),
    token_introspection: view,
  })
  return { status: 200, headers: { 'content-type': jwtType, ...noStore }, body }
}

/** The query of a GET; what a client proves itself with has no place in it. */
function queryOf(request: Incoming): Parameters {
  const { query, queryFault } = request
  const secret = query.has('client_secret') || query.has('client_assertion')
  const fault = queryFault ?? (secret ? 'URL query parameters must not carry a secret' : undefined)
  const [repeated] = query.repeated()
  if (fault === undefined && repeated === undefined) return query
  throw new OAuthError('invalid_request', fault ?? 'A parameter was sent more than once.', { rule: 'query' })
}

async function callerOf(context: Context, request: Incoming, parameters: Parameters): Promise<Client> {
  if (isBearer(request.headers.authorization)) return bearerCaller(context, request)
  const client = await authenticateClient(context, request, parameters)
  // RFC 7662 §2.1: the endpoint requires authorization, which a client without a secret cannot give.
  if (client.isConfidential) return client
  throw new OAuthError('invalid_client', undefined, { rule: 'public-client', detail: { client_id: client.clientId } })
}

/** Only the scheme is looked at first: most callers are clients, and their header is read elsewhere. */
function isBearer(header: string | undefined): boolean {
  return header !== undefined && /^\s*bearer/i.test(header) && parseAuthorization(header).kind === 'bearer'
}

async function bearerCaller(context: Context, request: Incoming): Promise<Client> {
  const authority = await requireBearer(context, request)
  const clientId = authority.kind === 'user' ? authority.view.clientId : authority.clientId
  const known = await context.clients.find(clientId)
  if (known !== undefined && authority.scopes.split(' ').includes(introspectionScope)) return known.client
  throw new OAuthError('invalid_client', undefined, {
    rule: 'introspection-scope-missing',
    detail: { client_id: clientId },
  })
}
