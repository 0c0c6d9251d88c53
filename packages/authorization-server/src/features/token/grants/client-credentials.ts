// RFC 6749 §4.4: a client for itself. No refresh token, no grant row, and no write.
import { type ClientCredentialsRequest, OAuthError, type TokenResponse } from '@latchkey/protocol'
import type { Client } from '../../../records/clients/index.ts'
import type { Context } from '../../context/index.ts'
import { planAccess, requestedAudiences } from '../access.ts'
import { issueClientToken } from '../issue.ts'
import { decideClientScopes } from '../scopes.ts'

export async function redeemClientCredentials(
  context: Context,
  client: Client,
  request: ClientCredentialsRequest,
): Promise<TokenResponse> {
  // RFC 6749 §4.4.2: a public client cannot show that it is itself.
  if (!client.isConfidential) {
    throw new OAuthError('unauthorized_client', undefined, {
      rule: 'public-client',
      detail: { client_id: client.clientId },
    })
  }
  const scopes = decideClientScopes(client, request.scopes).join(' ')
  const access = await planAccess(context, client, scopes, await requestedAudiences(context, request.resources))
  return issueClientToken(context, { client, access, installationEpoch: context.installation.epoch() })
}
