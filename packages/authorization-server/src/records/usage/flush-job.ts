// Writes down what was counted, each process for itself: from time to time, and once more when it stops. One node removes what
// is old.
import { type JobDeps, runJob } from '../../platform/jobs/index.ts'
import { type Database, StorageBusy } from '../../platform/storage/index.ts'
import type { Clock } from '../../platform/time/index.ts'
import type { UsageSettings } from './config.ts'
import { addUsage, expiredUsage } from './store.ts'
import { hourOf, type Usage } from './usage.ts'

const dayMs = 86_400_000
const removeEveryMs = 60_000
const batchRows = 500

export interface UsageDeps {
  readonly database: Database
  readonly clock: Clock
  readonly usage: Usage
}

/** One list of writes; none when nothing was counted. */
export async function flushUsage({ database, clock, usage }: UsageDeps): Promise<void> {
  const hour = hourOf(clock.now())
  const counted = usage.take(hour)
  if (counted.length === 0) return
  try {
    await database.commit(counted.map((one) => addUsage(one, hour)))
  } catch (error) {
    // A list that was turned away was certainly not written. What may have been is not counted twice.
    if (error instanceof StorageBusy) usage.putBack(counted)
    throw error
  }
}

/** @returns what stops it, after a last flush */
export function keepUsage(deps: JobDeps & UsageDeps, { flushSeconds, keepDays }: UsageSettings): () => Promise<void> {
  let flushing: Promise<void> | undefined
  const flush = (): Promise<void> =>
    flushUsage(deps).catch((error: unknown) => deps.log.warn('the usage figures could not be written', { error }))
  const timer = setInterval(() => {
    flushing ??= flush().finally(() => {
      flushing = undefined
    })
  }, flushSeconds * 1_000)
  timer.unref()
  const stopRemoval = removeOldUsage(deps, keepDays)
  return async () => {
    clearInterval(timer)
    await flushing
    await flush()
    await stopRemoval()
  }
}

function removeOldUsage(deps: JobDeps, keepDays: number): () => Promise<void> {
  const batch = (limit: number) => expiredUsage(deps.clock.now() - keepDays * dayMs, limit)
  return runJob(deps, {
    name: 'usage',
    everyMs: removeEveryMs,
    isDue: async () => (await deps.database.all(batch(1).named)).length > 0,
    run: async () => {
      await deps.database.commit([batch(batchRows).write])
    },
  })
}
