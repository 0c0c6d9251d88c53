// The name under which a client knows a person. OpenID Connect Core §8: the same for everybody, or another for each sector.
import type { Client } from '../../records/clients/index.ts'
import type { User } from '../../records/users/index.ts'
import type { Context } from '../context/index.ts'

const purpose = 'pairwise subject'

/**
 * OpenID Connect Core §8.1. Derived from a secret of the installation that no rotation changes, so that a client finds its
 * people again for as long as the installation keeps its master key.
 */
export function subjectFor(
  context: { readonly keys: Pick<Context['keys'], 'stableDigest'> },
  client: Pick<Client, 'metadata' | 'redirectUris' | 'row'>,
  user: Pick<User, 'subject'>,
): string {
  if (client.metadata.subjectType === 'public') return user.subject
  // JSON keeps the parts apart: no sector and subject can run together into those of another pair.
  const digest = context.keys.stableDigest(purpose, JSON.stringify([sectorOf(client), user.subject]))
  return Buffer.from(digest).toString('base64url')
}

/**
 * The host of the sector document, else the one host of all redirect URIs. Registration sees to it that there is one of both;
 * where there is neither, the client is a sector of its own.
 */
export function sectorOf(client: Pick<Client, 'metadata' | 'redirectUris' | 'row'>): string {
  const { sectorIdentifierUri } = client.metadata
  if (sectorIdentifierUri !== undefined) return hostOf(sectorIdentifierUri)
  const [only = '', ...others] = new Set(client.redirectUris.map(hostOf))
  return only !== '' && others.length === 0 ? only : `client ${client.row}`
}

function hostOf(uri: string): string {
  return URL.parse(uri)?.hostname ?? ''
}
