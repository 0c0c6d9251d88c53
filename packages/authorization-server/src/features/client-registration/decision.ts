// Decides what a registration makes of a client, or why it is refused. RFC 7591 §2 and §3.2.2, RFC 7592 §2.2, OpenID Connect Dynamic
// Client Registration §2; RFC 9700 §2.1. What nobody may give themselves - the password grant, skipping consent, asking about any
// token - stays as it is.
import { isScopeToken } from '@latchkey/protocol'
import {
  type AuthenticationMethod,
  type Client,
  clientNameFault,
  type ClientSettings,
  type GrantType,
  type RedirectRules,
  redirectUriFault,
  type ResponseType,
  responseTypes as knownResponseTypes,
} from '../../records/clients/index.ts'
import { decideMetadata } from './metadata.ts'
import type { RegistrationRequest } from './params.ts'
import { oneOf, Refusal, refusedMember, type RegistrationFault } from './refusal.ts'

export interface RegistrationPolicy {
  /** Of those that exist, in the operator's order. */
  readonly scopes: readonly string[]
  readonly legacyResponseTypes: boolean
  readonly requirePkce: boolean
  /** Whether an operator let the caller in, by a token. */
  readonly isTrusted: boolean
  /** Whether the server may ever fetch that address. */
  readonly admits: (url: string) => boolean
}

export type RegistrationDecision =
  | { readonly kind: 'register'; readonly settings: ClientSettings }
  | { readonly kind: 'refuse'; readonly fault: RegistrationFault }

/** @param base the client as it is, or the defaults of a new one: what a registration cannot speak of stays as there */
export function decideRegistration(
  request: RegistrationRequest,
  policy: RegistrationPolicy,
  base: ClientSettings | Client,
): RegistrationDecision {
  try {
    return { kind: 'register', settings: settingsOf(request, policy, base) }
  } catch (error) {
    if (error instanceof Refusal) return { kind: 'refuse', fault: error.fault }
    throw error
  }
}

function settingsOf(request: RegistrationRequest, policy: RegistrationPolicy, base: ClientSettings): ClientSettings {
  const flows = flowsOf(request, policy, base)
  const applicationType = oneOf('application_type', request.application_type ?? 'web', ['web', 'native'] as const)
  const mayHaveScheme = applicationType === 'native'
  const rules = { applicationType, mayHaveScheme, isFrontChannel: flows.isFrontChannel }
  const redirectUris = redirectUrisOf(request, flows.responseTypes, rules)
  const method = oneOf(
    'token_endpoint_auth_method',
    request.token_endpoint_auth_method ?? 'client_secret_basic',
    methods,
  )
  const isConfidential = method !== 'none'
  if (!isConfidential && flows.grantTypes.includes('client_credentials')) {
    throw refusedMember('grant_types', 'client_credentials needs a client that can prove itself.')
  }
  return {
    ...base,
    name: nameOf(request, redirectUris),
    isConfidential,
    authenticationMethod: method,
    grantTypes: flows.grantTypes,
    redirectUris,
    scopes: scopesOf(request, policy, base),
    // RFC 9700 §2.1.1: nothing but PKCE ties a code to a client that has no secret.
    pkce: isConfidential && !policy.requirePkce ? 'optional' : 'required',
    introspection: isConfidential ? base.introspection : 'none',
    ...decideMetadata(request, {
      ...rules,
      admits: policy.admits,
      redirectUris,
      method,
      responseTypes: flows.responseTypes,
    }),
  }
}

const methods = [
  'client_secret_basic',
  'client_secret_post',
  'private_key_jwt',
  'none',
] as const satisfies readonly AuthenticationMethod[]

interface Flows {
  readonly grantTypes: readonly GrantType[]
  readonly responseTypes: readonly ResponseType[]
  readonly isFrontChannel: boolean
}

/** RFC 7591 §2.1: grant types and response types go together. */
function flowsOf(request: RegistrationRequest, policy: RegistrationPolicy, base: ClientSettings): Flows {
  const asked = request.grant_types
  const onlyItself = asked !== undefined && !asked.includes('authorization_code') && !asked.includes('implicit')
  const responseTypes = (request.response_types ?? (onlyItself ? [] : ['code'])).map((type) =>
    oneOf('response_types', type.split(' ').toSorted().join(' '), allowedResponseTypes(policy, base)),
  )
  const needed = new Set(responseTypes.flatMap(grantsOf))
  const grants = asked ?? [...needed]
  const missing = [...needed].find((grant) => !grants.includes(grant))
  if (missing !== undefined) throw refusedMember('grant_types', `${missing} is needed for these response_types.`)
  const idle = grants.find((grant) => (grant === 'authorization_code' || grant === 'implicit') && !needed.has(grant))
  if (idle !== undefined) throw refusedMember('response_types', `none of them goes with the grant type ${idle}.`)
  const allowed = allowedGrants(policy, base)
  const grantTypes = grants.filter((grant) => grant !== 'implicit').map((grant) => oneOf('grant_types', grant, allowed))
  if (grantTypes.includes('refresh_token') && !grantTypes.includes('authorization_code')) {
    throw refusedMember('grant_types', 'refresh_token needs authorization_code.')
  }
  return {
    grantTypes: [...new Set(grantTypes)],
    responseTypes: [...new Set(responseTypes)],
    isFrontChannel: responseTypes.some((type) => type !== 'code'),
  }
}

function grantsOf(type: ResponseType): readonly ('authorization_code' | 'implicit')[] {
  const parts = type.split(' ')
  const [code, token] = [parts.includes('code'), parts.some((part) => part !== 'code')]
  return [...(code ? (['authorization_code'] as const) : []), ...(token ? (['implicit'] as const) : [])]
}

/** A client keeps what an operator gave it beyond the policy. */
function allowedResponseTypes(policy: RegistrationPolicy, base: ClientSettings): readonly ResponseType[] {
  return policy.legacyResponseTypes
    ? knownResponseTypes
    : [...new Set<ResponseType>(['code', ...base.metadata.responseTypes])]
}

function allowedGrants(policy: RegistrationPolicy, base: ClientSettings): readonly GrantType[] {
  const usual: readonly GrantType[] = ['authorization_code', 'refresh_token']
  const itself: readonly GrantType[] = policy.isTrusted ? ['client_credentials'] : []
  return [...new Set([...usual, ...itself, ...base.grantTypes])]
}

function redirectUrisOf(
  request: RegistrationRequest,
  responseTypes: readonly ResponseType[],
  rules: RedirectRules,
): readonly string[] {
  const uris = [...new Set(request.redirect_uris ?? [])]
  if (uris.length === 0 && responseTypes.length > 0) {
    throw new Refusal('invalid_redirect_uri', 'redirect_uris: at least one is needed.')
  }
  const fault = uris.map((uri) => redirectUriFault(uri, rules)).find((one) => one !== undefined)
  if (fault !== undefined) throw new Refusal('invalid_redirect_uri', `redirect_uris: ${fault}`)
  return uris
}

/** What people will read; a client without a name goes by where it sends them. */
function nameOf({ client_name: name = '' }: RegistrationRequest, redirectUris: readonly string[]): string {
  if (name.trim() === '') return URL.parse(redirectUris[0] ?? '')?.host || 'Application'
  const fault = clientNameFault(name.trim())
  if (fault !== undefined) throw refusedMember('client_name', fault)
  return name.trim()
}

/** RFC 7591 §2: the server may give fewer than were asked for, and says which. */
function scopesOf({ scope }: RegistrationRequest, policy: RegistrationPolicy, base: ClientSettings): readonly string[] {
  const isKnown = 'row' in base
  const allowed = isKnown ? [...policy.scopes, ...base.scopes] : policy.scopes
  if (scope === undefined) return isKnown ? base.scopes : policy.scopes
  const asked = scope.split(' ').filter((one) => one !== '')
  if (!asked.every(isScopeToken)) throw refusedMember('scope', 'it is malformed.')
  const given = allowed.filter((one, at) => asked.includes(one) && allowed.indexOf(one) === at)
  if (given.length === 0) throw refusedMember('scope', 'none of these may be registered here.')
  return given
}
