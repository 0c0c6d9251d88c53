// Decides the members of a registration beyond flows and addresses: keys, algorithms, subjects, pages, logout.
// OpenID Connect Dynamic Client Registration §2, OpenID Connect Core §4, §8, §10; RFC 7591 §2; RFC 9701 §6.
import { foreignKeys, hasPrivatePart } from '../../platform/crypto/index.ts'
import {
  type AuthenticationMethod,
  type ClientMetadata,
  type ClientSettings,
  idTokenAlgorithms,
  type ResponseType,
  signingAlgorithms,
} from '../../records/clients/index.ts'
import {
  frontchannelFault,
  hostsOf,
  initiateLoginFault,
  postLogoutUrisFault,
  type RedirectRules,
  webPageFault,
} from './addresses.ts'
import type { RegistrationRequest } from './params.ts'
import { oneOf, refusedMember } from './refusal.ts'

export interface MetadataRules extends RedirectRules {
  readonly admits: (url: string) => boolean
  readonly redirectUris: readonly string[]
  readonly method: AuthenticationMethod
  readonly responseTypes: readonly ResponseType[]
}

type Decided = Pick<ClientSettings, 'postLogoutRedirectUris' | 'idTokenAlgorithm' | 'metadata'>

export function decideMetadata(request: RegistrationRequest, rules: MetadataRules): Decided {
  const postLogoutRedirectUris = [...new Set(request.post_logout_redirect_uris ?? [])]
  requireGood('post_logout_redirect_uris', postLogoutUrisFault(postLogoutRedirectUris, rules))
  return {
    postLogoutRedirectUris,
    // An ID token is always signed: `none` is not offered (OpenID Connect Core §2 lets a server do without).
    idTokenAlgorithm: algorithm(request, 'id_token_signed_response_alg', idTokenAlgorithms) ?? 'RS256',
    metadata: {
      responseTypes: rules.responseTypes,
      applicationType: rules.applicationType,
      softwareId: request.software_id,
      softwareVersion: request.software_version,
      ...pagesOf(request, rules),
      ...subjectOf(request, rules),
      ...keysOf(request, rules),
      userinfoSigningAlgorithm: algorithm(request, 'userinfo_signed_response_alg', signingAlgorithms),
      introspectionSigningAlgorithm: algorithm(request, 'introspection_signed_response_alg', signingAlgorithms),
      defaultMaxAgeSeconds: request.default_max_age,
      requiresAuthTime: request.require_auth_time ?? false,
      defaultAcrValues: request.default_acr_values ?? [],
      ...logoutOf(request, rules),
    },
  }
}

type Pages = 'contacts' | 'clientUri' | 'logoUri' | 'policyUri' | 'termsUri' | 'initiateLoginUri'

function pagesOf(request: RegistrationRequest, rules: MetadataRules): Pick<ClientMetadata, Pages> {
  const { client_uri: clientUri, policy_uri: policyUri, tos_uri: termsUri } = request
  for (const [member, uri] of Object.entries({ client_uri: clientUri, policy_uri: policyUri, tos_uri: termsUri })) {
    if (uri !== undefined) requireGood(member, webPageFault(uri))
  }
  const { initiate_login_uri: initiateLoginUri } = request
  if (initiateLoginUri !== undefined) requireGood('initiate_login_uri', initiateLoginFault(initiateLoginUri))
  const logoUri = fetched(request, 'logo_uri', rules)
  return { contacts: request.contacts ?? [], clientUri, logoUri, policyUri, termsUri, initiateLoginUri }
}

/** OpenID Connect Core §8.1: what a sector is called is its one host, or that of the document which lists its redirect URIs. */
function subjectOf(
  request: RegistrationRequest,
  rules: MetadataRules,
): Pick<ClientMetadata, 'subjectType' | 'sectorIdentifierUri'> {
  const subjectType = oneOf('subject_type', request.subject_type ?? 'public', ['public', 'pairwise'] as const)
  const sectorIdentifierUri = fetched(request, 'sector_identifier_uri', rules)
  if (subjectType === 'pairwise' && sectorIdentifierUri === undefined && hostsOf(rules.redirectUris).size > 1) {
    throw refusedMember(
      'sector_identifier_uri',
      'it is needed for pairwise subjects when redirect_uris have several hosts.',
    )
  }
  return { subjectType, sectorIdentifierUri }
}

type Keys = 'jwks' | 'jwksUri' | 'authenticationSigningAlgorithm' | 'requestObjectSigningAlgorithm' | 'requestUris'

function keysOf(request: RegistrationRequest, rules: MetadataRules): Pick<ClientMetadata, Keys> {
  const jwksUri = fetched(request, 'jwks_uri', rules)
  const { jwks, request_uris: requestUris = [] } = request
  if (jwks !== undefined && jwksUri !== undefined)
    throw refusedMember('jwks', 'it must not come together with jwks_uri.')
  if (hasPrivatePart(jwks))
    throw refusedMember('jwks', 'it must hold public keys only; those that were sent are burnt.')
  if (jwks !== undefined && (foreignKeys(jwks) ?? []).length === 0) {
    throw refusedMember('jwks', `none of its keys can check a signature of ${signingAlgorithms.join(', ')}.`)
  }
  if (rules.method === 'private_key_jwt' && jwks === undefined && jwksUri === undefined) {
    throw refusedMember('jwks_uri', 'private_key_jwt needs it, or jwks.')
  }
  for (const uri of requestUris) {
    // A fragment may hold a hash of the document (OpenID Connect Core §6.2); it is not sent.
    if (!rules.admits(uri.replace(/#[\w-]*$/, ''))) throw refusedMember('request_uris', notFetched)
  }
  return {
    jwks: jwks === undefined ? undefined : JSON.stringify(jwks),
    jwksUri,
    authenticationSigningAlgorithm: algorithm(request, 'token_endpoint_auth_signing_alg', signingAlgorithms),
    requestObjectSigningAlgorithm: algorithm(request, 'request_object_signing_alg', [...signingAlgorithms, 'none']),
    requestUris,
  }
}

type Logout =
  | 'backchannelLogoutUri'
  | 'backchannelLogoutNeedsSession'
  | 'frontchannelLogoutUri'
  | 'frontchannelLogoutNeedsSession'

function logoutOf(request: RegistrationRequest, rules: MetadataRules): Pick<ClientMetadata, Logout> {
  const { frontchannel_logout_uri: frontchannelLogoutUri } = request
  if (frontchannelLogoutUri !== undefined) {
    requireGood('frontchannel_logout_uri', frontchannelFault(frontchannelLogoutUri, rules.redirectUris))
  }
  return {
    backchannelLogoutUri: fetched(request, 'backchannel_logout_uri', rules),
    backchannelLogoutNeedsSession: request.backchannel_logout_session_required ?? false,
    frontchannelLogoutUri,
    frontchannelLogoutNeedsSession: request.frontchannel_logout_session_required ?? false,
  }
}

const notFetched = 'it must be an https address in the open internet, without user name, password and fragment.'

/** Of an address that the server itself will call. */
function fetched(
  request: RegistrationRequest,
  member: 'logo_uri' | 'jwks_uri' | 'sector_identifier_uri' | 'backchannel_logout_uri',
  rules: MetadataRules,
): string | undefined {
  const uri = request[member]
  if (uri !== undefined && !rules.admits(uri)) throw refusedMember(member, notFetched)
  return uri
}

type AlgorithmMember = Extract<keyof RegistrationRequest, `${string}_alg`>

function algorithm<const T extends string>(
  request: RegistrationRequest,
  member: AlgorithmMember,
  allowed: readonly T[],
): T | undefined {
  const sent = request[member]
  return sent === undefined ? undefined : oneOf(member, sent, allowed)
}

function requireGood(member: string, fault: string | undefined): void {
  if (fault !== undefined) throw refusedMember(member, fault)
}
