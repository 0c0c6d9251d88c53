// What an installation has of all that a declaration can speak of, read at once.
import type { Database } from '../../platform/storage/index.ts'
import { type Client, listClients } from '../../records/clients/index.ts'
import { type Group, listGroups } from '../../records/groups/index.ts'
import { selfRegisteredRows } from '../../records/registrations/index.ts'
import {
  type KnownApi,
  type KnownScope,
  listApis,
  listRetired,
  listScopes,
  type Retired,
} from '../../records/scopes/index.ts'
import { displayIdentifier, findUser, findUserByIdentifier } from '../../records/users/index.ts'
import type { Declaration } from './schema.ts'

export interface CurrentClient {
  readonly client: Client
  /** Username or e-mail. */
  readonly owner: string | undefined
  /** It registered itself (RFC 7591), and may change itself: it is nobody's to declare unless the file names it. */
  readonly isSelfRegistered: boolean
}

export interface Current {
  /** In the operator's order. */
  readonly scopes: readonly KnownScope[]
  readonly apis: readonly KnownApi[]
  readonly groups: readonly Group[]
  readonly clients: readonly CurrentClient[]
  readonly retired: Retired
}

export async function readCurrent(database: Database): Promise<Current> {
  const [scopes, apis, groups, clients, retired, selfRegistered] = await Promise.all([
    listScopes(database),
    listApis(database),
    listGroups(database),
    listClients(database, undefined),
    listRetired(database),
    selfRegisteredRows(database),
  ])
  const owners = await ownersOf(database, clients)
  return {
    scopes,
    apis,
    groups,
    retired,
    clients: clients.map((client) => ({
      client,
      owner: client.ownerId === undefined ? undefined : owners.get(client.ownerId),
      isSelfRegistered: selfRegistered.has(client.row),
    })),
  }
}

async function ownersOf(database: Database, clients: readonly Client[]): Promise<ReadonlyMap<number, string>> {
  const ids = [...new Set(clients.flatMap(({ ownerId }) => ownerId ?? []))]
  const users = await Promise.all(ids.map((id) => findUser(database, id)))
  return new Map(users.flatMap((user) => (user === undefined ? [] : [[user.id, displayIdentifier(user)] as const])))
}

/** The users whom a declaration names as owners, by the name that it uses; who is not there is missing. */
export async function findOwners(
  database: Database,
  { clients = {} }: Declaration,
): Promise<ReadonlyMap<string, number>> {
  const names = [...new Set(Object.values(clients).flatMap(({ owner }) => owner ?? []))]
  const users = await Promise.all(names.map((name) => findUserByIdentifier(database, name)))
  return new Map(names.flatMap((name, at) => (users[at] === undefined ? [] : [[name, users[at].id] as const])))
}
