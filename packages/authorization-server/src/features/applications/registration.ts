// What may be registered of an application, and by whom. RFC 7591 §2; RFC 6749 §2.1, §3.1.2; RFC 9700 §2.
// Three things give a client power over people who never chose it: the password grant, asking about any token, and skipping
// consent. Only a superuser grants them; whoever owns a client that has one may keep it or give it up.
import type { FieldErrors } from '../../platform/html/index.ts'
import { clientNameFault, type ClientSettings, type GrantType } from '../../records/clients/index.ts'
import { readOrigins, readPostLogoutUris, readRedirectUris } from './addresses.ts'
import type { ApplicationValues } from './form-page.ts'
import { readLogoutAddresses } from './logout-addresses.ts'
import type { TypedApplication } from './params.ts'

export interface RegistrationRules {
  /** Whether the person may give clients power over others: superusers only. */
  readonly mayTrust: boolean
  readonly knownScopes: readonly string[]
  /** Whether this server would call an address. */
  readonly admits: (url: string) => boolean
}

export type RegistrationDecision =
  | { readonly kind: 'register'; readonly settings: ClientSettings }
  | { readonly kind: 'refuse'; readonly errors: FieldErrors }

/** @param base the client as it is, or the defaults of a new one: what the form does not speak of stays as there */
export function decideRegistration(
  { values, strange }: TypedApplication,
  base: ClientSettings,
  rules: RegistrationRules,
): RegistrationDecision {
  const isPublic = values.clientType === 'public'
  const redirectUris = readRedirectUris(values.redirectUris, isPublic)
  const postLogoutUris = readPostLogoutUris(values.postLogoutRedirectUris, isPublic)
  const origins = readOrigins(values.allowedOrigins)
  const logout = readLogoutAddresses(values, base.metadata, redirectUris.addresses, rules.admits)
  const access = readSeconds(values.accessTokenLifetime, base.accessTokenLifetimeSeconds, accessBounds)
  const refresh = readSeconds(values.refreshTokenLifetime, base.refreshTokenLifetimeSeconds, refreshBounds)
  const grace = readSeconds(values.refreshGrace, base.refreshGraceSeconds, graceBounds)
  const trust = trustErrors(values, base, rules)
  const all: FieldErrors = {
    form: trust.form,
    name: nameErrors(values.name),
    client_id: clientIdErrors(values.clientId, base.clientId),
    client_type: [],
    grant_types: [...grantErrors(values), ...trust.grantTypes],
    redirect_uris: [...redirectUris.errors, ...needsRedirectUri(values, redirectUris.addresses)],
    post_logout_redirect_uris: postLogoutUris.errors,
    allowed_origins: origins.errors,
    ...logout.errors,
    scopes: scopeErrors(values.scopes, rules.knownScopes),
    access_token_lifetime: access.errors,
    refresh_token_lifetime: refresh.errors,
    introspection: trust.introspection,
    refresh_grace: grace.errors,
  }
  const errors = present(all, strange)
  if (errors !== undefined) return { kind: 'refuse', errors }
  const settings: ClientSettings = {
    ...base,
    clientId: values.clientId,
    name: values.name,
    isConfidential: !isPublic,
    authenticationMethod: authenticationMethod(isPublic, base),
    grantTypes: inOrderOf(base.grantTypes, values.grantTypes),
    redirectUris: redirectUris.addresses,
    postLogoutRedirectUris: postLogoutUris.addresses,
    allowedOrigins: origins.addresses,
    scopes: inOrderOf(base.scopes, values.scopes),
    // RFC 9700 §2.1.1: nothing but PKCE ties a code to a client that has no secret.
    pkce: isPublic || values.pkceRequired ? 'required' : 'optional',
    consent: values.consent,
    // RFC 7662 §2.1: who cannot prove who they are is told nothing.
    introspection: isPublic ? 'none' : values.introspection,
    idTokenAlgorithm: values.algorithm,
    accessTokenLifetimeSeconds: access.seconds,
    refreshTokenLifetimeSeconds: refresh.seconds,
    refreshGraceSeconds: grace.seconds,
    refreshEndsAccessTokens: values.refreshEndsAccessTokens,
    metadata: { ...base.metadata, ...logout.metadata },
  }
  return { kind: 'register', settings }
}

/** A form that was sent back as it was changes nothing, not even an order. */
function inOrderOf<T>(stored: readonly T[], chosen: readonly T[]): readonly T[] {
  return [...stored.filter((one) => chosen.includes(one)), ...chosen.filter((one) => !stored.includes(one))]
}

function present(all: FieldErrors, strange: readonly string[]): FieldErrors | undefined {
  const notOffered = Object.fromEntries(strange.map((field) => [field, ['Choose one of what is on offer.']]))
  const wrong = Object.entries({ ...all, ...notOffered }).filter(([, sentences]) => sentences.length > 0)
  return wrong.length === 0 ? undefined : Object.fromEntries(wrong)
}

function authenticationMethod(isPublic: boolean, base: ClientSettings): ClientSettings['authenticationMethod'] {
  if (isPublic) return 'none'
  return base.isConfidential ? base.authenticationMethod : 'client_secret'
}

function nameErrors(name: string): readonly string[] {
  const fault = clientNameFault(name)
  return fault === undefined ? [] : [fault]
}

/** RFC 6749 Appendix A.1, without the space, which no configuration file carries well. */
const clientIdSyntax = /^[\x21-\x7e]{1,255}$/

function clientIdErrors(clientId: string, stored: string): readonly string[] {
  if (clientId === stored || clientIdSyntax.test(clientId)) return []
  return ['The client id must have 1 to 255 printable ASCII characters without spaces.']
}

const withoutSecret: Readonly<Partial<Record<GrantType, string>>> = {
  client_credentials: 'A public application has no secret, so it cannot use client credentials.',
  password: 'A public application has no secret, so it cannot use the password grant.',
}

function grantErrors(values: ApplicationValues): readonly string[] {
  const { grantTypes, clientType, introspection } = values
  if (clientType === 'public') {
    const refused = grantTypes.flatMap((grant) => withoutSecret[grant] ?? [])
    if (refused.length > 0) return refused
  }
  // A resource server may have none: it asks about tokens and gets none of its own.
  const isResourceServer = clientType === 'confidential' && introspection !== 'none'
  if (grantTypes.length === 0) return isResourceServer ? [] : ['Choose at least one grant type.']
  const beginning = grantTypes.some((grant) => grant === 'authorization_code' || grant === 'password')
  return grantTypes.includes('refresh_token') && !beginning
    ? ['A refresh token needs a grant that people begin with: choose authorization code as well.']
    : []
}

function needsRedirectUri(values: ApplicationValues, redirectUris: readonly string[]): readonly string[] {
  return values.grantTypes.includes('authorization_code') && redirectUris.length === 0
    ? ['redirect_uris cannot be empty with grant_type authorization-code']
    : []
}

function scopeErrors(scopes: readonly string[], known: readonly string[]): readonly string[] {
  return scopes.every((scope) => known.includes(scope)) ? [] : ['Choose only scopes that this server knows.']
}

interface TrustErrors {
  readonly grantTypes: readonly string[]
  readonly introspection: readonly string[]
  readonly form: readonly string[]
}

function trustErrors(values: ApplicationValues, base: ClientSettings, { mayTrust }: RegistrationRules): TrustErrors {
  const refuses = (asked: boolean, held: boolean, sentence: string): readonly string[] =>
    asked && !held && !mayTrust ? [sentence] : []
  return {
    grantTypes: refuses(
      values.grantTypes.includes('password'),
      base.grantTypes.includes('password'),
      'Only an administrator may allow the password grant.',
    ),
    introspection: refuses(
      values.introspection === 'any',
      base.introspection === 'any',
      'Only an administrator may let an application ask about any token.',
    ),
    form: refuses(
      values.consent === 'skip',
      base.consent === 'skip',
      'Only an administrator may let an application skip consent.',
    ),
  }
}

interface Bounds {
  readonly least: number
  readonly most: number
}

const accessBounds: Bounds = { least: 60, most: 86_400 }
const refreshBounds: Bounds = { least: 60, most: 31_536_000 }
/** Within the grace a stolen token and a lost reply look alike, so it is kept to seconds. */
const graceBounds: Bounds = { least: 0, most: 60 }

interface Seconds {
  readonly seconds: number
  readonly errors: readonly string[]
}

/** What an administrator stored beyond the bounds stays good until it is changed. */
function readSeconds(text: string, stored: number, { least, most }: Bounds): Seconds {
  const seconds = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN
  if (seconds === stored || (seconds >= least && seconds <= most)) return { seconds, errors: [] }
  return { seconds: stored, errors: [`Enter a whole number of seconds from ${least} to ${most}.`] }
}

const shortestSecret = 8
const longestSecret = 128
/** RFC 6749 Appendix A.2. */
const secretSyntax = /^[\x20-\x7e]*$/

/**
 * A secret that somebody chose. The tutorials' clients have short ones that must be let in; below eight characters, guessing
 * at the token endpoint would pay (NIST SP 800-63B-4 §3.1.1.2 sets the same bound for passwords beside a second factor).
 */
export function chosenSecretErrors(secret: string): readonly string[] {
  if (!secretSyntax.test(secret)) return ['The client secret must have printable ASCII characters only.']
  if (secret.length < shortestSecret) return [`The client secret must have at least ${shortestSecret} characters.`]
  return secret.length > longestSecret ? [`The client secret must have at most ${longestSecret} characters.`] : []
}
