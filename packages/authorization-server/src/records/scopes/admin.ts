// What the console shows of APIs and of scopes. What clients, grants and tokens carry by name never changes its name here.
import type { Noun } from '../../platform/console/index.ts'
import { tokenFormats } from './api.ts'

const jwtHint =
  'Opaque: the API asks this server what a token is worth, and whatever ends here ends there at once. JWT: the API checks it by itself (RFC 9068), so a token that was revoked, or whose person was disabled, is still taken until it expires.'

const tokenFormat = {
  name: 'token_format',
  label: 'Tokens',
  hint: jwtHint,
  kind: 'choice',
  column: 'token_format',
  choices: tokenFormats.map((value) => ({ value, label: { opaque: 'Opaque', jwt: 'JWT' }[value] })),
  isRequired: true,
  tones: { jwt: 'info' },
} as const

const audience = {
  name: 'audience',
  label: 'Audience',
  hint: 'Its identifier, usually its address: clients send it as resource, tokens carry it as aud (RFC 8707 §2). It never changes.',
  kind: 'code',
  column: 'audience',
  isRequired: true,
} as const

const apiName = { name: 'name', label: 'Name', kind: 'text', column: 'name', isRequired: true } as const

export const apisNoun: Noun = {
  name: 'apis',
  one: 'API',
  many: 'APIs',
  icon: 'device',
  section: 'applications',
  about: 'What tokens are for: each API with its own kind of token, and its own scopes.',
  table: 'apis',
  key: { column: 'id', kind: 'number' },
  label: ['name', 'audience'],
  version: 'updated_at',
  fields: [
    apiName,
    audience,
    tokenFormat,
    {
      name: 'signing_algorithm',
      label: 'JWTs signed with',
      kind: 'choice',
      column: 'signing_algorithm',
      choices: ['RS256', 'ES256', 'PS256', 'EdDSA'].map((value) => ({ value, label: value })),
      isRequired: true,
    },
    {
      name: 'access_token_lifetime_seconds',
      label: 'Tokens live at most (seconds)',
      hint: 'From 10 to 86400; a client’s own lifetime counts where it is shorter, or where this is empty. Give JWTs five minutes.',
      kind: 'integer',
      column: 'access_token_lifetime_seconds',
    },
    { name: 'scopes', label: 'Its scopes', kind: 'references', noun: 'scopes' },
    {
      name: 'clients',
      label: 'Applications that may ask about its tokens',
      hint: 'Client ids, one per line: the API itself, as a client that can prove itself.',
      kind: 'texts',
    },
    { name: 'created_at', label: 'Registered', kind: 'instant', column: 'created_at' },
  ],
  columns: ['name', 'audience', 'token_format', 'access_token_lifetime_seconds', 'scopes', 'created_at'],
  filters: [
    {
      kind: 'choice',
      name: 'token_format',
      label: 'Tokens',
      column: 'token_format',
      choices: tokenFormat.choices,
    },
  ],
  search: [
    { column: 'id', match: 'number' },
    { column: 'audience', match: 'prefix' },
    { column: 'name', match: 'prefix', fold: 'lower' },
  ],
  sorts: [
    { name: 'name', column: 'lower(name)' },
    { name: 'audience', column: 'audience' },
    { name: 'created_at', column: 'id' },
  ],
  groups: [
    { title: 'API', fields: ['name', 'audience', 'created_at'] },
    { title: 'Tokens', fields: ['token_format', 'signing_algorithm', 'access_token_lifetime_seconds'] },
    { title: 'Who may use it, and ask about it', fields: ['scopes', 'clients'] },
  ],
  add: [audience, apiName, tokenFormat],
  change: ['name', 'token_format', 'signing_algorithm', 'access_token_lifetime_seconds', 'clients'],
  canDelete: true,
  deleteSays:
    'No token is for it any more, from now on; those that it checks by itself (JWT) it takes until they expire. Its scopes are deleted too. Its audience, and the names of its scopes, are never given again, so that no old token opens what is new.',
  sensitive: ['add', 'change', 'delete'],
  acts: [],
  related: [{ noun: 'scopes', filter: 'api', label: 'Scopes' }],
}

const scopeName = {
  name: 'name',
  label: 'Name',
  hint: 'As clients ask for it: printable ASCII without spaces, quotation marks and backslashes (RFC 6749 §3.3), such as items:read. It never changes.',
  kind: 'code',
  column: 'name',
  isRequired: true,
} as const

const description = {
  name: 'description',
  label: 'What it allows',
  hint: 'People read it when an application asks for their consent: “your calendar”.',
  kind: 'text',
  column: 'description',
  isRequired: true,
} as const

const api = {
  name: 'api',
  label: 'API',
  hint: 'A token for an API carries its scopes and those that belong to none. This never changes.',
  kind: 'reference',
  noun: 'apis',
  column: 'api_id',
} as const

export const scopesNoun: Noun = {
  name: 'scopes',
  one: 'scope',
  many: 'Scopes',
  icon: 'eye',
  section: 'applications',
  about: 'What applications may ask people for, in words that people read.',
  table: 'scopes',
  key: { column: 'name', kind: 'text' },
  label: ['name'],
  version: 'updated_at',
  fields: [
    scopeName,
    description,
    api,
    {
      name: 'position',
      label: 'Place in the order',
      hint: 'Lower ones stand first, in tokens and when consent is asked.',
      kind: 'integer',
      column: 'position',
      isRequired: true,
    },
  ],
  columns: ['name', 'description', 'api', 'position'],
  filters: [{ kind: 'reference', name: 'api', label: 'API', noun: 'apis', column: 'api_id' }],
  search: [{ column: 'name', match: 'prefix' }],
  sorts: [
    { name: 'position', column: 'position' },
    { name: 'name', column: 'name' },
  ],
  groups: [{ title: 'Scope', fields: ['name', 'description', 'api', 'position'] }],
  add: [scopeName, description, api],
  change: ['description', 'position'],
  canDelete: true,
  deleteSays:
    'Applications lose it, and so does every token that carries it, from now on; a JWT keeps it until it expires, at APIs that check it by themselves. A token that carried nothing else ends. Its name is never given again, so that no old token opens what is new.',
  sensitive: ['add', 'change', 'delete'],
  acts: [],
}
