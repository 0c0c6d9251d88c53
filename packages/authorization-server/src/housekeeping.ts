// Removes what has run out, in small batches, so that no statement holds the writer for long. A lease lets one node do it, but
// it is safe anywhere, any time: every row it takes is dead already, and it stays a day longer than anything that could
// point at it.
import { expiredTransactions } from './features/authorization/index.ts'
import { expiredAssertions } from './features/client-authentication/index.ts'
import { type JobDeps, runJob } from './platform/jobs/index.ts'
import type { Database, Removal } from './platform/storage/index.ts'
import type { Clock, Instant } from './platform/time/index.ts'
import { expiredAttempts, expiredPasswordLinks } from './records/credentials/index.ts'
import { expiredGrants, expiredRevokedTokens } from './records/grants/index.ts'
import { expiredKeys } from './records/keys/index.ts'
import { settledDeliveries } from './records/logouts/index.ts'
import { expiredSessions } from './records/sessions/index.ts'

const dayMs = 86_400_000
const everyMs = 60_000
/** Besides the day: what came of a logout token is shown to the client's owner for a week. */
const deliveryLogMs = 6 * dayMs
/** Small enough that a commit in the same moment hardly waits. */
export const batchRows = 500

export interface HousekeepingDeps {
  readonly database: Database
  readonly clock: Clock
}

/** How many rows of each kind, by the name that an operator knows. */
export type Swept = Readonly<Record<string, number>>

const kinds: Readonly<Record<string, (before: Instant, limit: number) => Removal>> = {
  grants: expiredGrants,
  sessions: expiredSessions,
  transactions: expiredTransactions,
  clientAssertions: expiredAssertions,
  revokedTokens: expiredRevokedTokens,
  signInAttempts: expiredAttempts,
  passwordLinks: expiredPasswordLinks,
  signingKeys: expiredKeys,
  logoutDeliveries: (before, limit) => settledDeliveries(before - deliveryLogMs, limit),
}

/**
 * One batch of each kind of row, or what such a batch would take.
 * @param limit the most rows of one kind
 * @param removes false only counts
 */
export async function sweep(
  { database, clock }: HousekeepingDeps,
  limit: number = batchRows,
  removes = true,
): Promise<Swept> {
  const before = clock.now() - dayMs
  const swept: Record<string, number> = {}
  for (const [kind, expired] of Object.entries(kinds)) {
    const { named, write } = expired(before, limit)
    const rows = (await database.all(named)).length
    // Nothing to remove is nothing to write: an idle server leaves the disk alone.
    if (rows > 0 && removes) await database.commit([write])
    swept[kind] = rows
  }
  return swept
}

/** Sweeps for as long as the server runs, on one of its nodes; returns what stops it. */
export function keepHouse(deps: JobDeps): () => Promise<void> {
  return runJob(deps, {
    name: 'housekeeping',
    everyMs,
    isDue: async () => Object.values(await sweep(deps, 1, false)).some((rows) => rows > 0),
    run: async () => {
      await sweep(deps)
    },
  })
}
