// What may be registered of a client, and by whom: the rules of the applications pages and of the console. RFC 7591 §2; RFC 6749
// §2.1, §3.1.2; RFC 9700 §2. Some things give a client power over people who never chose it: the password grant, asking about any
// token, skipping consent, the console's scope; and tokens in addresses weaken it. Only a superuser grants them; whoever has one may keep it or give it up.
import { isForAnyClient } from '../scopes/index.ts'
import { originFault, postLogoutUriFault, type RedirectRules, redirectUriFault } from './addresses.ts'
import type { ClientSettings, GrantType } from './client.ts'
import { type MetadataFault, metadataFaults } from './metadata-rules.ts'
import { clientNameFault } from './name.ts'

export interface ClientRules {
  /** Whether the person may give clients power over others: superusers only. */
  readonly mayTrust: boolean
  readonly knownScopes: readonly string[]
  /** Whether this server would call an address. */
  readonly admits: (url: string) => boolean
}

/** Full sentences by field: the settings' names as JSON writes them, metadata as RFC 7591 names it. */
export type ClientFaults = Readonly<Record<string, readonly string[]>>

/**
 * @param client as somebody wants it; a number that nobody could read is NaN
 * @param before as it is, or the defaults of a new one: what stands there already stays good until it is changed
 * @returns undefined when all of it may be registered
 */
export function clientFaults(
  client: ClientSettings,
  before: ClientSettings,
  rules: ClientRules,
): ClientFaults | undefined {
  const addresses = addressRules(client)
  const all: Record<string, readonly string[]> = {
    name: listOf(clientNameFault(client.name)),
    client_id: client.clientId === before.clientId ? [] : clientIdFaults(client.clientId),
    grant_types: [...grantFaults(client), ...trustedGrants(client, before, rules)],
    response_types: [...responseFaults(client), ...trustedResponses(client, before, rules)],
    redirect_uris: [...redirectFaults(client, before, addresses), ...needsRedirectUri(client)],
    post_logout_redirect_uris: eachFault(client.postLogoutRedirectUris, (uri) => postLogoutUriFault(uri, addresses)),
    allowed_origins: eachFault(client.allowedOrigins, originFault),
    scopes: scopeFaults(client, before, rules),
    consent: granted(client.consent === 'skip', before.consent === 'skip', rules, 'let an application skip consent'),
    introspection: granted(
      client.introspection === 'any',
      before.introspection === 'any',
      rules,
      'let an application ask about any token',
    ),
    access_token_lifetime_seconds: secondsFaults(client, before, 'accessTokenLifetimeSeconds', accessBounds),
    refresh_token_lifetime_seconds: secondsFaults(client, before, 'refreshTokenLifetimeSeconds', refreshBounds),
    refresh_grace_seconds: secondsFaults(client, before, 'refreshGraceSeconds', graceBounds),
    default_max_age: maxAgeFaults(client),
  }
  for (const { member, sentence } of metadataFaults(client, { admits: rules.admits, before: before.metadata })) {
    all[member] = [...(all[member] ?? []), sentenceOf(sentence)]
  }
  const wrong = Object.entries(all).filter(([, sentences]) => sentences.length > 0)
  return wrong.length === 0 ? undefined : Object.fromEntries(wrong)
}

/**
 * Whether it may do by itself what a superuser alone gives, so that whoever gets hold of its addresses, keys or secrets could. The
 * password grant is none of it: with the secret alone nobody has a password.
 */
export function hasPowers(client: Pick<ClientSettings, 'consent' | 'introspection' | 'scopes'>): boolean {
  return client.consent === 'skip' || client.introspection === 'any' || !client.scopes.every(isForAnyClient)
}

/** Nobody, or the owner who has powers by this change and had none of this client before. */
export function gainingOwner(before: ClientSettings | undefined, after: ClientSettings): readonly number[] {
  const { ownerId } = after
  const isOld = before !== undefined && hasPowers(before) && before.ownerId === ownerId
  return ownerId === undefined || isOld || !hasPowers(after) ? [] : [ownerId]
}

/** The client as it is registered, where one setting decides another. */
export function settledClient(client: ClientSettings): ClientSettings {
  const isPublic = client.authenticationMethod === 'none'
  return {
    ...client,
    isConfidential: !isPublic,
    // RFC 9700 §2.1.1: nothing but PKCE ties a code to a client that has no secret.
    pkce: isPublic ? 'required' : client.pkce,
    // RFC 7662 §2.1: who cannot prove who they are is told nothing.
    introspection: isPublic ? 'none' : client.introspection,
  }
}

function listOf(fault: string | undefined): readonly string[] {
  return fault === undefined ? [] : [fault]
}

function sentenceOf(text: MetadataFault['sentence']): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1)
}

/** RFC 6749 Appendix A.1, without the space, which no configuration file carries well. */
const clientIdSyntax = /^[\x21-\x7e]{1,255}$/

function clientIdFaults(clientId: string): readonly string[] {
  return clientIdSyntax.test(clientId)
    ? []
    : ['The client id must have 1 to 255 printable ASCII characters without spaces.']
}

const withoutSecret: Readonly<Partial<Record<GrantType, string>>> = {
  client_credentials: 'A public application has no secret, so it cannot use client credentials.',
  password: 'A public application has no secret, so it cannot use the password grant.',
}

function grantFaults(client: ClientSettings): readonly string[] {
  const { grantTypes, isConfidential, introspection } = client
  if (!isConfidential) {
    const refused = grantTypes.flatMap((grant) => withoutSecret[grant] ?? [])
    if (refused.length > 0) return refused
  }
  // A resource server may have none: it asks about tokens and gets none of its own.
  const isResourceServer = isConfidential && introspection !== 'none'
  if (grantTypes.length === 0)
    return isResourceServer || isFrontChannel(client) ? [] : ['Choose at least one grant type.']
  const beginning = grantTypes.some((grant) => grant === 'authorization_code' || grant === 'password')
  return grantTypes.includes('refresh_token') && !beginning
    ? ['A refresh token needs a grant that people begin with: choose authorization code as well.']
    : []
}

/** RFC 7591 §2.1: grant types and response types go together. */
function responseFaults({ grantTypes, metadata }: ClientSettings): readonly string[] {
  const withCode = metadata.responseTypes.filter((type) => type.split(' ').includes('code'))
  const hasGrant = grantTypes.includes('authorization_code')
  if (hasGrant && withCode.length === 0) return ['The grant authorization code needs a response type with code in it.']
  const hybrid = withCode.find((type) => type !== 'code')
  return hybrid !== undefined && !hasGrant ? [`${hybrid} needs the grant type authorization code.`] : []
}

function isFrontChannel({ metadata }: ClientSettings): boolean {
  return metadata.responseTypes.some((type) => type !== 'code')
}

function addressRules(client: ClientSettings): RedirectRules {
  const { applicationType } = client.metadata
  const mayHaveScheme = !client.isConfidential || applicationType === 'native'
  return { applicationType, mayHaveScheme, isFrontChannel: isFrontChannel(client) }
}

const mostAddresses = 100

function eachFault(addresses: readonly string[], faultOf: (address: string) => string | undefined): readonly string[] {
  if (addresses.length > mostAddresses) return [`At most ${mostAddresses} addresses can be registered.`]
  return addresses.flatMap((address) => listOf(named(address, faultOf(address))))
}

function named(address: string, fault: string | undefined): string | undefined {
  return fault && `${address.length > 100 ? `${address.slice(0, 100)}…` : address}: ${fault}`
}

/** What a client that gets tokens in addresses registered before it did stays, as long as it is not changed. */
function redirectFaults(client: ClientSettings, before: ClientSettings, rules: RedirectRules): readonly string[] {
  const isOld = (uri: string): boolean => isFrontChannel(before) && before.redirectUris.includes(uri)
  return eachFault(client.redirectUris, (uri) =>
    redirectUriFault(uri, isOld(uri) ? { ...rules, isFrontChannel: false } : rules),
  )
}

/** Of one address that is to be added, as the form would say it. */
export function addedRedirectUriFault(uri: string, client: ClientSettings): string | undefined {
  return named(uri, redirectUriFault(uri, addressRules(client)))
}

function needsRedirectUri(client: ClientSettings): readonly string[] {
  if (client.redirectUris.length > 0) return []
  if (client.grantTypes.includes('authorization_code')) {
    return ['redirect_uris cannot be empty with grant_type authorization-code']
  }
  return isFrontChannel(client) ? ['Response types with tokens in the address need a redirect URI.'] : []
}

function scopeFaults(client: ClientSettings, before: ClientSettings, rules: ClientRules): readonly string[] {
  const added = client.scopes.filter((scope) => !before.scopes.includes(scope))
  if (!added.every((scope) => rules.knownScopes.includes(scope))) return ['Choose only scopes that this server knows.']
  return granted(!added.every(isForAnyClient), false, rules, 'let an application administer this server')
}

function granted(asked: boolean, held: boolean, { mayTrust }: ClientRules, power: string): readonly string[] {
  return asked && !held && !mayTrust ? [`Only an administrator may ${power}.`] : []
}

function trustedGrants(client: ClientSettings, before: ClientSettings, rules: ClientRules): readonly string[] {
  const [asked, held] = [client, before].map(({ grantTypes }) => grantTypes.includes('password'))
  return granted(asked === true, held === true, rules, 'allow the password grant')
}

function trustedResponses(client: ClientSettings, before: ClientSettings, rules: ClientRules): readonly string[] {
  const legacy = client.metadata.responseTypes.filter((type) => type !== 'code')
  const held = legacy.every((type) => before.metadata.responseTypes.includes(type))
  return granted(legacy.length > 0, held, rules, 'allow tokens in addresses')
}

interface Bounds {
  readonly least: number
  readonly most: number
}

const accessBounds: Bounds = { least: 60, most: 86_400 }
const refreshBounds: Bounds = { least: 60, most: 31_536_000 }
/** Within the grace a stolen token and a lost reply look alike, so it is kept to seconds. */
const graceBounds: Bounds = { least: 0, most: 60 }

type Seconds = 'accessTokenLifetimeSeconds' | 'refreshTokenLifetimeSeconds' | 'refreshGraceSeconds'

/** What an administrator stored beyond the bounds stays good until it is changed. */
function secondsFaults(
  client: ClientSettings,
  before: ClientSettings,
  name: Seconds,
  { least, most }: Bounds,
): readonly string[] {
  const seconds = client[name]
  if (seconds === before[name] || (Number.isInteger(seconds) && seconds >= least && seconds <= most)) return []
  return [`Enter a whole number of seconds from ${least} to ${most}.`]
}

/** Ten years, as a registration may ask for at most. */
const mostMaxAge = 315_360_000

function maxAgeFaults({ metadata: { defaultMaxAgeSeconds: seconds } }: ClientSettings): readonly string[] {
  return seconds === undefined || (Number.isInteger(seconds) && seconds >= 0 && seconds <= mostMaxAge)
    ? []
    : [`Enter a whole number of seconds from 0 to ${mostMaxAge}, or nothing.`]
}

const shortestSecret = 8
const longestSecret = 128
/** RFC 6749 Appendix A.2. */
const secretSyntax = /^[\x20-\x7e]*$/

/**
 * A secret that somebody chose. The tutorials' clients have short ones that must be let in; below eight characters, guessing
 * at the token endpoint would pay (NIST SP 800-63B-4 §3.1.1.2 sets the same bound for passwords beside a second factor).
 */
export function chosenSecretFaults(secret: string): readonly string[] {
  if (!secretSyntax.test(secret)) return ['The client secret must have printable ASCII characters only.']
  if (secret.length < shortestSecret) return [`The client secret must have at least ${shortestSecret} characters.`]
  return secret.length > longestSecret ? [`The client secret must have at most ${longestSecret} characters.`] : []
}
