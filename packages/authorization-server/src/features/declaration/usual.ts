// What an entry is when its declaration says nothing more than it must: a file leaves that out.
import { settledClient } from '../../records/clients/index.ts'
import { type Fields, fieldsOfClient, settingsFrom } from './client-fields.ts'
import { apiFrom, fieldsOfApi } from './entries.ts'
import { type Difference, differencesOf, type Reference } from './entry.ts'
import type { ClientDeclaration } from './schema.ts'

/** How a client proves itself decides other defaults; what is asked of it itself is a secret. */
function usualClient(clientId: string, authenticationMethod: ClientDeclaration['authentication_method']): Fields {
  const settings = settingsFrom(clientId, { name: '', authentication_method: authenticationMethod })
  const fields = fieldsOfClient(settledClient({ ...settings, ownerId: undefined }))
  return { ...fields, authentication_method: 'client_secret', enabled: true }
}

/** The life of a token depends on its format. */
function usualApi(audience: string, tokenFormat: 'opaque' | 'jwt'): Fields {
  return { ...fieldsOfApi(apiFrom(audience, { token_format: tokenFormat }), []), token_format: 'opaque' }
}

/** The fields of an entry that are not at their default. */
export function unusualFields({ kind, name }: Reference, fields: Fields): readonly Difference[] {
  if (kind === 'api') return differencesOf(usualApi(name, fields['token_format'] === 'jwt' ? 'jwt' : 'opaque'), fields)
  if (kind !== 'client') return differencesOf({}, fields)
  const isPublic = fields['authentication_method'] === 'none'
  return differencesOf(usualClient(name, isPublic ? 'none' : 'client_secret'), fields)
}
