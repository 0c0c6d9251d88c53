// A client between the words of the file and our own. RFC 7591 §2, OpenID Connect Dynamic Client Registration §2.
import {
  type ClientMetadata,
  type ClientSettings,
  defaultClientSettings,
  plainMetadata,
} from '../../records/clients/index.ts'
import type { ClientDeclaration } from './schema.ts'

/** What an entry says, by field, in values of JSON. */
export type Fields = Readonly<Record<string, unknown>>

/** What a client is by its declaration: what is left out is at its default. */
export function settingsFrom(clientId: string, declared: ClientDeclaration): Omit<ClientSettings, 'ownerId'> {
  const method = declared.authentication_method ?? 'client_secret'
  const base = defaultClientSettings({ clientId, name: declared.name, isConfidential: method !== 'none' })
  return {
    ...base,
    authenticationMethod: method,
    grantTypes: unique(declared.grant_types ?? base.grantTypes),
    redirectUris: unique(declared.redirect_uris ?? []),
    postLogoutRedirectUris: unique(declared.post_logout_redirect_uris ?? []),
    allowedOrigins: unique(declared.allowed_origins ?? []),
    scopes: unique(declared.scopes ?? base.scopes),
    pkce: declared.pkce ?? base.pkce,
    consent: declared.consent ?? base.consent,
    introspection: declared.introspection ?? base.introspection,
    idTokenAlgorithm: declared.id_token_algorithm ?? base.idTokenAlgorithm,
    accessTokenLifetimeSeconds: declared.access_token_lifetime_seconds ?? base.accessTokenLifetimeSeconds,
    refreshTokenLifetimeSeconds: declared.refresh_token_lifetime_seconds ?? base.refreshTokenLifetimeSeconds,
    refreshGraceSeconds: declared.refresh_grace_seconds ?? base.refreshGraceSeconds,
    refreshEndsAccessTokens: declared.refresh_ends_access_tokens ?? base.refreshEndsAccessTokens,
    refreshNarrowsGrant: declared.refresh_narrows_grant ?? base.refreshNarrowsGrant,
    metadata: metadataFrom(declared),
  }
}

/** Each once, where it first stands. */
export function unique<T>(list: readonly T[]): readonly T[] {
  return [...new Set(list)]
}

function metadataFrom(declared: ClientDeclaration): ClientMetadata {
  const plain = plainMetadata
  return {
    responseTypes: unique(declared.response_types ?? plain.responseTypes),
    applicationType: declared.application_type ?? plain.applicationType,
    softwareId: declared.software_id,
    softwareVersion: declared.software_version,
    contacts: unique(declared.contacts ?? []),
    clientUri: declared.client_uri,
    logoUri: declared.logo_uri,
    policyUri: declared.policy_uri,
    termsUri: declared.tos_uri,
    subjectType: declared.subject_type ?? plain.subjectType,
    sectorIdentifierUri: declared.sector_identifier_uri,
    jwks: declared.jwks === undefined ? undefined : JSON.stringify(declared.jwks),
    jwksUri: declared.jwks_uri,
    authenticationSigningAlgorithm: declared.token_endpoint_auth_signing_alg,
    userinfoSigningAlgorithm: declared.userinfo_signed_response_alg,
    introspectionSigningAlgorithm: declared.introspection_signed_response_alg,
    requestObjectSigningAlgorithm: declared.request_object_signing_alg,
    requestUris: unique(declared.request_uris ?? []),
    defaultMaxAgeSeconds: declared.default_max_age,
    requiresAuthTime: declared.require_auth_time ?? false,
    defaultAcrValues: unique(declared.default_acr_values ?? []),
    initiateLoginUri: declared.initiate_login_uri,
    backchannelLogoutUri: declared.backchannel_logout_uri,
    backchannelLogoutNeedsSession: declared.backchannel_logout_session_required ?? false,
    frontchannelLogoutUri: declared.frontchannel_logout_uri,
    frontchannelLogoutNeedsSession: declared.frontchannel_logout_session_required ?? false,
  }
}

/** Every field of a client in the order of the file; what is absent is null. */
export function fieldsOfClient(client: Omit<ClientSettings, 'ownerId'>): Fields {
  const { metadata } = client
  return {
    name: client.name,
    authentication_method: client.authenticationMethod,
    grant_types: client.grantTypes,
    response_types: metadata.responseTypes,
    redirect_uris: client.redirectUris,
    post_logout_redirect_uris: client.postLogoutRedirectUris,
    allowed_origins: client.allowedOrigins,
    scopes: client.scopes,
    pkce: client.pkce,
    consent: client.consent,
    introspection: client.introspection,
    id_token_algorithm: client.idTokenAlgorithm,
    access_token_lifetime_seconds: client.accessTokenLifetimeSeconds,
    refresh_token_lifetime_seconds: client.refreshTokenLifetimeSeconds,
    refresh_grace_seconds: client.refreshGraceSeconds,
    refresh_ends_access_tokens: client.refreshEndsAccessTokens,
    refresh_narrows_grant: client.refreshNarrowsGrant,
    ...fieldsOfMetadata(metadata),
  }
}

function fieldsOfMetadata(metadata: ClientMetadata): Fields {
  return {
    application_type: metadata.applicationType,
    software_id: metadata.softwareId ?? null,
    software_version: metadata.softwareVersion ?? null,
    contacts: metadata.contacts,
    client_uri: metadata.clientUri ?? null,
    logo_uri: metadata.logoUri ?? null,
    policy_uri: metadata.policyUri ?? null,
    tos_uri: metadata.termsUri ?? null,
    initiate_login_uri: metadata.initiateLoginUri ?? null,
    subject_type: metadata.subjectType,
    sector_identifier_uri: metadata.sectorIdentifierUri ?? null,
    jwks: metadata.jwks === undefined ? null : JSON.parse(metadata.jwks),
    jwks_uri: metadata.jwksUri ?? null,
    token_endpoint_auth_signing_alg: metadata.authenticationSigningAlgorithm ?? null,
    userinfo_signed_response_alg: metadata.userinfoSigningAlgorithm ?? null,
    introspection_signed_response_alg: metadata.introspectionSigningAlgorithm ?? null,
    request_object_signing_alg: metadata.requestObjectSigningAlgorithm ?? null,
    request_uris: metadata.requestUris,
    default_max_age: metadata.defaultMaxAgeSeconds ?? null,
    require_auth_time: metadata.requiresAuthTime,
    default_acr_values: metadata.defaultAcrValues,
    backchannel_logout_uri: metadata.backchannelLogoutUri ?? null,
    backchannel_logout_session_required: metadata.backchannelLogoutNeedsSession,
    frontchannel_logout_uri: metadata.frontchannelLogoutUri ?? null,
    frontchannel_logout_session_required: metadata.frontchannelLogoutNeedsSession,
  }
}
