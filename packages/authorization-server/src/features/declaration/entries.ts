// An installation and a declaration as entries of the same form, so that the two can be compared.
import { type ClientSettings, settledClient } from '../../records/clients/index.ts'
import { type NewApi, whyKept } from '../../records/scopes/index.ts'
import { fieldsOfClient, type Fields, settingsFrom, unique } from './client-fields.ts'
import type { Current, CurrentClient } from './current.ts'
import type { KnownEntry, Section, WantedEntry } from './entry.ts'
import type { ApiDeclaration, ClientDeclaration, Declaration, ScopeDeclarations } from './schema.ts'

/**
 * `kept`: what is at hand is one of its secrets. `unknown`: nothing is at hand. `new`: it will be set, where there is none;
 * `another`: beside what there is.
 * Only of clients whose secret is declared.
 */
export type SecretState = 'kept' | 'unknown' | 'new' | 'another'

/** What names in a declaration stand for. */
export interface Resolved {
  /** Users by the name that the file uses for them. */
  readonly owners: ReadonlyMap<string, number>
  /** By client id. */
  readonly secrets: ReadonlyMap<string, SecretState>
}

export const shortLifeSeconds = 300

export function apiFrom(audience: string, declared: ApiDeclaration): NewApi {
  const tokenFormat = declared.token_format ?? 'opaque'
  const lifetime = declared.access_token_lifetime_seconds
  // RFC 9068: what an API checks by itself cannot be taken back, so it is short unless somebody says otherwise.
  const usual = tokenFormat === 'jwt' ? shortLifeSeconds : undefined
  return {
    audience,
    name: declared.name ?? audience,
    tokenFormat,
    signingAlgorithm: declared.signing_algorithm ?? 'RS256',
    accessTokenLifetimeSeconds: lifetime === undefined ? usual : (lifetime ?? undefined),
  }
}

export function fieldsOfApi(api: NewApi, clientIds: readonly string[]): Fields {
  return {
    name: api.name,
    token_format: api.tokenFormat,
    signing_algorithm: api.signingAlgorithm,
    access_token_lifetime_seconds: api.accessTokenLifetimeSeconds ?? null,
    clients: clientIds,
  }
}

/** What the client becomes; where one setting decides another, as everywhere. */
export function wantedClient(
  clientId: string,
  declared: ClientDeclaration,
  ownerId: number | undefined,
): ClientSettings {
  return settledClient({ ...settingsFrom(clientId, declared), ownerId })
}

export function knownEntries(current: Current, { secrets }: Pick<Resolved, 'secrets'>): readonly KnownEntry[] {
  const audiences = new Map(current.apis.map(({ id, audience }) => [id, audience]))
  const clientIds = new Map(current.clients.map(({ client }) => [client.row, client.clientId]))
  return [
    ...current.scopes.map(({ name, description, apiId }): KnownEntry => {
      const api = apiId === undefined ? null : (audiences.get(apiId) ?? null)
      const section: Section = api === null ? 'scopes' : 'apis'
      return { kind: 'scope', name, section, fields: { description, api }, stays: whyKept(name) !== undefined }
    }),
    ...current.apis.map((api): KnownEntry => {
      const fields = fieldsOfApi(
        api,
        api.clientRows.flatMap((row) => clientIds.get(row) ?? []),
      )
      return { kind: 'api', name: api.audience, section: 'apis', fields, stays: false }
    }),
    ...current.groups.map(({ name, permissions }): KnownEntry => {
      return { kind: 'group', name, section: 'groups', fields: { permissions }, stays: false }
    }),
    ...current.clients.map(({ client, owner, isSelfRegistered }): KnownEntry => {
      const fields = {
        ...fieldsOfClient(client),
        owner: owner ?? null,
        enabled: client.enabled,
        ...(secrets.get(client.clientId) === 'another' ? { secret: 'another' } : {}),
      }
      return { kind: 'client', name: client.clientId, section: 'clients', fields, stays: isSelfRegistered }
    }),
  ]
}

export function wantedEntries(declaration: Declaration, current: Current, resolved: Resolved): readonly WantedEntry[] {
  const { scopes = {}, apis = {}, groups = {}, clients = {} } = declaration
  const known = new Map(current.clients.map((one) => [one.client.clientId, one]))
  return [
    ...scopeEntries(scopes, null),
    ...Object.entries(apis).flatMap(([audience, api]): readonly WantedEntry[] => [
      ...scopeEntries(api.scopes ?? {}, audience),
      { kind: 'api', name: audience, fields: fieldsOfApi(apiFrom(audience, api), unique(api.clients ?? [])) },
    ]),
    ...Object.entries(groups).map(([name, { permissions = [] }]): WantedEntry => {
      return { kind: 'group', name, fields: { permissions: unique(permissions) } }
    }),
    ...Object.entries(clients).map(([clientId, client]) =>
      clientEntry(clientId, client, known.get(clientId), resolved),
    ),
  ]
}

function scopeEntries(scopes: ScopeDeclarations, api: string | null): readonly WantedEntry[] {
  return Object.entries(scopes).map(([name, description]) => ({
    kind: 'scope',
    name,
    fields: { description: description ?? name, api },
  }))
}

/** Owner, switch and secret are what people change on a running server: where the file does not speak of them, they stay. */
function clientEntry(
  clientId: string,
  declared: ClientDeclaration,
  known: CurrentClient | undefined,
  { owners, secrets }: Resolved,
): WantedEntry {
  const { owner, enabled = known === undefined ? true : undefined, secret } = declared
  const isSame = typeof owner === 'string' && known?.owner !== undefined && known.client.ownerId === owners.get(owner)
  const state = secrets.get(clientId)
  const place = secret?.environment === undefined ? 'from the file' : `from the environment: ${secret.environment}`
  return {
    kind: 'client',
    name: clientId,
    fields: {
      ...fieldsOfClient(wantedClient(clientId, declared, undefined)),
      ...(owner === undefined || isSame ? {} : { owner }),
      ...(enabled === undefined ? {} : { enabled }),
      ...(state === 'new' || state === 'another' ? { secret: place } : {}),
    },
  }
}
