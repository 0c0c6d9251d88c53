// APIs, and the names that were retired, as they were at most a second ago. There are few of them, so one load has them all.
import type { Database } from '../../platform/storage/index.ts'
import type { Clock, Instant } from '../../platform/time/index.ts'
import type { Api } from './api.ts'
import type { Retired } from './retired.ts'
import { listApis, listRetired } from './store.ts'

export interface ApiDirectory {
  /** By audience. */
  all(): Promise<ReadonlyMap<string, Api>>
  retired(): Promise<Retired>
  /** After a change on this node: the next look reads anew. */
  forget(): void
}

const longestAgeMs = 1_000

interface Known {
  readonly apis: ReadonlyMap<string, Api>
  readonly retired: Retired
}

export function createApiDirectory(database: Database, clock: Clock): ApiDirectory {
  let known: { readonly all: Promise<Known>; readonly loadedAt: Instant } | undefined
  const load = async (): Promise<Known> => {
    const [apis, retired] = await Promise.all([listApis(database), listRetired(database)])
    return { apis: new Map(apis.map((api) => [api.audience, api])), retired }
  }
  const current = (): Promise<Known> => {
    const now = clock.now()
    if (known !== undefined && now - known.loadedAt < longestAgeMs) return known.all
    const entry = { all: load(), loadedAt: now }
    known = entry
    entry.all.catch(() => {
      if (known === entry) known = undefined
    })
    return entry.all
  }
  return {
    all: async () => (await current()).apis,
    retired: async () => (await current()).retired,
    forget() {
      known = undefined
    },
  }
}
