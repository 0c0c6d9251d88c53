// What a client is told of its own registration: every member as it stands now. RFC 7591 §3.2.1, RFC 7592 §3.
import type { Client } from '../../records/clients/index.ts'

export type Representation = Readonly<Record<string, unknown>>

export function representationOf(client: Client): Representation {
  const { metadata } = client
  return {
    client_id: client.clientId,
    client_id_issued_at: Math.floor(client.createdAt / 1_000),
    client_name: client.name,
    redirect_uris: client.redirectUris,
    response_types: metadata.responseTypes,
    grant_types: grantTypesOf(client),
    application_type: metadata.applicationType,
    scope: client.scopes.join(' '),
    token_endpoint_auth_method: methodOf(client),
    subject_type: metadata.subjectType,
    id_token_signed_response_alg: client.idTokenAlgorithm,
    require_auth_time: metadata.requiresAuthTime,
    ...given({
      contacts: metadata.contacts,
      client_uri: metadata.clientUri,
      logo_uri: metadata.logoUri,
      policy_uri: metadata.policyUri,
      tos_uri: metadata.termsUri,
      software_id: metadata.softwareId,
      software_version: metadata.softwareVersion,
      sector_identifier_uri: metadata.sectorIdentifierUri,
      jwks: metadata.jwks === undefined ? undefined : JSON.parse(metadata.jwks),
      jwks_uri: metadata.jwksUri,
      token_endpoint_auth_signing_alg: metadata.authenticationSigningAlgorithm,
      userinfo_signed_response_alg: metadata.userinfoSigningAlgorithm,
      introspection_signed_response_alg: metadata.introspectionSigningAlgorithm,
      request_object_signing_alg: metadata.requestObjectSigningAlgorithm,
      request_uris: metadata.requestUris,
      default_max_age: metadata.defaultMaxAgeSeconds,
      default_acr_values: metadata.defaultAcrValues,
      initiate_login_uri: metadata.initiateLoginUri,
      post_logout_redirect_uris: client.postLogoutRedirectUris,
      backchannel_logout_uri: metadata.backchannelLogoutUri,
      frontchannel_logout_uri: metadata.frontchannelLogoutUri,
    }),
    ...(metadata.backchannelLogoutUri === undefined
      ? {}
      : { backchannel_logout_session_required: metadata.backchannelLogoutNeedsSession }),
    ...(metadata.frontchannelLogoutUri === undefined
      ? {}
      : { frontchannel_logout_session_required: metadata.frontchannelLogoutNeedsSession }),
  }
}

/** On the wire the response types with tokens in the address belong to a grant of their own (RFC 7591 §2.1). */
function grantTypesOf({ grantTypes, metadata }: Client): readonly string[] {
  const isFrontChannel = metadata.responseTypes.some((type) => type !== 'code')
  return isFrontChannel ? [...grantTypes, 'implicit'] : grantTypes
}

/** `client_secret` is our word for both of the standard's. */
function methodOf({ authenticationMethod }: Client): string {
  return authenticationMethod === 'client_secret' ? 'client_secret_basic' : authenticationMethod
}

function given(members: Representation): Representation {
  return Object.fromEntries(
    Object.entries(members).filter(([, value]) => value !== undefined && !(Array.isArray(value) && value.length === 0)),
  )
}
