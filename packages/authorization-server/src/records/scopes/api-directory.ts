// APIs as they were at most a second ago. There are few of them, so one load has them all.
import type { Database } from '../../platform/storage/index.ts'
import type { Clock, Instant } from '../../platform/time/index.ts'
import type { Api } from './api.ts'
import { listApis } from './store.ts'

export interface ApiDirectory {
  /** By audience. */
  all(): Promise<ReadonlyMap<string, Api>>
  /** After a change on this node: the next look reads anew. */
  forget(): void
}

const longestAgeMs = 1_000

export function createApiDirectory(database: Database, clock: Clock): ApiDirectory {
  let known: { readonly apis: Promise<ReadonlyMap<string, Api>>; readonly loadedAt: Instant } | undefined
  const load = async (): Promise<ReadonlyMap<string, Api>> =>
    new Map((await listApis(database)).map((api) => [api.audience, api]))
  return {
    all() {
      const now = clock.now()
      if (known !== undefined && now - known.loadedAt < longestAgeMs) return known.apis
      const entry = { apis: load(), loadedAt: now }
      known = entry
      entry.apis.catch(() => {
        if (known === entry) known = undefined
      })
      return entry.apis
    },
    forget() {
      known = undefined
    },
  }
}
