// /o/userinfo/ by GET or POST. OpenID Connect Core §5.3: the token in the header, or in the body of a POST (RFC 6750 §2.2);
// the answer as JSON, or signed for a client that registered for it.
import { OAuthError, parseAuthorization } from '@latchkey/protocol'
import { signJws } from '../../platform/crypto/index.ts'
import { type Incoming, jsonReply, noStore, preflight, type Reply, shareWith } from '../../platform/http/index.ts'
import { type Client, signingAlgorithms } from '../../records/clients/index.ts'
import { type Presented, requireBearerUser } from '../bearer/index.ts'
import { supportedClaims } from '../claims/index.ts'
import type { Context, Feature } from '../context/index.ts'
import { bearer } from '../refusals/index.ts'
import { userinfoClaims } from './answer.ts'

const tokenClaims: readonly string[] = 'sub iss aud azp exp iat auth_time nonce acr amr at_hash c_hash sid jti'.split(
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
      claims_supported: [...tokenClaims, ...supportedClaims],
      userinfo_signing_alg_values_supported: signingAlgorithms,
    },
  }
}

async function userinfo(context: Context, request: Presented): Promise<Reply> {
  const { view, scopes } = await requireBearerUser(context, request, ['openid'])
  const known = await context.clients.find(view.clientId)
  // The token held a moment ago, so the client was there: it is being deleted, or its id changed.
  if (known === undefined) throw new OAuthError('invalid_token', undefined, { rule: 'client-unknown' })
  const { client } = known
  const claims = userinfoClaims(context, { client, user: view.user, scopes, claims: view.grant.claims })
  return shareWith(await replyWith(context, client, claims), request, client.allowedOrigins)
}

/** OpenID Connect Core §5.3.2: a signed answer names its issuer and whom it is for. */
async function replyWith(context: Context, client: Client, claims: object): Promise<Reply> {
  const algorithm = client.metadata.userinfoSigningAlgorithm
  if (algorithm === undefined) return jsonReply(200, claims)
  const key = await context.keys.signingKey(algorithm)
  const issuedAt = Math.floor(context.clock.now() / 1_000)
  const body = await signJws(key, 'JWT', { ...claims, iss: context.issuer, aud: client.clientId, iat: issuedAt })
  return { status: 200, headers: { 'content-type': 'application/jwt', ...noStore }, body }
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
