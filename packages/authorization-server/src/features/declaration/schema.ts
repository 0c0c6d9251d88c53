// The form of the declarative file: what may stand in it, each of its type and within its bounds; what it says is judged later.
// Members have the names of /api/v1, and those of RFC 7591 §2 and its relatives for what a registration speaks of beyond that.
import { z } from 'zod'
import {
  type AuthenticationMethod,
  authenticationMethods,
  type GrantType,
  grantTypes,
  type IntrospectionRight,
  introspectionRights,
  type ResponseType,
  responseTypes,
  type SigningAlgorithm,
  signingAlgorithms,
} from '../../records/clients/index.ts'
import { type TokenFormat, tokenFormats } from '../../records/scopes/index.ts'

/** Raised when a file of before could no longer be read as it was meant. */
export const formatVersion = 1

/** Scopes by name, each with what people read when consent is asked; without that, its name. */
export type ScopeDeclarations = Readonly<Record<string, string | null>>

export interface ApiDeclaration {
  readonly name?: string | undefined
  readonly token_format?: TokenFormat | undefined
  readonly signing_algorithm?: SigningAlgorithm | undefined
  readonly access_token_lifetime_seconds?: number | null | undefined
  readonly scopes?: ScopeDeclarations | undefined
  readonly clients?: readonly string[] | undefined
}

export interface GroupDeclaration {
  readonly permissions?: readonly string[] | undefined
}

/** Where the secret of a client is, never what it is; `value` only where a flag allows it. */
export interface SecretDeclaration {
  readonly environment?: string | undefined
  readonly value?: string | undefined
}

export interface ClientDeclaration {
  readonly name: string
  readonly owner?: string | null | undefined
  readonly enabled?: boolean | undefined
  readonly authentication_method?: AuthenticationMethod | undefined
  readonly secret?: SecretDeclaration | undefined
  readonly grant_types?: readonly GrantType[] | undefined
  readonly response_types?: readonly ResponseType[] | undefined
  readonly redirect_uris?: readonly string[] | undefined
  readonly post_logout_redirect_uris?: readonly string[] | undefined
  readonly allowed_origins?: readonly string[] | undefined
  readonly scopes?: readonly string[] | undefined
  readonly pkce?: 'required' | 'optional' | undefined
  readonly consent?: 'ask' | 'skip' | undefined
  readonly introspection?: IntrospectionRight | undefined
  readonly id_token_algorithm?: SigningAlgorithm | undefined
  readonly access_token_lifetime_seconds?: number | undefined
  readonly refresh_token_lifetime_seconds?: number | undefined
  readonly refresh_grace_seconds?: number | undefined
  readonly refresh_ends_access_tokens?: boolean | undefined
  readonly refresh_narrows_grant?: boolean | undefined
  readonly application_type?: 'web' | 'native' | undefined
  readonly software_id?: string | undefined
  readonly software_version?: string | undefined
  readonly contacts?: readonly string[] | undefined
  readonly client_uri?: string | undefined
  readonly logo_uri?: string | undefined
  readonly policy_uri?: string | undefined
  readonly tos_uri?: string | undefined
  readonly initiate_login_uri?: string | undefined
  readonly subject_type?: 'public' | 'pairwise' | undefined
  readonly sector_identifier_uri?: string | undefined
  readonly jwks?: { readonly keys: readonly Readonly<Record<string, unknown>>[] } | undefined
  readonly jwks_uri?: string | undefined
  readonly token_endpoint_auth_signing_alg?: SigningAlgorithm | undefined
  readonly userinfo_signed_response_alg?: SigningAlgorithm | undefined
  readonly introspection_signed_response_alg?: SigningAlgorithm | undefined
  readonly request_object_signing_alg?: SigningAlgorithm | 'none' | undefined
  readonly request_uris?: readonly string[] | undefined
  readonly default_max_age?: number | undefined
  readonly require_auth_time?: boolean | undefined
  readonly default_acr_values?: readonly string[] | undefined
  readonly backchannel_logout_uri?: string | undefined
  readonly backchannel_logout_session_required?: boolean | undefined
  readonly frontchannel_logout_uri?: string | undefined
  readonly frontchannel_logout_session_required?: boolean | undefined
}

export interface Declaration {
  readonly format: typeof formatVersion
  readonly scopes?: ScopeDeclarations | undefined
  readonly apis?: Readonly<Record<string, ApiDeclaration>> | undefined
  readonly groups?: Readonly<Record<string, GroupDeclaration>> | undefined
  readonly clients?: Readonly<Record<string, ClientDeclaration>> | undefined
}

const said = <T extends z.ZodType>(schema: T, description: string): z.ZodOptional<T> =>
  schema.meta({ description }).optional()

// Wide: how long a name may be is judged with the rest of what it says.
const word = z.string().min(1).max(1_000)
const address = z.string().min(1).max(4_096)
const addresses = z.array(address).max(100)
const words = z.array(word).max(100)
const seconds = z.int().min(0).max(315_360_000)
const algorithm = z.enum(signingAlgorithms)

const scopes = z.record(
  z.string(),
  z
    .string()
    .max(1_000)
    .nullable()
    .meta({ description: 'What people read when consent is asked; the name without it.' }),
)

const api = z.strictObject({
  name: said(word, 'What people see; the audience without it.'),
  token_format: said(
    z.enum(tokenFormats),
    'opaque: the API asks here, an end counts at once. jwt: the API checks by itself.',
  ),
  signing_algorithm: said(algorithm, 'What signs its JWTs. Default: RS256.'),
  access_token_lifetime_seconds: said(
    z.int().min(10).max(86_400).nullable(),
    'The longest life of a token for it; null: each client’s own. Default: 300 for jwt, else null.',
  ),
  scopes: said(scopes, 'Scopes of its own, by name. Where it has some, a token for it carries at least one of them.'),
  clients: said(words, 'Client ids of those that may ask about its tokens.'),
})

const group = z.strictObject({
  permissions: said(words, 'What members who are staff may do in the console, as noun.verb.'),
})

const secret = z.strictObject({
  environment: said(
    z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'must be the name of a variable'),
    'The environment variable, at `latchkey apply`, that holds it.',
  ),
  value: said(z.string(), 'The secret itself; only taken with --secrets-in-file.'),
})

const client = z.strictObject({
  name: word.meta({ description: 'What people see when they sign in.' }),
  owner: said(word.nullable(), 'E-mail or username of who may manage it; null: nobody. Left out: as it is.'),
  enabled: said(z.boolean(), 'Left out: as it is; a new one is enabled.'),
  authentication_method: said(
    z.enum(authenticationMethods),
    'How it proves itself; none: a public client. Default: client_secret, in the header or in the body.',
  ),
  secret: said(secret, 'Where its secret is. Left out: as it is; a new one has none until latchkey app rotate-secret.'),
  grant_types: said(z.array(z.enum(grantTypes)), 'Default: authorization_code and refresh_token.'),
  response_types: said(z.array(z.enum(responseTypes)), 'Default: code. The others are legacy.'),
  redirect_uris: said(addresses, 'Where people come back to.'),
  post_logout_redirect_uris: said(addresses, 'Where people go after signing out.'),
  allowed_origins: said(addresses, 'Web origins that may call the APIs of this server (CORS).'),
  scopes: said(words, 'Scopes that it may ask for. Default: read and write.'),
  pkce: said(z.enum(['required', 'optional']), 'Default: required.'),
  consent: said(z.enum(['ask', 'skip']), 'skip: an application of your own. Default: ask.'),
  introspection: said(
    z.enum(introspectionRights),
    'About which tokens it may ask. Default: own; none for a public client.',
  ),
  id_token_algorithm: said(algorithm, 'Default: RS256.'),
  access_token_lifetime_seconds: said(seconds, 'Default: 3600.'),
  refresh_token_lifetime_seconds: said(seconds, 'Idle life, counted anew at each refresh. Default: 86400.'),
  refresh_grace_seconds: said(seconds, 'How long a retry with the previous refresh token is answered. Default: 10.'),
  refresh_ends_access_tokens: said(z.boolean(), 'Whether a refresh ends older access tokens. Default: false.'),
  refresh_narrows_grant: said(z.boolean(), 'Whether a refresh for fewer scopes gives up the others. Default: false.'),
  application_type: said(z.enum(['web', 'native']), 'Default: web.'),
  software_id: said(word, 'Which software it is.'),
  software_version: said(word, 'Which version of it.'),
  contacts: said(z.array(word).max(10), 'Who is responsible.'),
  client_uri: said(address, 'Its home page.'),
  logo_uri: said(address, 'Its logo.'),
  policy_uri: said(address, 'Its privacy policy.'),
  tos_uri: said(address, 'Its terms of service.'),
  initiate_login_uri: said(address, 'Where a third party may begin a sign-in.'),
  subject_type: said(z.enum(['public', 'pairwise']), 'Default: public.'),
  sector_identifier_uri: said(address, 'The document that lists its redirect URIs, for pairwise subjects.'),
  jwks: said(z.looseObject({ keys: z.array(z.looseObject({})).min(1).max(50) }), 'Its public keys.'),
  jwks_uri: said(address, 'Where its public keys are.'),
  token_endpoint_auth_signing_alg: said(algorithm, 'Of private_key_jwt. Default: any that is known.'),
  userinfo_signed_response_alg: said(algorithm, 'Userinfo as a signed JWT. Default: plain JSON.'),
  introspection_signed_response_alg: said(algorithm, 'What signs introspection answers that it asks for as JWT.'),
  request_object_signing_alg: said(z.enum([...signingAlgorithms, 'none']), 'Of request objects.'),
  request_uris: said(addresses, 'Where its request objects are.'),
  default_max_age: said(seconds, 'How old a sign-in may be, in seconds.'),
  require_auth_time: said(z.boolean(), 'Whether ID tokens always say when the person signed in. Default: false.'),
  default_acr_values: said(words, 'Which assurance is asked for, best first.'),
  backchannel_logout_uri: said(address, 'Which address is told when somebody signs out.'),
  backchannel_logout_session_required: said(z.boolean(), 'Default: false.'),
  frontchannel_logout_uri: said(address, 'Which page is loaded when somebody signs out.'),
  frontchannel_logout_session_required: said(z.boolean(), 'Default: false.'),
})

export const declarationSchema: z.ZodType<Declaration> = z
  .strictObject({
    format: z.literal(formatVersion).meta({ description: 'The version of this format.' }),
    scopes: said(scopes, 'Scopes that belong to no API, by name.'),
    apis: said(z.record(z.string(), api), 'APIs that tokens are for, by audience.'),
    groups: said(z.record(z.string(), group), 'Groups of users, by name. Who is in them is not part of the file.'),
    clients: said(z.record(z.string(), client), 'Applications, by client id.'),
  })
  .meta({
    title: 'Latchkey configuration',
    description:
      'Read by latchkey plan and latchkey apply, written by latchkey export. What is left out is at its default.',
  })

/** For editors: the same form as JSON Schema. */
export function jsonSchema(): Readonly<Record<string, unknown>> {
  return z.toJSONSchema(declarationSchema, { target: 'draft-07', io: 'input' })
}
