// What the application form makes of a client, or what is wrong in which of its fields. The rules are those of every registration
// by hand (records/clients); the form has names of its own for some of the fields, and not all of them.
import type { FieldErrors } from '../../platform/html/index.ts'
import { clientFaults, type ClientRules, type ClientSettings, settledClient } from '../../records/clients/index.ts'
import type { ApplicationValues } from './form-page.ts'
import type { TypedApplication } from './params.ts'

export type RegistrationDecision =
  | { readonly kind: 'register'; readonly settings: ClientSettings }
  | { readonly kind: 'refuse'; readonly errors: FieldErrors }

/** @param base the client as it is, or the defaults of a new one: what the form does not speak of stays as there */
export function decideRegistration(
  { values, strange }: TypedApplication,
  base: ClientSettings,
  rules: ClientRules,
): RegistrationDecision {
  const wanted = settingsFrom(values, base)
  const notOffered = Object.fromEntries(strange.map((field) => [field, ['Choose one of what is on offer.']]))
  const errors = { ...inForm(clientFaults(wanted, base, rules)), ...notOffered }
  return Object.keys(errors).length === 0
    ? { kind: 'register', settings: settledClient(wanted) }
    : { kind: 'refuse', errors }
}

function settingsFrom(values: ApplicationValues, base: ClientSettings): ClientSettings {
  const isConfidential = values.clientType === 'confidential'
  return {
    ...base,
    clientId: values.clientId,
    name: values.name,
    isConfidential,
    authenticationMethod: authenticationMethod(isConfidential, base),
    grantTypes: inOrderOf(base.grantTypes, values.grantTypes),
    redirectUris: addressesIn(values.redirectUris),
    postLogoutRedirectUris: addressesIn(values.postLogoutRedirectUris),
    allowedOrigins: addressesIn(values.allowedOrigins),
    scopes: inOrderOf(base.scopes, values.scopes),
    pkce: values.pkceRequired ? 'required' : 'optional',
    consent: values.consent,
    introspection: values.introspection,
    idTokenAlgorithm: values.algorithm,
    accessTokenLifetimeSeconds: secondsIn(values.accessTokenLifetime),
    refreshTokenLifetimeSeconds: secondsIn(values.refreshTokenLifetime),
    refreshGraceSeconds: secondsIn(values.refreshGrace),
    refreshEndsAccessTokens: values.refreshEndsAccessTokens,
    metadata: {
      ...base.metadata,
      backchannelLogoutUri: values.backchannelLogoutUri || undefined,
      frontchannelLogoutUri: values.frontchannelLogoutUri || undefined,
    },
  }
}

/** Addresses stand on lines or between spaces, and each is kept once. */
export function addressesIn(text: string): readonly string[] {
  return [...new Set(text.split(/\s+/).filter((address) => address !== ''))]
}

function secondsIn(text: string): number {
  return /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN
}

/** A form that was sent back as it was changes nothing, not even an order. */
function inOrderOf<T>(stored: readonly T[], chosen: readonly T[]): readonly T[] {
  return [...stored.filter((one) => chosen.includes(one)), ...chosen.filter((one) => !stored.includes(one))]
}

function authenticationMethod(isConfidential: boolean, base: ClientSettings): ClientSettings['authenticationMethod'] {
  if (!isConfidential) return 'none'
  return base.isConfidential ? base.authenticationMethod : 'client_secret'
}

const ownNames: Readonly<Record<string, string>> = {
  access_token_lifetime_seconds: 'access_token_lifetime',
  refresh_token_lifetime_seconds: 'refresh_token_lifetime',
  refresh_grace_seconds: 'refresh_grace',
  id_token_algorithm: 'algorithm',
  // Whoever may not choose it does not see it.
  consent: 'form',
}

const sameNames: ReadonlySet<string> = new Set([
  'name',
  'client_id',
  'grant_types',
  'redirect_uris',
  'post_logout_redirect_uris',
  'allowed_origins',
  'backchannel_logout_uri',
  'frontchannel_logout_uri',
  'scopes',
  'introspection',
])

/** What belongs to no field of this form is said above it, with its name. */
function inForm(faults: FieldErrors | undefined): FieldErrors {
  const errors: Record<string, readonly string[]> = {}
  for (const [name, sentences] of Object.entries(faults ?? {})) {
    const field = ownNames[name] ?? (sameNames.has(name) ? name : 'form')
    const said = field === 'form' && name !== 'consent' ? sentences.map((one) => `${name}: ${one}`) : sentences
    errors[field] = [...(errors[field] ?? []), ...said]
  }
  return errors
}
