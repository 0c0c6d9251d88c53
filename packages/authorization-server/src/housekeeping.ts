// Removes what has run out, in small batches, so that no statement holds the writer for long. Safe to run anywhere, any time:
// every row it takes is dead already, and it stays a day longer than anything that could point at it.
import { deleteTransactionsBefore } from './features/authorization/index.ts'
import type { Log } from './platform/log/index.ts'
import type { Database, Write } from './platform/storage/index.ts'
import type { Clock, Instant } from './platform/time/index.ts'
import { forgetAttemptsBefore } from './records/credentials/index.ts'
import { deleteGrantsBefore, deleteRevokedTokensBefore } from './records/grants/index.ts'
import { deleteKeysBefore } from './records/keys/index.ts'
import { deleteSessionsBefore } from './records/sessions/index.ts'

const dayMs = 86_400_000
const batchRows = 500
const everyMs = 60_000

export interface HousekeepingDeps {
  readonly database: Database
  readonly clock: Clock
}

/** One batch of each kind of row. A spent code's digest goes with its grant, long after the code itself has expired. */
export async function sweep({ database, clock }: HousekeepingDeps): Promise<void> {
  const before: Instant = clock.now() - dayMs
  const writes: readonly Write[] = [
    deleteGrantsBefore(before, batchRows),
    deleteSessionsBefore(before, batchRows),
    deleteTransactionsBefore(before, batchRows),
    deleteRevokedTokensBefore(before, batchRows),
    forgetAttemptsBefore(before, batchRows),
    deleteKeysBefore(before),
  ]
  for (const write of writes) await database.commit([write])
}

/** Sweeps for as long as the server runs; returns what stops it. */
export function keepHouse(deps: HousekeepingDeps & { readonly log: Log }): () => void {
  let busy = false
  const timer = setInterval(() => {
    if (busy) return
    busy = true
    sweep(deps)
      .catch((error: unknown) => deps.log.warn('expired rows could not be removed', { error }))
      .finally(() => {
        busy = false
      })
  }, everyMs)
  timer.unref()
  return () => clearInterval(timer)
}
