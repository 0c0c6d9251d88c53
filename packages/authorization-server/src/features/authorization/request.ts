// Reads an authorization request against the client's registration, in two stages: until the client and its redirect URI
// are proven, a fault stays on our page (RFC 6749 §4.1.2.1, RFC 9700 §4.11.2); after that it travels to the client.
import {
  type AuthorizationRequest,
  type AuthorizationRequestPolicy,
  describeDifference,
  matchRedirectUri,
  OAuthError,
  parseAuthorizationRequest,
  parseClientAndRedirect,
} from '@latchkey/protocol'
import type { Parameters } from '../../platform/http/index.ts'
import type { Client } from '../../records/clients/index.ts'
import type { Context } from '../context/index.ts'
import { decideScopes } from '../token/index.ts'
import type { AskedAuthorization } from './transaction.ts'

export const requestPolicy: AuthorizationRequestPolicy = { responseTypes: ['code'], responseModes: ['query'] }

export interface Destination {
  readonly client: Client
  readonly redirectUri: string
  readonly redirectUriWasSent: boolean
}

/** Stage one: who asks, and where the answer may go. */
export async function findDestination(context: Context, parameters: Parameters): Promise<Destination> {
  const { clientId, redirectUri } = parseClientAndRedirect(parameters)
  const known = await context.clients.find(clientId)
  if (known === undefined || !known.client.enabled) {
    const rule = known === undefined ? 'client-unknown' : 'client-disabled'
    throw fatal('Invalid client_id parameter value.', rule, { client_id: clientId.slice(0, 255) })
  }
  const { client } = known
  return { client, redirectUri: decideRedirectUri(client, redirectUri), redirectUriWasSent: redirectUri !== undefined }
}

function decideRedirectUri(client: Client, sent: string | undefined): string {
  const [only, ...others] = client.redirectUris
  if (sent === undefined) {
    // RFC 6749 §3.1.2.3: it may be left out only where there is nothing to choose.
    if (only !== undefined && others.length === 0) return only
    throw fatal('Missing redirect URI.', 'redirect-uri-missing', { client_id: client.clientId })
  }
  if (matchRedirectUri(client.redirectUris, sent)) return sent
  const closest = describeDifference(sent, client.redirectUris)
  throw fatal('Mismatching redirect URI.', 'redirect-uri-not-registered', {
    client_id: client.clientId,
    sent: sent.slice(0, 2_048),
    ...(closest === undefined ? {} : { registered: closest.registered, difference: closest.differences.join(', ') }),
  })
}

function fatal(description: string, rule: string, detail: Readonly<Record<string, string>>): OAuthError {
  return new OAuthError('invalid_request', description, { rule, detail, mayRedirect: false })
}

/** Stage two: what is asked for. Every fault here may travel. */
export function readRequest(
  destination: Destination,
  parameters: Parameters,
): { readonly request: AuthorizationRequest; readonly asked: AskedAuthorization } {
  const { client } = destination
  const request = parseAuthorizationRequest(parameters, requestPolicy)
  const refuse = (code: 'unauthorized_client' | 'invalid_target' | 'invalid_request', rule: string, text?: string) =>
    new OAuthError(code, text, { rule, detail: { client_id: client.clientId } })
  if (!client.grantTypes.includes('authorization_code'))
    throw refuse('unauthorized_client', 'grant-type-not-registered')
  const scopes = decideScopes(client, request.scopes)
  if (client.pkce === 'required' && request.codeChallenge === undefined) {
    throw refuse('invalid_request', 'pkce-required', 'Code challenge required.')
  }
  if (request.resources.length > 0) throw refuse('invalid_target', 'resource-unknown')
  const asked: AskedAuthorization = {
    clientRow: client.row,
    scopes,
    redirectUri: destination.redirectUri,
    redirectUriWasSent: destination.redirectUriWasSent,
    state: request.state,
    nonce: request.nonce,
    codeChallenge: request.codeChallenge,
  }
  return { request, asked }
}
