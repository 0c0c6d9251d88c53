// Decides the members of a registration beyond flows and addresses: keys, algorithms, subjects, pages, logout; by the rules that
// every registration of a client keeps to (records/clients). OpenID Connect Dynamic Client Registration §2; RFC 7591 §2; RFC 9701 §6.
import {
  type AuthenticationMethod,
  type ClientMetadata,
  type ClientSettings,
  idTokenAlgorithms,
  metadataFaults,
  postLogoutUriFault,
  type RedirectRules,
  type ResponseType,
  signingAlgorithms,
} from '../../records/clients/index.ts'
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
  const wrong = postLogoutRedirectUris.map((uri) => postLogoutUriFault(uri, rules)).find((one) => one !== undefined)
  if (wrong !== undefined) throw refusedMember('post_logout_redirect_uris', wrong)
  // An ID token is always signed: `none` is not offered (OpenID Connect Core §2 lets a server do without).
  const idTokenAlgorithm = algorithm(request, 'id_token_signed_response_alg', idTokenAlgorithms) ?? 'RS256'
  const metadata = metadataOf(request, rules)
  const client = { metadata, authenticationMethod: rules.method, redirectUris: rules.redirectUris }
  const [fault] = metadataFaults(client, { admits: rules.admits })
  if (fault !== undefined) throw refusedMember(fault.member, fault.sentence)
  return { postLogoutRedirectUris, idTokenAlgorithm, metadata }
}

function metadataOf(request: RegistrationRequest, rules: MetadataRules): ClientMetadata {
  return {
    responseTypes: rules.responseTypes,
    applicationType: rules.applicationType,
    softwareId: request.software_id,
    softwareVersion: request.software_version,
    contacts: request.contacts ?? [],
    clientUri: request.client_uri,
    logoUri: request.logo_uri,
    policyUri: request.policy_uri,
    termsUri: request.tos_uri,
    subjectType: oneOf('subject_type', request.subject_type ?? 'public', ['public', 'pairwise'] as const),
    sectorIdentifierUri: request.sector_identifier_uri,
    jwks: request.jwks === undefined ? undefined : JSON.stringify(request.jwks),
    jwksUri: request.jwks_uri,
    authenticationSigningAlgorithm: algorithm(request, 'token_endpoint_auth_signing_alg', signingAlgorithms),
    userinfoSigningAlgorithm: algorithm(request, 'userinfo_signed_response_alg', signingAlgorithms),
    introspectionSigningAlgorithm: algorithm(request, 'introspection_signed_response_alg', signingAlgorithms),
    requestObjectSigningAlgorithm: algorithm(request, 'request_object_signing_alg', [...signingAlgorithms, 'none']),
    requestUris: request.request_uris ?? [],
    defaultMaxAgeSeconds: request.default_max_age,
    requiresAuthTime: request.require_auth_time ?? false,
    defaultAcrValues: request.default_acr_values ?? [],
    initiateLoginUri: request.initiate_login_uri,
    backchannelLogoutUri: request.backchannel_logout_uri,
    backchannelLogoutNeedsSession: request.backchannel_logout_session_required ?? false,
    frontchannelLogoutUri: request.frontchannel_logout_uri,
    frontchannelLogoutNeedsSession: request.frontchannel_logout_session_required ?? false,
  }
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
