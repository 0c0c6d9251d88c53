// Reads an authorization request against the client's registration, in two stages: until the client and its redirect URI
// are proven, a fault stays on our page (RFC 6749 §4.1.2.1, RFC 9700 §4.11.2); after that it travels to the client.
import {
  type AuthorizationRequest,
  type AuthorizationRequestPolicy,
  claimsByScope,
  type ClaimsRequest,
  describeDifference,
  matchRedirectUri,
  OAuthError,
  parseAuthorizationRequest,
  parseClientAndRedirect,
  type ResponseParts,
  responseParts,
} from '@latchkey/protocol'
import type { Parameters } from '../../platform/http/index.ts'
import type { Client } from '../../records/clients/index.ts'
import type { Context } from '../context/index.ts'
import { decideScopes } from '../token/index.ts'
import type { AskedAuthorization } from './transaction.ts'

/** Each client has its own: the legacy response types are switched on one by one. */
export function policyOf({ metadata }: Pick<Client, 'metadata'>): AuthorizationRequestPolicy {
  return { responseTypes: metadata.responseTypes }
}

export interface Destination {
  readonly client: Client
  readonly redirectUri: string
  readonly redirectUriWasSent: boolean
}

/** Who asks; everything else needs to know that first. */
export async function findAskingClient(context: Context, parameters: Parameters): Promise<Client> {
  const { clientId } = parseClientAndRedirect(parameters)
  const known = await context.clients.find(clientId)
  if (known?.client.enabled === true) return known.client
  const rule = known === undefined ? 'client-unknown' : 'client-disabled'
  throw fatal('Invalid client_id parameter value.', rule, { client_id: clientId.slice(0, 255) })
}

/** Stage one: who asks, and where the answer may go. */
export async function findDestination(context: Context, parameters: Parameters): Promise<Destination> {
  return destinationFor(await findAskingClient(context, parameters), parameters)
}

/** @throws OAuthError that must not travel */
export function destinationFor(client: Client, parameters: Parameters): Destination {
  const { redirectUri } = parseClientAndRedirect(parameters)
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

/** What is asked for, but for the APIs, which are looked up, and for what the sign-in must be like. */
export type AskedForm = Omit<AskedAuthorization, 'audiences' | 'demands'>

/** Stage two: what is asked for. Every fault here may travel. */
export function readRequest(
  destination: Destination,
  parameters: Parameters,
): { readonly request: AuthorizationRequest; readonly asked: AskedForm } {
  const { client, redirectUri, redirectUriWasSent } = destination
  const request = parseAuthorizationRequest(parameters, policyOf(client))
  const parts = responseParts(request.responseType)
  refuseOtherGrants(client, parts)
  if (request.responseMode === 'form_post') refuseFormTo(redirectUri)
  const decided = decideScopes(client, request.scopes)
  // OpenID Connect Core §11: without a code there is nothing that could be refreshed.
  const scopes = parts.code ? decided : decided.filter((scope) => scope !== 'offline_access')
  if (parts.code && client.pkce === 'required' && request.codeChallenge === undefined) {
    throw new OAuthError('invalid_request', 'Code challenge required.', { rule: 'pkce-required' })
  }
  const asked: AskedForm = {
    clientRow: client.row,
    responseType: request.responseType,
    responseMode: request.responseMode,
    scopes,
    scopesToAllow: [...new Set([...scopes, ...scopesOfClaims(client, request.claimsRequest)])],
    claims: request.claims ?? '',
    redirectUri,
    redirectUriWasSent,
    state: request.state,
    nonce: request.nonce,
    codeChallenge: request.codeChallenge,
  }
  return { request, asked }
}

/** A claim that is asked for by name is as much to allow as the scope that stands for it. */
function scopesOfClaims({ scopes }: Client, { userinfo, idToken }: ClaimsRequest): readonly string[] {
  if (userinfo.size === 0 && idToken.size === 0) return []
  return Object.entries(claimsByScope)
    .filter(
      ([scope, claims]) => scopes.includes(scope) && claims.some((name) => userinfo.has(name) || idToken.has(name)),
    )
    .map(([scope]) => scope)
}

function refuseOtherGrants(client: Client, parts: ResponseParts): void {
  if (!parts.code || client.grantTypes.includes('authorization_code')) return
  throw new OAuthError('unauthorized_client', undefined, {
    rule: 'grant-type-not-registered',
    detail: { sent: 'authorization_code', registered: client.grantTypes.join(', ') },
  })
}

/** Nothing but a web server can take a form (OAuth 2.0 Form Post Response Mode §2). */
export function takesForms(redirectUri: string): boolean {
  return /^https?:/i.test(redirectUri)
}

function refuseFormTo(redirectUri: string): void {
  if (takesForms(redirectUri)) return
  throw new OAuthError('invalid_request', 'The response_mode form_post needs a redirect URI of the web.', {
    rule: 'form-post-without-web-address',
    detail: { sent: 'form_post', registered: redirectUri },
  })
}
