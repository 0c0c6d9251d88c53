// The fields of a client in the console and its API. Members that RFC 7591 and OpenID Connect registration know are named as there.
import type { Field, FieldChoice } from '../../platform/console/index.ts'
import { defaultClientSettings } from './client.ts'
import { plainMetadata, responseTypes, signingAlgorithms } from './metadata.ts'

const usual = defaultClientSettings({ clientId: '', name: '', isConfidential: true })

function named(values: readonly string[]): readonly FieldChoice[] {
  return values.map((value) => ({ value, label: value }))
}

function perhaps(label: string, values: readonly string[]): readonly FieldChoice[] {
  return [{ value: '', label }, ...named(values)]
}

const clientIdField: Field = {
  name: 'client_id',
  label: 'Client id',
  hint: 'Public, and never changed again. Left empty, one is made.',
  kind: 'code',
  column: 'client_id',
}

export const clientSecretField: Field = {
  name: 'client_secret',
  label: 'Client secret',
  hint: 'Leave it empty: a strong one is made and shown once. Public applications have none.',
  kind: 'password',
  autocomplete: 'off',
}

const basics: readonly Field[] = [
  {
    name: 'name',
    label: 'Name',
    hint: 'People see it when they sign in and when they agree.',
    kind: 'text',
    column: 'name',
    isRequired: true,
  },
  clientIdField,
  clientSecretField,
  {
    name: 'owner',
    label: 'Owner',
    hint: 'May change and delete it, without any permission. An id, or a whole email or username.',
    kind: 'reference',
    noun: 'users',
    column: 'owner_id',
  },
  {
    name: 'enabled',
    label: 'Enabled',
    kind: 'flag',
    column: 'enabled',
    tones: { true: 'success', false: 'danger' },
  },
  { name: 'is_confidential', label: 'Keeps a secret', kind: 'flag', column: 'is_confidential' },
  {
    name: 'authentication_method',
    label: 'Proves itself by',
    hint: 'An application in a browser or on a device keeps no secret. Turning from one kind to the other ends all that it holds.',
    kind: 'choice',
    column: 'authentication_method',
    isRequired: true,
    initial: usual.authenticationMethod,
    choices: [
      { value: 'client_secret', label: 'A secret, in the header or in the body' },
      { value: 'client_secret_basic', label: 'A secret, in the header only' },
      { value: 'client_secret_post', label: 'A secret, in the body only' },
      { value: 'private_key_jwt', label: 'A signature with its own key (private_key_jwt)' },
      { value: 'none', label: 'Nothing: it is public, PKCE protects it' },
    ],
  },
  {
    name: 'grant_types',
    label: 'Grant types',
    kind: 'choices',
    column: 'grant_types',
    initial: usual.grantTypes,
    choices: [
      {
        value: 'authorization_code',
        label: 'Authorization code',
        hint: 'People sign in on the pages of this server. The right choice for almost every app.',
      },
      { value: 'refresh_token', label: 'Refresh token', hint: 'Stay signed in without asking again.' },
      {
        value: 'client_credentials',
        label: 'Client credentials',
        hint: 'The app acts for itself, without a person.',
      },
      {
        value: 'password',
        label: 'Resource owner password-based',
        hint: 'Legacy: the app itself sees the password. OAuth 2.1 has removed it; only for apps that cannot change yet.',
      },
    ],
  },
]

const addresses: readonly Field[] = [
  {
    name: 'redirect_uris',
    label: 'Redirect URIs',
    hint: 'One on each line. They must match exactly, to the last slash.',
    kind: 'texts',
    column: 'redirect_uris',
  },
  {
    name: 'post_logout_redirect_uris',
    label: 'Post-logout redirect URIs',
    hint: 'Where people may return after signing out. One on each line.',
    kind: 'texts',
    column: 'post_logout_redirect_uris',
  },
  {
    name: 'allowed_origins',
    label: 'Allowed origins',
    hint: 'Origins whose scripts may call this server (CORS), e.g. https://app.example. One on each line.',
    kind: 'texts',
    column: 'allowed_origins',
  },
]

const access: readonly Field[] = [
  {
    name: 'scopes',
    label: 'Scopes',
    hint: 'The most that the app may ask for.',
    kind: 'choices',
    column: 'scopes',
    initial: usual.scopes,
  },
  {
    name: 'consent',
    label: 'Consent',
    kind: 'choice',
    column: 'consent',
    isRequired: true,
    initial: usual.consent,
    choices: [
      { value: 'ask', label: 'Ask each person once' },
      { value: 'skip', label: 'Skip: the app is our own' },
    ],
  },
  {
    name: 'pkce',
    label: 'PKCE',
    hint: 'Required, unless the app cannot send a code challenge. Public applications always need it.',
    kind: 'choice',
    column: 'pkce',
    isRequired: true,
    initial: usual.pkce,
    choices: [
      { value: 'required', label: 'Required' },
      { value: 'optional', label: 'Optional' },
    ],
  },
  {
    name: 'introspection',
    label: 'May introspect',
    hint: 'Whether it may ask if a token is valid.',
    kind: 'choice',
    column: 'introspection',
    isRequired: true,
    initial: usual.introspection,
    choices: [
      { value: 'none', label: 'No tokens' },
      { value: 'own', label: 'Tokens meant for it' },
      { value: 'any', label: 'Any token' },
    ],
  },
]

const tokens: readonly Field[] = [
  {
    name: 'id_token_algorithm',
    label: 'ID token signature',
    hint: 'RS256 works with every library; ES256 is smaller and faster.',
    kind: 'choice',
    column: 'id_token_algorithm',
    isRequired: true,
    initial: usual.idTokenAlgorithm,
    choices: named(signingAlgorithms),
  },
  {
    name: 'access_token_lifetime_seconds',
    label: 'Access token lifetime',
    hint: 'In seconds.',
    kind: 'integer',
    column: 'access_token_lifetime_seconds',
    isRequired: true,
    initial: usual.accessTokenLifetimeSeconds,
  },
  {
    name: 'refresh_token_lifetime_seconds',
    label: 'Refresh token lifetime',
    hint: 'In seconds, from its last use.',
    kind: 'integer',
    column: 'refresh_token_lifetime_seconds',
    isRequired: true,
    initial: usual.refreshTokenLifetimeSeconds,
  },
  {
    name: 'refresh_grace_seconds',
    label: 'Refresh grace in seconds',
    hint: 'A retry of the previous refresh token within this time gets the same answer. 0 treats every reuse as theft.',
    kind: 'integer',
    column: 'refresh_grace_seconds',
    isRequired: true,
    initial: usual.refreshGraceSeconds,
  },
  {
    name: 'refresh_ends_access_tokens',
    label: 'A refresh ends older access tokens',
    hint: 'Parallel tabs lose their access token when one of them refreshes.',
    kind: 'flag',
    column: 'refresh_ends_access_tokens',
    initial: usual.refreshEndsAccessTokens,
  },
  {
    name: 'refresh_narrows_grant',
    label: 'A refresh with fewer scopes gives the others up for good',
    hint: 'RFC 6749 §6 lets an app ask for all of them again; leave it off unless an old app counts on it.',
    kind: 'flag',
    column: 'refresh_narrows_grant',
    initial: usual.refreshNarrowsGrant,
  },
]

const logout: readonly Field[] = [
  {
    name: 'backchannel_logout_uri',
    label: 'Back-channel logout URI',
    hint: 'This server tells it, in a signed token, when the session of a person ends.',
    kind: 'code',
  },
  {
    name: 'backchannel_logout_session_required',
    label: 'The back channel must name the session',
    kind: 'flag',
  },
  {
    name: 'frontchannel_logout_uri',
    label: 'Front-channel logout URI',
    hint: 'Loaded in a hidden frame when a person signs out here. It has the origin of a redirect URI.',
    kind: 'code',
  },
  {
    name: 'frontchannel_logout_session_required',
    label: 'The front channel must name the session',
    kind: 'flag',
  },
]

const presentation: readonly Field[] = [
  { name: 'client_uri', label: 'Home page', kind: 'code' },
  { name: 'logo_uri', label: 'Logo', hint: 'Fetched by this server and shown by it.', kind: 'code' },
  { name: 'policy_uri', label: 'Privacy policy', kind: 'code' },
  { name: 'tos_uri', label: 'Terms of service', kind: 'code' },
  { name: 'contacts', label: 'Contacts', hint: 'Email addresses, one on each line.', kind: 'texts' },
  {
    name: 'initiate_login_uri',
    label: 'Where a sign-in may be started from elsewhere',
    hint: 'An https address of the app (OpenID Connect Core §4).',
    kind: 'code',
  },
  { name: 'software_id', label: 'Software id', kind: 'code' },
  { name: 'software_version', label: 'Software version', kind: 'code' },
]

const advanced: readonly Field[] = [
  {
    name: 'application_type',
    label: 'Kind of application',
    kind: 'choice',
    isRequired: true,
    initial: plainMetadata.applicationType,
    choices: [
      { value: 'web', label: 'On the web' },
      { value: 'native', label: 'On a device, with a scheme of its own' },
    ],
  },
  {
    name: 'response_types',
    label: 'Response types',
    hint: 'All but code put tokens into an address: switches for old apps, which OAuth 2.1 has dropped.',
    kind: 'choices',
    initial: plainMetadata.responseTypes,
    choices: named(responseTypes),
  },
  {
    name: 'subject_type',
    label: 'Subjects',
    hint: 'Pairwise: another name for each person at each sector. A change gives everybody another name there.',
    kind: 'choice',
    isRequired: true,
    initial: plainMetadata.subjectType,
    choices: [
      { value: 'public', label: 'The same everywhere' },
      { value: 'pairwise', label: 'Pairwise' },
    ],
  },
  {
    name: 'sector_identifier_uri',
    label: 'Sector identifier URI',
    hint: 'A document with all redirect URIs, where they have several hosts. It is fetched when it is saved.',
    kind: 'code',
  },
  {
    name: 'userinfo_signed_response_alg',
    label: 'Userinfo',
    kind: 'choice',
    choices: perhaps('Plain JSON', signingAlgorithms),
  },
  {
    name: 'introspection_signed_response_alg',
    label: 'Answers to introspection',
    kind: 'choice',
    choices: perhaps('Plain JSON', signingAlgorithms),
  },
  {
    name: 'jwks',
    label: 'Public keys (JWK set)',
    hint: 'For private_key_jwt and signed request objects. Either the keys or their address.',
    kind: 'json',
  },
  { name: 'jwks_uri', label: 'Address of the public keys', kind: 'code' },
  {
    name: 'token_endpoint_auth_signing_alg',
    label: 'Algorithm of private_key_jwt',
    kind: 'choice',
    choices: perhaps('Any that this server knows', signingAlgorithms),
  },
  {
    name: 'request_object_signing_alg',
    label: 'Request objects',
    kind: 'choice',
    choices: perhaps('Not taken', [...signingAlgorithms, 'none']),
  },
  { name: 'request_uris', label: 'Request URIs', hint: 'One on each line.', kind: 'texts' },
  { name: 'default_max_age', label: 'Oldest sign-in that is taken (seconds)', kind: 'integer' },
  { name: 'require_auth_time', label: 'ID tokens always tell when the person signed in', kind: 'flag' },
  { name: 'default_acr_values', label: 'Authentication contexts, preferred first', kind: 'texts' },
]

/** Read only: what there is of its secrets, never one of them. */
const kept: readonly Field[] = [
  {
    name: 'secrets',
    label: 'Live secrets',
    kind: 'rows',
    of: [
      { name: 'id', label: 'Id', kind: 'code' },
      {
        name: 'kind',
        label: 'Made by',
        kind: 'choice',
        choices: [
          { value: 'generated', label: 'this server' },
          { value: 'chosen', label: 'an operator' },
        ],
      },
      { name: 'ends_in', label: 'Ends in', kind: 'code' },
      { name: 'created_at', label: 'Made', kind: 'instant' },
      { name: 'age_days', label: 'Age in days', kind: 'integer' },
    ],
  },
  { name: 'created_at', label: 'Registered', kind: 'instant', column: 'created_at' },
  { name: 'updated_at', label: 'Changed', kind: 'instant', column: 'updated_at' },
]

type Part = 'basics' | 'addresses' | 'access' | 'tokens' | 'logout' | 'presentation' | 'advanced' | 'kept'

export const clientFieldGroups: Readonly<Record<Part, readonly Field[]>> = {
  basics,
  addresses,
  access,
  tokens,
  logout,
  presentation,
  advanced,
  kept,
}

export const clientFields: readonly Field[] = Object.values(clientFieldGroups).flat()

/** Only read: it follows from other settings, or is the work of an act. */
const readOnly: ReadonlySet<string> = new Set(['enabled', 'is_confidential', ...kept.map(({ name }) => name)])
/** Set once. */
const once: ReadonlySet<string> = new Set([clientIdField.name, clientSecretField.name])

export const addedFields: readonly Field[] = clientFields.filter(({ name }) => !readOnly.has(name))
export const changedFields: readonly Field[] = addedFields.filter(({ name }) => !once.has(name))
