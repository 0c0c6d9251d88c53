// Sets of scopes, and of audiences, numbered once and for ever, so that a sealed token can name a set in four bytes.
// A number never changes its meaning, which makes this the one thing that may be cached without a bound in time.
import type { Database, Write } from '../../platform/storage/index.ts'
import {
  findAudienceSet,
  findAudienceSetId,
  findScopeSet,
  findScopeSetId,
  insertAudienceSet,
  insertScopeSet,
} from './store.ts'

export interface ScopeSets {
  /** The number of this list of scopes, in this order; it is given one if it has none. */
  idOf(scopes: string): Promise<number>
  /** The scopes of a number; undefined when no token of ours can have carried it. */
  scopesOf(id: number): Promise<string | undefined>
}

export interface AudienceSets {
  /** The number of this list of audiences, separated by spaces; 0 for the empty one. */
  idOf(audiences: string): Promise<number>
  /** The audiences of a number; undefined when no token of ours can have carried it. */
  audiencesOf(id: number): Promise<string | undefined>
}

export function createScopeSets(database: Database, mostCached = 10_000): ScopeSets {
  const sets = createSets(
    {
      idOf: (scopes) => findScopeSetId(database, scopes),
      textOf: (id) => findScopeSet(database, id),
      insert: (scopes) => insertScopeSet(scopes),
    },
    database,
    mostCached,
  )
  return { idOf: sets.idOf, scopesOf: sets.textOf }
}

export function createAudienceSets(database: Database, mostCached = 10_000): AudienceSets {
  const sets = createSets(
    {
      idOf: (audiences) => findAudienceSetId(database, audiences),
      textOf: (id) => findAudienceSet(database, id),
      insert: (audiences) => insertAudienceSet(audiences),
    },
    database,
    mostCached,
  )
  return {
    idOf: async (audiences) => (audiences === '' ? 0 : sets.idOf(audiences)),
    audiencesOf: async (id) => (id === 0 ? '' : sets.textOf(id)),
  }
}

interface Numbering {
  idOf(text: string): Promise<number | undefined>
  textOf(id: number): Promise<string | undefined>
  insert(text: string): Write
}

interface Sets {
  idOf(text: string): Promise<number>
  textOf(id: number): Promise<string | undefined>
}

function createSets(numbering: Numbering, database: Database, mostCached: number): Sets {
  const byText = new Map<string, number>()
  const byId = new Map<number, string>()
  const remember = (id: number, text: string): void => {
    if (byId.size >= mostCached) return
    byId.set(id, text)
    byText.set(text, id)
  }
  return {
    async idOf(text) {
      const known = byText.get(text) ?? (await numbering.idOf(text))
      if (known !== undefined) {
        remember(known, text)
        return known
      }
      await database.commit([numbering.insert(text)])
      const id = await numbering.idOf(text)
      if (id === undefined) throw new Error('A set that was just stored cannot be found.')
      remember(id, text)
      return id
    },
    async textOf(id) {
      const text = byId.get(id) ?? (await numbering.textOf(id))
      if (text !== undefined) remember(id, text)
      return text
    },
  }
}
