// Fetched documents in memory, bounded in number and size; many who ask at once share one fetch. What failed is remembered for a
// short while, so that a broken address is not asked again and again.
import type { Clock, Instant } from '../time/index.ts'
import type { FetchedDocument, OutgoingRefused } from './outcome.ts'

type Outcome = FetchedDocument | OutgoingRefused

export interface Ages {
  readonly documentMs: number
  readonly failureMs: number
}

export interface DocumentCache {
  get(key: string, ages: Ages, load: () => Promise<Outcome>): Promise<Outcome>
}

const mostDocuments = 500
const mostBytes = 8_388_608

interface Entry {
  readonly outcome: Outcome
  readonly loadedAt: Instant
  readonly bytes: number
}

export function createDocumentCache(clock: Clock): DocumentCache {
  const entries = new Map<string, Entry>()
  const underWay = new Map<string, Promise<Outcome>>()
  let bytes = 0

  function drop(key: string): void {
    bytes -= entries.get(key)?.bytes ?? 0
    entries.delete(key)
  }

  function keep(key: string, outcome: Outcome): void {
    drop(key)
    // A fetch that was never begun says nothing of the address.
    if (outcome.kind === 'refused' && outcome.fault === 'busy') return
    const entry = { outcome, loadedAt: clock.now(), bytes: key.length + bytesOf(outcome) }
    entries.set(key, entry)
    bytes += entry.bytes
    while (entries.size > mostDocuments || bytes > mostBytes) drop(entries.keys().next().value ?? '')
  }

  return {
    async get(key, { documentMs, failureMs }, load) {
      const known = entries.get(key)
      const age = known === undefined ? 0 : clock.now() - known.loadedAt
      const longest = known?.outcome.kind === 'refused' ? Math.min(failureMs, documentMs) : documentMs
      if (known !== undefined && age >= 0 && age < longest) return known.outcome
      const asked = underWay.get(key)
      if (asked !== undefined) return asked
      const asking = load().finally(() => underWay.delete(key))
      underWay.set(key, asking)
      const outcome = await asking
      keep(key, outcome)
      return outcome
    },
  }
}

function bytesOf(outcome: Outcome): number {
  return outcome.kind === 'document' ? outcome.body.length : 0
}
