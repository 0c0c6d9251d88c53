// /o/introspect/: an API asks what a token is worth. RFC 7662 §2.1; the seeds' servers take GET as well.
import { OAuthError, parseAuthorization } from '@latchkey/protocol'
import { type Incoming, jsonReply, type Parameters, type Reply } from '../../platform/http/index.ts'
import { authorityOf, requireBearer } from '../bearer/index.ts'
import { authenticateClient, formOf } from '../client-authentication/index.ts'
import type { Context, Feature } from '../context/index.ts'
import { oauthJson } from '../refusals/index.ts'
import { type Caller, viewFor } from './view.ts'

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
      introspection_endpoint_auth_methods_supported: ['client_secret_post', 'client_secret_basic'],
    },
  }
}

async function introspect(context: Context, request: Incoming, parameters: Parameters): Promise<Reply> {
  const caller = await callerOf(context, request, parameters)
  const token = parameters.get('token')
  if (token === undefined) {
    throw new OAuthError('invalid_request', 'Token parameter is missing.', { rule: 'token-missing' })
  }
  return jsonReply(200, viewFor(caller, await authorityOf(context, token), context.issuer))
}

/** The query of a GET; a client's secret has no place in it. */
function queryOf(request: Incoming): Parameters {
  const { query, queryFault } = request
  const fault = queryFault ?? (query.has('client_secret') ? 'URL query parameters must not carry a secret' : undefined)
  const [repeated] = query.repeated()
  if (fault === undefined && repeated === undefined) return query
  throw new OAuthError('invalid_request', fault ?? 'A parameter was sent more than once.', { rule: 'query' })
}

async function callerOf(context: Context, request: Incoming, parameters: Parameters): Promise<Caller> {
  if (isBearer(request.headers.authorization)) return bearerCaller(context, request)
  const client = await authenticateClient(context, request, parameters)
  // RFC 7662 §2.1: the endpoint requires authorization, which a client without a secret cannot give.
  if (client.isConfidential) return { clientId: client.clientId, right: client.introspection }
  throw new OAuthError('invalid_client', undefined, { rule: 'public-client', detail: { client_id: client.clientId } })
}

/** Only the scheme is looked at first: most callers are clients, and their header is read elsewhere. */
function isBearer(header: string | undefined): boolean {
  return header !== undefined && /^\s*bearer/i.test(header) && parseAuthorization(header).kind === 'bearer'
}

async function bearerCaller(context: Context, request: Incoming): Promise<Caller> {
  const authority = await requireBearer(context, request)
  const clientId = authority.kind === 'user' ? authority.view.clientId : authority.clientId
  const known = await context.clients.find(clientId)
  if (known !== undefined && authority.scopes.split(' ').includes(introspectionScope)) {
    return { clientId, right: known.client.introspection }
  }
  throw new OAuthError('invalid_client', undefined, {
    rule: 'introspection-scope-missing',
    detail: { client_id: clientId },
  })
}
