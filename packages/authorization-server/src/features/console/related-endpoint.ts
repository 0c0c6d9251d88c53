// How many rows of other nouns belong to one: sessions, grants and consents of a person. Only of what the reader may see.
import {
  countEntries,
  type Entry,
  type Noun,
  parseListQuery,
  reachOf,
  relatedKey,
} from '../../platform/console/index.ts'
import { Parameters } from '../../platform/http/index.ts'
import { type Console, type Entered, ownerIn } from './console.ts'
import { sealOf } from './rows-endpoint.ts'

/** By `relatedKey`; a list that the reader may not see has none. Counted as lists are: by their filter, up to a limit. */
export async function countRelated(
  here: Console,
  { asked }: Entered,
  noun: Noun,
  entry: Entry,
): Promise<Readonly<Record<string, number>>> {
  const counts = (noun.related ?? []).map(async ({ noun: name, filter }) => {
    const other = here.desks.get(name)?.noun
    if (other === undefined || reachOf(asked.actor, other, 'view') === 'none') return []
    const { query, faults } = parseListQuery(other, new Parameters([[filter, entry.id]]), sealOf(here))
    // A filter that the noun does not have would count everybody's.
    if (faults.length > 0 || query.filters.length === 0) return []
    const owner = ownerIn(asked.actor, other, 'view')
    return [
      [relatedKey({ noun: name, filter }), await countEntries(here.context.database, other, query, owner)] as const,
    ]
  })
  return Object.fromEntries((await Promise.all(counts)).flat())
}
