// POST /o/token/. What every grant shares happens here, so that no grant can forget it:
// the form, the client's proof, whether the client may use the grant, no-store. RFC 6749 §3.2.
import {
  type GrantType,
  OAuthError,
  parseTokenRequest,
  type TokenRequest,
  type TokenResponse,
} from '@latchkey/protocol'
import { type Incoming, jsonReply, preflight, type Reply, shareWith, type Work } from '../../platform/http/index.ts'
import type { Client } from '../../records/clients/index.ts'
import { authenticateClient, authenticationMetadata, formOf } from '../client-authentication/index.ts'
import type { Context, Feature } from '../context/index.ts'
import { oauthJson } from '../refusals/index.ts'
import { redeemAuthorizationCode } from './grants/authorization-code.ts'
import { redeemClientCredentials } from './grants/client-credentials.ts'
import { redeemPassword } from './grants/password.ts'
import { redeemRefreshToken } from './grants/refresh-token.ts'

const supported: readonly GrantType[] = ['authorization_code', 'refresh_token', 'client_credentials', 'password']

export function tokenFeature(context: Context): Feature {
  const path = '/o/token/'
  return {
    name: 'token',
    routes: [
      {
        method: 'POST',
        path,
        direct: true,
        face: oauthJson,
        work: workOf,
        finishRefusal: async (reply, request) => shareWith(reply, request, await context.clients.origins()),
        handle: (request) => handleToken(context, request),
      },
      {
        method: 'OPTIONS',
        path,
        face: oauthJson,
        handle: async (request) => preflight(request, await context.clients.origins(), ['POST']),
      },
    ],
    describes: {
      [path]: {
        purpose: 'Gives tokens for a code, a refresh token, client credentials or, where registered, a password.',
        caller: 'client',
        spec: 'RFC 6749 §3.2',
      },
    },
    metadata: {
      token_endpoint: `${context.publicUrl}${path}`,
      grant_types_supported: supported.filter((grant) => grant !== 'password'),
      ...authenticationMetadata('token'),
    },
  }
}

async function handleToken(context: Context, request: Incoming): Promise<Reply> {
  const form = formOf(request)
  const parsed = parseTokenRequest(form, supported)
  const client = await authenticateClient(context, request, form)
  refuseOtherGrants(client, parsed)
  const response = await redeem(context, client, parsed, request.remoteAddress).catch((error: unknown) => {
    throw limited(context, client, request, error)
  })
  context.usage.gaveToken(client.row, parsed.grantType)
  return shareWith(jsonReply(200, response), request, client.allowedOrigins)
}

const forged: readonly (string | undefined)[] = ['code-unknown', 'refresh-token-unknown']

/** A public client proves nothing: anybody may send what was never ours in its name. */
function limited(context: Context, client: Client, request: Incoming, error: unknown): unknown {
  if (client.isConfidential || !(error instanceof OAuthError) || !forged.includes(error.rule)) return error
  return context.failures.ofStranger(error, request.remoteAddress)
}

/** Only one of the grants needs a password hashed. */
function workOf({ body }: Incoming): Work {
  const isPassword = body.kind === 'form' && body.parameters.get('grant_type') === 'password'
  return isPassword ? 'sign-in' : 'issue'
}

function refuseOtherGrants(client: Client, parsed: TokenRequest): void {
  if (client.grantTypes.includes(parsed.grantType)) return
  throw new OAuthError('unauthorized_client', undefined, {
    rule: 'grant-type-not-registered',
    detail: { client_id: client.clientId, sent: parsed.grantType, registered: client.grantTypes.join(' ') },
  })
}

function redeem(context: Context, client: Client, parsed: TokenRequest, address: string): Promise<TokenResponse> {
  switch (parsed.grantType) {
    case 'authorization_code':
      return redeemAuthorizationCode(context, client, parsed)
    case 'refresh_token':
      return redeemRefreshToken(context, client, parsed)
    case 'client_credentials':
      return redeemClientCredentials(context, client, parsed)
    case 'password':
      return redeemPassword(context, client, parsed, address)
  }
}
