// Clients as they were at most a second ago. Who may still act is never answered from here: that is the gate's to read.
import type { Database } from '../../platform/storage/index.ts'
import type { Clock, Instant } from '../../platform/time/index.ts'
import type { Client, ClientSecret } from './client.ts'
import { findClient, findClientByRow, registeredOrigins, secretsOf } from './store.ts'

export interface KnownClient {
  readonly client: Client
  readonly secrets: readonly ClientSecret[]
}

export interface ClientDirectory {
  find(clientId: string): Promise<KnownClient | undefined>
  findByRow(clientRow: number): Promise<KnownClient | undefined>
  origins(): Promise<readonly string[]>
  /** After a change on this node: the next look reads anew. */
  forget(): void
}

interface Entry<T> {
  readonly value: Promise<T>
  readonly loadedAt: Instant
}

const longestAgeMs = 1_000
const mostEntries = 10_000

export function createClientDirectory(database: Database, clock: Clock): ClientDirectory {
  const entries = new Map<string, Entry<unknown>>()

  /** One load serves all who ask meanwhile. An absent client or a failed load is not remembered. */
  function remember<T>(key: string, load: () => Promise<T>): Promise<T> {
    const now = clock.now()
    const known = entries.get(key) as Entry<T> | undefined
    if (known !== undefined && now - known.loadedAt < longestAgeMs) return known.value
    if (entries.size >= mostEntries) entries.clear()
    const entry: Entry<T> = { value: load(), loadedAt: now }
    entries.set(key, entry)
    const drop = (): void => {
      if (entries.get(key) === entry) entries.delete(key)
    }
    entry.value.then((value) => value === undefined && drop(), drop)
    return entry.value
  }

  const withSecrets = async (client: Client | undefined): Promise<KnownClient | undefined> =>
    client && { client, secrets: await secretsOf(database, client.row) }

  return {
    find: (clientId) => remember(`id:${clientId}`, async () => withSecrets(await findClient(database, clientId))),
    findByRow: (row) => remember(`row:${row}`, async () => withSecrets(await findClientByRow(database, row))),
    origins: () => remember('origins', () => registeredOrigins(database)),
    forget: () => entries.clear(),
  }
}
