// A client as the console, its API and the trail of changes name its settings, and back. What may be registered is decided in rules.ts.
import type { ChangedValue, Value, Values } from '../../platform/console/index.ts'
import type { Instant } from '../../platform/time/index.ts'
import {
  authenticationMethods,
  type Client,
  type ClientSecret,
  type ClientSettings,
  grantTypes,
  introspectionRights,
} from './client.ts'
import { type ClientMetadata, responseTypes, signingAlgorithms } from './metadata.ts'

const dayMs = 86_400_000

/** All that may be changed of it. */
function settingValues(client: ClientSettings): Values {
  return {
    name: client.name,
    owner: client.ownerId ?? null,
    authentication_method: client.authenticationMethod,
    grant_types: client.grantTypes,
    redirect_uris: client.redirectUris,
    post_logout_redirect_uris: client.postLogoutRedirectUris,
    allowed_origins: client.allowedOrigins,
    scopes: client.scopes,
    consent: client.consent,
    pkce: client.pkce,
    introspection: client.introspection,
    id_token_algorithm: client.idTokenAlgorithm,
    access_token_lifetime_seconds: client.accessTokenLifetimeSeconds,
    refresh_token_lifetime_seconds: client.refreshTokenLifetimeSeconds,
    refresh_grace_seconds: client.refreshGraceSeconds,
    refresh_ends_access_tokens: client.refreshEndsAccessTokens,
    refresh_narrows_grant: client.refreshNarrowsGrant,
    ...metadataValues(client.metadata),
  }
}

function metadataValues(metadata: ClientMetadata): Values {
  return {
    response_types: metadata.responseTypes,
    application_type: metadata.applicationType,
    software_id: metadata.softwareId ?? null,
    software_version: metadata.softwareVersion ?? null,
    contacts: metadata.contacts,
    client_uri: metadata.clientUri ?? null,
    logo_uri: metadata.logoUri ?? null,
    policy_uri: metadata.policyUri ?? null,
    tos_uri: metadata.termsUri ?? null,
    subject_type: metadata.subjectType,
    sector_identifier_uri: metadata.sectorIdentifierUri ?? null,
    jwks: keysIn(metadata),
    jwks_uri: metadata.jwksUri ?? null,
    token_endpoint_auth_signing_alg: metadata.authenticationSigningAlgorithm ?? null,
    userinfo_signed_response_alg: metadata.userinfoSigningAlgorithm ?? null,
    introspection_signed_response_alg: metadata.introspectionSigningAlgorithm ?? null,
    request_object_signing_alg: metadata.requestObjectSigningAlgorithm ?? null,
    request_uris: metadata.requestUris,
    default_max_age: metadata.defaultMaxAgeSeconds ?? null,
    require_auth_time: metadata.requiresAuthTime,
    default_acr_values: metadata.defaultAcrValues,
    initiate_login_uri: metadata.initiateLoginUri ?? null,
    backchannel_logout_uri: metadata.backchannelLogoutUri ?? null,
    backchannel_logout_session_required: metadata.backchannelLogoutNeedsSession,
    frontchannel_logout_uri: metadata.frontchannelLogoutUri ?? null,
    frontchannel_logout_session_required: metadata.frontchannelLogoutNeedsSession,
  }
}

/** Our own rows hold only what our own forms let in: a JSON object. */
function keysIn({ jwks }: ClientMetadata): Value {
  const keys: unknown = JSON.parse(jwks ?? 'null')
  return typeof keys === 'object' && keys !== null ? Object.fromEntries(Object.entries(keys)) : null
}

/** What may be known of a secret. */
export interface SecretValues extends Readonly<Record<string, unknown>> {
  readonly id: string
  readonly kind: ClientSecret['kind']
  readonly ends_in: string | null
  readonly created_at: Instant
  readonly age_days: number
}

function secretValues(secret: ClientSecret, now: Instant): SecretValues {
  return {
    id: String(secret.id),
    kind: secret.kind,
    ends_in: secret.hint === '' ? null : secret.hint,
    created_at: secret.createdAt,
    age_days: Math.max(0, Math.floor((now - secret.createdAt) / dayMs)),
  }
}

/** As its page and the API show it. */
export function clientValues(client: Client, secrets: readonly ClientSecret[], now: Instant): Values {
  return {
    ...settingValues(client),
    client_id: client.clientId,
    enabled: client.enabled,
    is_confidential: client.isConfidential,
    secrets: secrets.map((secret) => secretValues(secret, now)),
    created_at: client.createdAt,
    updated_at: client.updatedAt,
  }
}

/** All of it, for the trail: a client comes from nothing, and goes to nothing. No secret is a setting. */
function wholeValues(client: ClientSettings | undefined): Values {
  return client === undefined ? {} : { ...settingValues(client), client_id: client.clientId }
}

/** What is told of a client that comes, changes or goes: before and after of each setting that differs. */
export function changesOfClient(
  before: ClientSettings | undefined,
  after: ClientSettings | undefined,
): Readonly<Record<string, ChangedValue>> {
  return differingValues(wholeValues(before), wholeValues(after))
}

/** By field; the order of a list counts. */
function differingValues(before: Values, after: Values): Readonly<Record<string, ChangedValue>> {
  return Object.fromEntries(
    [...new Set([...Object.keys(before), ...Object.keys(after)])]
      .map((name) => [name, { before: before[name] ?? null, after: after[name] ?? null }] as const)
      .filter(([, change]) => JSON.stringify(change.before) !== JSON.stringify(change.after)),
  )
}

/** @param base what stays where the values do not speak of it */
export function settingsFrom(values: Values, base: ClientSettings): ClientSettings {
  const read = readerOf(values)
  const authenticationMethod = read.one('authentication_method', authenticationMethods, base.authenticationMethod)
  return {
    ...base,
    name: read.text('name', base.name) ?? '',
    authenticationMethod,
    isConfidential: authenticationMethod !== 'none',
    grantTypes: inOrderOf(base.grantTypes, read.some('grant_types', grantTypes, base.grantTypes)),
    redirectUris: read.list('redirect_uris', base.redirectUris),
    postLogoutRedirectUris: read.list('post_logout_redirect_uris', base.postLogoutRedirectUris),
    allowedOrigins: read.list('allowed_origins', base.allowedOrigins),
    scopes: inOrderOf(base.scopes, read.list('scopes', base.scopes)),
    consent: read.one('consent', ['ask', 'skip'], base.consent),
    pkce: read.one('pkce', ['required', 'optional'], base.pkce),
    introspection: read.one('introspection', introspectionRights, base.introspection),
    idTokenAlgorithm: read.one('id_token_algorithm', signingAlgorithms, base.idTokenAlgorithm),
    accessTokenLifetimeSeconds:
      read.seconds('access_token_lifetime_seconds', base.accessTokenLifetimeSeconds) ?? Number.NaN,
    refreshTokenLifetimeSeconds:
      read.seconds('refresh_token_lifetime_seconds', base.refreshTokenLifetimeSeconds) ?? Number.NaN,
    refreshGraceSeconds: read.seconds('refresh_grace_seconds', base.refreshGraceSeconds) ?? Number.NaN,
    refreshEndsAccessTokens: read.flag('refresh_ends_access_tokens', base.refreshEndsAccessTokens),
    refreshNarrowsGrant: read.flag('refresh_narrows_grant', base.refreshNarrowsGrant),
    metadata: metadataFrom(read, base.metadata),
  }
}

function metadataFrom(read: Reader, base: ClientMetadata): ClientMetadata {
  return {
    responseTypes: read.some('response_types', responseTypes, base.responseTypes),
    applicationType: read.one('application_type', ['web', 'native'], base.applicationType),
    softwareId: read.text('software_id', base.softwareId),
    softwareVersion: read.text('software_version', base.softwareVersion),
    contacts: read.list('contacts', base.contacts),
    clientUri: read.text('client_uri', base.clientUri),
    logoUri: read.text('logo_uri', base.logoUri),
    policyUri: read.text('policy_uri', base.policyUri),
    termsUri: read.text('tos_uri', base.termsUri),
    subjectType: read.one('subject_type', ['public', 'pairwise'], base.subjectType),
    sectorIdentifierUri: read.text('sector_identifier_uri', base.sectorIdentifierUri),
    jwks: read.json('jwks', base.jwks),
    jwksUri: read.text('jwks_uri', base.jwksUri),
    authenticationSigningAlgorithm: read.perhaps(
      'token_endpoint_auth_signing_alg',
      signingAlgorithms,
      base.authenticationSigningAlgorithm,
    ),
    userinfoSigningAlgorithm: read.perhaps(
      'userinfo_signed_response_alg',
      signingAlgorithms,
      base.userinfoSigningAlgorithm,
    ),
    introspectionSigningAlgorithm: read.perhaps(
      'introspection_signed_response_alg',
      signingAlgorithms,
      base.introspectionSigningAlgorithm,
    ),
    requestObjectSigningAlgorithm: read.perhaps(
      'request_object_signing_alg',
      [...signingAlgorithms, 'none'],
      base.requestObjectSigningAlgorithm,
    ),
    requestUris: read.list('request_uris', base.requestUris),
    defaultMaxAgeSeconds: read.seconds('default_max_age', base.defaultMaxAgeSeconds),
    requiresAuthTime: read.flag('require_auth_time', base.requiresAuthTime),
    defaultAcrValues: read.list('default_acr_values', base.defaultAcrValues),
    initiateLoginUri: read.text('initiate_login_uri', base.initiateLoginUri),
    backchannelLogoutUri: read.text('backchannel_logout_uri', base.backchannelLogoutUri),
    backchannelLogoutNeedsSession: read.flag('backchannel_logout_session_required', base.backchannelLogoutNeedsSession),
    frontchannelLogoutUri: read.text('frontchannel_logout_uri', base.frontchannelLogoutUri),
    frontchannelLogoutNeedsSession: read.flag(
      'frontchannel_logout_session_required',
      base.frontchannelLogoutNeedsSession,
    ),
  }
}

/** A form that was sent back as it was changes nothing, not even an order. */
function inOrderOf<T>(stored: readonly T[], chosen: readonly T[]): readonly T[] {
  return [...stored.filter((one) => chosen.includes(one)), ...chosen.filter((one) => !stored.includes(one))]
}

type Reader = ReturnType<typeof readerOf>

/** What is absent stays as it is; what is empty is taken away. The declared choices have been checked before. */
function readerOf(values: Values) {
  const at = <T>(name: string, otherwise: T, read: (value: Value) => T): T => {
    const value = values[name]
    return value === undefined ? otherwise : read(value)
  }
  const listOf = (value: Value): readonly string[] => [
    ...new Set([Array.isArray(value) ? value : []].flat().map(String)),
  ]
  return {
    text: (name: string, otherwise: string | undefined): string | undefined =>
      at(name, otherwise, (value) => (typeof value === 'string' && value !== '' ? value : undefined)),
    flag: (name: string, otherwise: boolean): boolean => at(name, otherwise, (value) => value === true),
    list: (name: string, otherwise: readonly string[]): readonly string[] => at(name, otherwise, listOf),
    some: <T extends string>(name: string, known: readonly T[], otherwise: readonly T[]): readonly T[] =>
      at(name, otherwise, (value) => known.filter((one) => listOf(value).includes(one))),
    one: <T extends string>(name: string, known: readonly T[], otherwise: T): T =>
      at(name, otherwise, (value) => known.find((one) => one === value) ?? otherwise),
    perhaps: <T extends string>(name: string, known: readonly T[], otherwise: T | undefined): T | undefined =>
      at(name, otherwise, (value) => known.find((one) => one === value)),
    seconds: (name: string, otherwise: number | undefined): number | undefined =>
      at(name, otherwise, (value) => (typeof value === 'number' ? value : undefined)),
    json: (name: string, otherwise: string | undefined): string | undefined =>
      at(name, otherwise, (value) => (value === null ? undefined : JSON.stringify(value))),
  }
}
