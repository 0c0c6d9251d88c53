// Removes applications that registered themselves without a token and that nobody uses: open registration must not pile up rows.
import type { Database } from '../../platform/storage/index.ts'
import { type JobDeps, runJob } from '../../platform/jobs/index.ts'
import type { Instant } from '../../platform/time/index.ts'
import { recordEvent } from '../../records/events/index.ts'
import { deleteUnusedClient, unusedClientRows } from '../../records/registrations/index.ts'
import type { RegistrationSettings } from './config.ts'

const dayMs = 86_400_000
const everyMs = 600_000
const batch = 50

/** @returns what stops it */
export function removeUnusedClients(deps: JobDeps, { unusedDays }: RegistrationSettings): () => Promise<void> {
  const before = (): Instant => deps.clock.now() - unusedDays * dayMs
  return runJob(deps, {
    name: 'unused-registrations',
    everyMs,
    isDue: async () => (await unusedClientRows(deps.database, before(), 1)).length > 0,
    run: async () => {
      await removeUnused(deps.database, deps.clock.now(), before())
    },
  })
}

/** One batch; a client that is used in this moment stays. */
export async function removeUnused(database: Database, now: Instant, before: Instant): Promise<number> {
  let removed = 0
  for (const clientRow of await unusedClientRows(database, before, batch)) {
    const { won } = await database.commit([
      deleteUnusedClient(clientRow, before),
      recordEvent({ kind: 'client.deleted', at: now, clientRow, detail: { by: 'registration', reason: 'unused' } }),
    ])
    if (won) removed += 1
  }
  return removed
}
