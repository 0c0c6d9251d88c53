// Turns the body of a registration into typed members, once. RFC 7591 §2 and §3.1, RFC 7592 §2.2, OpenID Connect Dynamic Client
// Registration §2. What we do not know is ignored; null is as if it were absent.
import { OAuthError, type OAuthErrorCode } from '@latchkey/protocol'
import { z } from 'zod'
import type { Body } from '../../platform/http/index.ts'

const word = z.string().min(1).max(255)
const address = z.string().min(1).max(2_048)
const addresses = z.array(address).max(50)
const words = z.array(word).max(50)

/** The members that we know, each of its type and within its bounds; what they say is judged later. */
export interface RegistrationRequest {
  readonly redirect_uris?: readonly string[] | undefined
  readonly response_types?: readonly string[] | undefined
  readonly grant_types?: readonly string[] | undefined
  readonly application_type?: string | undefined
  readonly contacts?: readonly string[] | undefined
  readonly client_name?: string | undefined
  readonly client_uri?: string | undefined
  readonly logo_uri?: string | undefined
  readonly policy_uri?: string | undefined
  readonly tos_uri?: string | undefined
  readonly scope?: string | undefined
  readonly jwks_uri?: string | undefined
  readonly jwks?: { readonly keys: readonly Readonly<Record<string, unknown>>[] } | undefined
  readonly software_id?: string | undefined
  readonly software_version?: string | undefined
  readonly software_statement?: string | undefined
  readonly sector_identifier_uri?: string | undefined
  readonly subject_type?: string | undefined
  readonly token_endpoint_auth_method?: string | undefined
  readonly token_endpoint_auth_signing_alg?: string | undefined
  readonly id_token_signed_response_alg?: string | undefined
  readonly userinfo_signed_response_alg?: string | undefined
  readonly introspection_signed_response_alg?: string | undefined
  readonly request_object_signing_alg?: string | undefined
  readonly default_max_age?: number | undefined
  readonly require_auth_time?: boolean | undefined
  readonly default_acr_values?: readonly string[] | undefined
  readonly initiate_login_uri?: string | undefined
  readonly request_uris?: readonly string[] | undefined
  readonly post_logout_redirect_uris?: readonly string[] | undefined
  readonly backchannel_logout_uri?: string | undefined
  readonly backchannel_logout_session_required?: boolean | undefined
  readonly frontchannel_logout_uri?: string | undefined
  readonly frontchannel_logout_session_required?: boolean | undefined
}

const members: z.ZodType<RegistrationRequest> = z.object({
  redirect_uris: addresses.optional(),
  response_types: words.optional(),
  grant_types: words.optional(),
  application_type: word.optional(),
  contacts: z.array(word).max(10).optional(),
  client_name: z.string().max(1_000).optional(),
  client_uri: address.optional(),
  logo_uri: address.optional(),
  policy_uri: address.optional(),
  tos_uri: address.optional(),
  scope: z.string().max(2_048).optional(),
  jwks_uri: address.optional(),
  jwks: z.looseObject({ keys: z.array(z.looseObject({})).min(1).max(50) }).optional(),
  software_id: word.optional(),
  software_version: word.optional(),
  software_statement: z.string().optional(),
  sector_identifier_uri: address.optional(),
  subject_type: word.optional(),
  token_endpoint_auth_method: word.optional(),
  token_endpoint_auth_signing_alg: word.optional(),
  id_token_signed_response_alg: word.optional(),
  userinfo_signed_response_alg: word.optional(),
  introspection_signed_response_alg: word.optional(),
  request_object_signing_alg: word.optional(),
  default_max_age: z.int().min(0).max(315_360_000).optional(),
  require_auth_time: z.boolean().optional(),
  default_acr_values: words.optional(),
  initiate_login_uri: address.optional(),
  request_uris: addresses.optional(),
  post_logout_redirect_uris: addresses.optional(),
  backchannel_logout_uri: address.optional(),
  backchannel_logout_session_required: z.boolean().optional(),
  frontchannel_logout_uri: address.optional(),
  frontchannel_logout_session_required: z.boolean().optional(),
})

/** Encryption is not offered; a client that asks for it must not be sent plain text in its place. */
const encryption = /_encrypted_response_(alg|enc)$|^request_object_encryption_(alg|enc)$/

/** What an update repeats, for us to compare. RFC 7592 §2.2. */
export interface Repeated {
  readonly clientId: string | undefined
  readonly clientSecret: string | undefined
}

export interface ReadRegistration {
  readonly request: RegistrationRequest
  readonly repeated: Repeated
}

export function readRegistration(body: Body): ReadRegistration {
  const sent = Object.fromEntries(Object.entries(jsonObject(body)).filter(([, value]) => value !== null))
  const encrypted = Object.keys(sent).find((name) => encryption.test(name))
  if (encrypted !== undefined) throw refused('invalid_client_metadata', `${encrypted}: this server does not encrypt.`)
  const parsed = members.safeParse(sent)
  if (!parsed.success) throw malformedMember(parsed.error)
  if (parsed.data.software_statement !== undefined) throw refusedStatement(parsed.data.software_statement)
  const repeated = z.object({ client_id: word.optional(), client_secret: word.optional() }).safeParse(sent)
  if (!repeated.success) throw malformedMember(repeated.error)
  return {
    request: parsed.data,
    repeated: { clientId: repeated.data.client_id, clientSecret: repeated.data.client_secret },
  }
}

/** RFC 7592 §2.2: an update must not carry what only the server says. */
const serversOwn = [
  'registration_access_token',
  'registration_client_uri',
  'client_secret_expires_at',
  'client_id_issued_at',
]

export function refuseServersOwn(body: Body): void {
  const sent = jsonObject(body)
  const own = serversOwn.find((name) => name in sent)
  if (own !== undefined) throw refused('invalid_client_metadata', `${own} must not be part of an update.`)
}

function jsonObject(body: Body): Readonly<Record<string, unknown>> {
  if (body.kind === 'malformed' && /\bjson\b/.test(body.type)) throw refused('invalid_client_metadata', body.reason)
  if (body.kind !== 'json') {
    throw new OAuthError('invalid_request', 'The registration must be sent as application/json.', {
      rule: 'content-type',
    })
  }
  const object = z.record(z.string(), z.unknown()).safeParse(body.value)
  if (!object.success) throw refused('invalid_client_metadata', 'The registration must be a JSON object.')
  return object.data
}

/** Names the member and what it should be; never repeats a value. */
function malformedMember(error: z.ZodError): OAuthError {
  const [issue] = error.issues
  const name = String(issue?.path[0] ?? 'The registration')
  const code = name === 'redirect_uris' ? 'invalid_redirect_uri' : 'invalid_client_metadata'
  return refused(code, `${name}: ${issue?.message ?? 'malformed'}.`)
}

/** RFC 7591 §2.3: no issuer of such statements is trusted here, so that a good one is unapproved and anything else malformed. */
function refusedStatement(statement: string): OAuthError {
  const isJwt = /^[\w-]+\.[\w-]+\.[\w-]+$/.test(statement)
  return refused(isJwt ? 'unapproved_software_statement' : 'invalid_software_statement')
}

export function refused(code: OAuthErrorCode, description?: string, rule = 'registration'): OAuthError {
  return new OAuthError(code, description, { rule })
}
