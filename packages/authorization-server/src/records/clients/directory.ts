// Clients as they were at most a second ago. Who may still act is never answered from here: that is the gate's to read.
import type { Database } from '../../platform/storage/index.ts'
import type { Clock, Instant } from '../../platform/time/index.ts'
import type { Client, ClientSecret } from './client.ts'
import type { SwitchedOn } from './metadata.ts'
import { findClient, findClientByRow, registeredOrigins, secretsOf, switchedOnSomewhere } from './store.ts'

export interface KnownClient {
  readonly client: Client
  readonly secrets: readonly ClientSecret[]
}

export interface ClientDirectory {
  find(clientId: string): Promise<KnownClient | undefined>
  findByRow(clientRow: number): Promise<KnownClient | undefined>
  origins(): Promise<readonly string[]>
  /** What some enabled client has on that is off otherwise. */
  switchedOn(): Promise<SwitchedOn>
  /** After a change on this node: the next look reads anew. */
  forget(): void
}

const longestAgeMs = 1_000
const mostEntries = 10_000

interface Memory<T> {
  get(key: string, load: () => Promise<T>): Promise<T>
  clear(): void
}

/** One load serves all who ask within a second. What is absent, or failed to load, is not remembered. */
function rememberForASecond<T>(clock: Clock): Memory<T> {
  const entries = new Map<string, { readonly value: Promise<T>; readonly loadedAt: Instant }>()
  return {
    get(key, load) {
      const now = clock.now()
      const known = entries.get(key)
      if (known !== undefined && now - known.loadedAt < longestAgeMs) return known.value
      if (entries.size >= mostEntries) entries.clear()
      const entry = { value: load(), loadedAt: now }
      entries.set(key, entry)
      const drop = (): void => {
        if (entries.get(key) === entry) entries.delete(key)
      }
      entry.value.then((value) => value === undefined && drop(), drop)
      return entry.value
    },
    clear: () => entries.clear(),
  }
}

export function createClientDirectory(database: Database, clock: Clock): ClientDirectory {
  const byId = rememberForASecond<KnownClient | undefined>(clock)
  const byRow = rememberForASecond<KnownClient | undefined>(clock)
  const origins = rememberForASecond<readonly string[]>(clock)
  const switchedOn = rememberForASecond<SwitchedOn>(clock)
  const withSecrets = async (client: Client | undefined): Promise<KnownClient | undefined> =>
    client && { client, secrets: await secretsOf(database, client.row) }

  return {
    find: (clientId) => byId.get(clientId, async () => withSecrets(await findClient(database, clientId))),
    findByRow: (row) => byRow.get(String(row), async () => withSecrets(await findClientByRow(database, row))),
    origins: () => origins.get('all', () => registeredOrigins(database)),
    switchedOn: () => switchedOn.get('all', () => switchedOnSomewhere(database)),
    forget() {
      byId.clear()
      byRow.clear()
      origins.clear()
      switchedOn.clear()
    },
  }
}
