// Chains events in the background, so that no request waits for it: those that came since, those that became visible late, and, a
// slice a minute, whatever else was left out. What two nodes do at once the database decides: a position is given once.
import type { KeyedDigests } from '../../../platform/crypto/index.ts'
import { type JobDeps, runJob } from '../../../platform/jobs/index.ts'
import type { Database } from '../../../platform/storage/index.ts'
import type { Instant } from '../../../platform/time/index.ts'
import { linksAfter, type StoredEvent } from './link.ts'
import { digestAt, type Head, headOfChain, insertLink, lastEventId, waitingBetween, waitingEvents } from './store.ts'

const everyMs = 1_000
/** Small enough that a commit in the same moment hardly waits. */
const batchEvents = 250
/** A backlog goes on at the next turn, under a lease that was renewed. */
const batchesInTurn = 20
const lookBackMs = 60_000
const lookBackNumbers = 20_000
/** Heads in the log of the process are heads outside of the database. */
const tellHeadMs = 3_600_000

export interface ChainDeps extends JobDeps {
  readonly chainKeys: KeyedDigests
}

type Waiting = (limit: number) => Promise<readonly StoredEvent[]>

/**
 * Gives the next events their links, as one commit.
 * @returns how many were chained; none as well when another node was first
 */
export async function chainBatch(
  database: Database,
  keys: KeyedDigests,
  limit: number = batchEvents,
  waiting: Waiting = (most) => waitingEvents(database, most),
): Promise<number> {
  const head = await headOfChain(database)
  const events = await waiting(limit)
  if (events.length === 0) return 0
  const result = await database.commit(linksAfter(keys, head, events).map(insertLink))
  return result.won ? events.length : 0
}

/** Chains for as long as the server runs, on one of its nodes; returns what stops it. */
export function chainEvents(deps: ChainDeps): () => Promise<void> {
  const { database, chainKeys } = deps
  const back = lookBack(deps)
  const watched = watchHead(deps)
  return runJob(deps, {
    name: 'event-chain',
    everyMs,
    isDue: async () => (await waitingEvents(database, 1)).length > 0 || (await back.isDue()),
    async run() {
      await watched()
      for (const waiting of [undefined, back.waiting]) {
        for (let batch = 0; batch < batchesInTurn; batch += 1) {
          if ((await chainBatch(database, chainKeys, batchEvents, waiting)) < batchEvents) break
        }
      }
      await watched()
    },
  })
}

interface LookBack {
  /** Looks at the next slice, once a minute. */
  isDue(): Promise<boolean>
  readonly waiting: Waiting
}

/** The newest events, and in turn each older slice: finds what a node that stood still for long left behind. */
function lookBack({ database, clock }: Pick<ChainDeps, 'database' | 'clock'>): LookBack {
  let lookedAt: Instant = clock.now()
  let newest = 0
  let to = 0
  const before = (last: number, limit: number): Promise<readonly StoredEvent[]> =>
    waitingBetween(database, last - lookBackNumbers, last, limit)
  const waiting: Waiting = async (limit) => {
    const late = await before(newest, limit)
    return late.length > 0 ? late : before(to, limit)
  }
  return {
    waiting,
    async isDue() {
      if (clock.now() - lookedAt < lookBackMs) return false
      lookedAt = clock.now()
      newest = await lastEventId(database)
      to = to > lookBackNumbers ? to - lookBackNumbers : newest - lookBackNumbers
      return (await waiting(1)).length > 0
    },
  }
}

/** Tells where the head stands, now and then, and at once when what this process has seen of the chain is no longer there. */
function watchHead({ database, clock, log }: ChainDeps): () => Promise<void> {
  let seen: Head | undefined
  let toldAt: Instant | undefined
  return async () => {
    if (seen !== undefined && (await digestAt(database, seen.position)) !== seen.digest) {
      log.error('the event log is no longer what it was: run latchkey audit verify with this head', {
        head: seen.digest,
      })
    }
    seen = await headOfChain(database)
    const now = clock.now()
    if (seen === undefined || (toldAt !== undefined && now - toldAt < tellHeadMs)) return
    toldAt = now
    log.info('the head of the event log', { position: seen.position, head: seen.digest })
  }
}
