// Sets of scopes, numbered once and for ever, so that a sealed token can name a set in four bytes.
// A number never changes its meaning, which makes this the one thing that may be cached without a bound in time.
import type { Database } from '../../platform/storage/index.ts'
import { findScopeSet, findScopeSetId, insertScopeSet } from './store.ts'

export interface ScopeSets {
  /** The number of this list of scopes, in this order; it is given one if it has none. */
  idOf(scopes: string): Promise<number>
  /** The scopes of a number; undefined when no token of ours can have carried it. */
  scopesOf(id: number): Promise<string | undefined>
}

export function createScopeSets(database: Database, mostCached = 10_000): ScopeSets {
  const byScopes = new Map<string, number>()
  const byId = new Map<number, string>()
  const remember = (id: number, scopes: string): void => {
    if (byId.size >= mostCached) return
    byId.set(id, scopes)
    byScopes.set(scopes, id)
  }
  return {
    async idOf(scopes) {
      const known = byScopes.get(scopes) ?? (await findScopeSetId(database, scopes))
      if (known !== undefined) {
        remember(known, scopes)
        return known
      }
      await database.commit([insertScopeSet(scopes)])
      const id = await findScopeSetId(database, scopes)
      if (id === undefined) throw new Error('A set of scopes that was just stored cannot be found.')
      remember(id, scopes)
      return id
    },
    async scopesOf(id) {
      const scopes = byId.get(id) ?? (await findScopeSet(database, id))
      if (scopes !== undefined) remember(id, scopes)
      return scopes
    },
  }
}
