// Reads the application form into what stands in its fields; whether that may be registered is decided in registration.ts.
import type { Parameters } from '../../platform/http/index.ts'
import {
  type ClientSettings,
  type GrantType,
  grantTypes,
  idTokenAlgorithms,
  introspectionRights,
} from '../../records/clients/index.ts'
import type { ApplicationPage } from './detail-page.ts'
import type { ApplicationValues } from './form-page.ts'

export interface TypedApplication {
  readonly values: ApplicationValues
  /** Fields with a choice that is none of those on offer. */
  readonly strange: readonly string[]
}

const clientTypes = ['confidential', 'public'] as const
const consents = ['ask', 'skip'] as const

/**
 * Only the fields that are named here are ever read: an owner, an id or a row number in the form is nobody's business.
 * @param stored what stands in fields that were not sent
 */
export function readApplication(
  form: Parameters,
  stored: ApplicationValues,
  mode: 'register' | 'update',
): TypedApplication {
  const strange: string[] = []
  const typed = (name: string, otherwise: string): string => form.raw(name)?.trim() ?? otherwise
  const choice = <T extends string>(name: string, offered: readonly T[], otherwise: T): T => {
    const sent = form.get(name)
    const found = offered.find((one) => one === sent)
    if (sent !== undefined && found === undefined) strange.push(name)
    return found ?? otherwise
  }
  const registering = mode === 'register'
  const values: ApplicationValues = {
    name: typed('name', stored.name),
    clientId: registering ? typed('client_id', '') || stored.clientId : stored.clientId,
    clientSecret: registering ? typed('client_secret', '') : undefined,
    clientType: choice('client_type', clientTypes, stored.clientType),
    grantTypes: grantTypes.filter((grant) => form.all('grant_types').includes(grant)),
    redirectUris: typed('redirect_uris', stored.redirectUris),
    postLogoutRedirectUris: typed('post_logout_redirect_uris', stored.postLogoutRedirectUris),
    allowedOrigins: typed('allowed_origins', stored.allowedOrigins),
    backchannelLogoutUri: typed('backchannel_logout_uri', stored.backchannelLogoutUri ?? ''),
    frontchannelLogoutUri: typed('frontchannel_logout_uri', stored.frontchannelLogoutUri ?? ''),
    scopes: [...new Set(form.all('scopes'))],
    pkceRequired: form.get('pkce_required') !== undefined,
    consent: choice('consent', consents, stored.consent),
    algorithm: choice('algorithm', idTokenAlgorithms, stored.algorithm),
    accessTokenLifetime: typed('access_token_lifetime', stored.accessTokenLifetime),
    refreshTokenLifetime: typed('refresh_token_lifetime', stored.refreshTokenLifetime),
    introspection: choice('introspection', introspectionRights, stored.introspection),
    refreshGrace: typed('refresh_grace', stored.refreshGrace),
    refreshEndsAccessTokens: form.get('refresh_ends_access_tokens') !== undefined,
  }
  if (form.all('grant_types').some((grant) => !isGrantType(grant))) strange.push('grant_types')
  return { values, strange }
}

function isGrantType(text: string): text is GrantType {
  return grantTypes.some((grant) => grant === text)
}

/** What stands in the fields for a client as it is. */
export function valuesOf(client: ClientSettings): ApplicationValues {
  return {
    name: client.name,
    clientId: client.clientId,
    clientType: client.isConfidential ? 'confidential' : 'public',
    grantTypes: client.grantTypes,
    redirectUris: client.redirectUris.join('\n'),
    postLogoutRedirectUris: client.postLogoutRedirectUris.join('\n'),
    allowedOrigins: client.allowedOrigins.join('\n'),
    backchannelLogoutUri: client.metadata.backchannelLogoutUri,
    frontchannelLogoutUri: client.metadata.frontchannelLogoutUri,
    scopes: client.scopes,
    pkceRequired: client.pkce === 'required',
    consent: client.consent,
    algorithm: client.idTokenAlgorithm,
    accessTokenLifetime: String(client.accessTokenLifetimeSeconds),
    refreshTokenLifetime: String(client.refreshTokenLifetimeSeconds),
    introspection: client.introspection,
    refreshGrace: String(client.refreshGraceSeconds),
    refreshEndsAccessTokens: client.refreshEndsAccessTokens,
  }
}

/** The number in the address of an application, or of a secret in a form. */
export function rowNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^[1-9]\d{0,14}$/.test(text) ? Number(text) : undefined
}

export function noticeOf(name: string | undefined): ApplicationPage['notice'] {
  switch (name) {
    case 'registered':
    case 'updated':
    case 'secret-removed':
    case 'redirect-added':
      return name
    default:
      return undefined
  }
}
