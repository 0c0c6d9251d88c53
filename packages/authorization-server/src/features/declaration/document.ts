// Writes an installation as a declarative file: always in the same order and form, what is at its default left out.
import { Document, isMap, isScalar } from 'yaml'
import { type Fields, fieldsOfClient } from './client-fields.ts'
import type { Current, CurrentClient } from './current.ts'
import { fieldsOfApi } from './entries.ts'
import { compareText, type Reference, type Section, sections } from './entry.ts'
import { formatVersion } from './schema.ts'
import { unusualFields } from './usual.ts'

export interface DocumentOptions {
  readonly only: ReadonlySet<Section>
  /** Where editors find the JSON Schema, relative to the file; undefined where it is nowhere. */
  readonly schemaPath?: string | undefined
  /** Lines of comment after everything else. */
  readonly appendix?: readonly string[] | undefined
}

export function writeDeclaration(current: Current, options: DocumentOptions): string {
  const parts: Readonly<Record<Section, () => Fields>> = {
    scopes: () => scopesOf(current, undefined),
    apis: () => apisOf(current),
    groups: () => groupsOf(current),
    clients: () => clientsOf(current),
  }
  const chosen = sections.filter((section) => options.only.has(section))
  const content = { format: formatVersion, ...Object.fromEntries(chosen.map((section) => [section, parts[section]()])) }
  // Texts that older readers of YAML take for something else (yes, 1e3) are quoted.
  const document = new Document(content, { compat: 'yaml-1.1', aliasDuplicateObjects: false })
  const schema = options.schemaPath === undefined ? [] : [`yaml-language-server: $schema=${options.schemaPath}`]
  document.commentBefore = [...schema, ...heading].map((line) => ` ${line}`).join('\n')
  if (options.appendix !== undefined) document.comment = options.appendix.map((line) => ` ${line}`).join('\n')
  if (isMap(document.contents)) {
    for (const { key } of document.contents.items.slice(1)) if (isScalar(key)) key.spaceBefore = true
  }
  return document.toString({ lineWidth: 0 })
}

const heading = [
  `Configuration of Latchkey, format ${formatVersion}: written by \`latchkey export\`, read by \`latchkey plan\` and \`latchkey apply\`.`,
  'Of what is listed, whatever is left out is at its default; an application keeps its owner and whether it is enabled.',
  'Users, sessions, tokens, and applications that registered themselves are not part of it. Settings come from the',
  'environment and from files: `latchkey check-config` lists them. Secrets are kept as digests, so none is here; to have',
  '`latchkey apply` set one from a variable of its environment, add to an application:  secret: { environment: NAME }',
]

function scopesOf({ scopes }: Current, apiId: number | undefined): Fields {
  const own = scopes.filter((scope) => scope.apiId === apiId)
  return Object.fromEntries(own.map(({ name, description }) => [name, description]))
}

function apisOf(current: Current): Fields {
  const clientIds = new Map(current.clients.map(({ client }) => [client.row, client.clientId]))
  const sorted = current.apis.toSorted((one, other) => compareText(one.audience, other.audience))
  const entries = sorted.map((api) => {
    const clients = api.clientRows.flatMap((row) => clientIds.get(row) ?? [])
    const scopes = scopesOf(current, api.id)
    const fields = {
      ...unusual({ kind: 'api', name: api.audience }, fieldsOfApi(api, clients.toSorted(compareText))),
      ...(Object.keys(scopes).length === 0 ? {} : { scopes }),
    }
    return [api.audience, fields] as const
  })
  return Object.fromEntries(entries)
}

function groupsOf({ groups }: Current): Fields {
  const entries = groups.toSorted((one, other) => compareText(one.name, other.name))
  return Object.fromEntries(
    entries.map(({ name, permissions }) => [name, permissions.length === 0 ? {} : { permissions }]),
  )
}

function clientsOf({ clients }: Current): Fields {
  const declared = clients.filter(({ isSelfRegistered }) => !isSelfRegistered)
  const entries = declared.toSorted((one, other) => compareText(one.client.clientId, other.client.clientId))
  return Object.fromEntries(entries.map((one) => [one.client.clientId, clientOf(one)]))
}

function clientOf({ client, owner }: CurrentClient): Fields {
  const { name, ...fields } = fieldsOfClient(client)
  return {
    name,
    ...(owner === undefined ? {} : { owner }),
    ...(client.enabled ? {} : { enabled: false }),
    ...unusual({ kind: 'client', name: client.clientId }, fields),
  }
}

function unusual(entry: Reference, fields: Fields): Fields {
  return Object.fromEntries(unusualFields(entry, fields).map(({ field, after }) => [field, after]))
}
