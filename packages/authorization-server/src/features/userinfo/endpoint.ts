// /o/userinfo/ by GET or POST. OpenID Connect Core §5.3.1: the token in the header, or in the body of a POST (RFC 6750 §2.2).
import { OAuthError, parseAuthorization } from '@latchkey/protocol'
import { type Incoming, jsonReply, preflight, type Reply, shareWith } from '../../platform/http/index.ts'
import { type Presented, requireBearerUser } from '../bearer/index.ts'
import type { Context, Feature } from '../context/index.ts'
import { bearer } from '../refusals/index.ts'
import { claimsFor } from './claims.ts'

const claims_supported: readonly string[] =
  'sub iss aud exp iat auth_time nonce amr at_hash jti name given_name family_name preferred_username updated_at email email_verified'.split(
    ' ',
  )

export function userinfoFeature(context: Context): Feature {
  const path = '/o/userinfo/'
  const shared = {
    path,
    face: bearer,
    finishRefusal: async (reply: Reply, request: Incoming) =>
      shareWith(reply, request, await context.clients.origins()),
  }
  return {
    name: 'userinfo',
    routes: [
      { ...shared, method: 'GET', work: 'read', direct: true, handle: (request) => userinfo(context, request) },
      {
        ...shared,
        method: 'POST',
        work: 'read',
        direct: true,
        handle: (request) => userinfo(context, withTokenFromBody(request)),
      },
      {
        ...shared,
        method: 'OPTIONS',
        handle: async (request) => preflight(request, await context.clients.origins(), ['GET', 'POST']),
      },
    ],
    describes: {
      [path]: {
        purpose: 'Claims about the person who signed in. Needs the scope openid.',
        caller: 'bearer token',
        spec: 'OpenID Connect Core §5.3',
      },
    },
    metadata: {
      userinfo_endpoint: `${context.publicUrl}${path}`,
      claims_supported,
    },
  }
}

async function userinfo(context: Context, request: Presented): Promise<Reply> {
  const { view, scopes } = await requireBearerUser(context, request, ['openid'])
  const reply = jsonReply(200, claimsFor(view.user, scopes))
  const known = await context.clients.find(view.clientId)
  return shareWith(reply, request, known?.client.allowedOrigins ?? [])
}

function withTokenFromBody(request: Incoming): Presented {
  if (request.body.kind === 'malformed') throw new OAuthError('invalid_request', request.body.reason, { rule: 'body' })
  if (request.body.kind !== 'form') return request
  const [token, ...others] = request.body.parameters.all('access_token')
  if (token === undefined) return request
  // RFC 6750 §2: a token must not come by more than one way.
  if (others.length > 0 || parseAuthorization(request.headers.authorization).kind !== 'absent') {
    throw new OAuthError('invalid_request', 'The access token was sent more than once.', { rule: 'two-methods' })
  }
  const { headers, remoteAddress } = request
  return { headers: { ...headers, authorization: `Bearer ${token}` }, remoteAddress }
}
