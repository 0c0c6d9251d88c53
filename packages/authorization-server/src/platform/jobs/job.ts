// Decides when a node does a job: at its time, when there is something to do, and only while it holds the job's lease.
// The lease outlasts the time between two runs, so the nodes do not take turns, and another takes over when one is gone.

import type { Log } from '../log/index.ts'
import type { Database } from '../storage/index.ts'
import type { Clock } from '../time/index.ts'
import { releaseLease, takeLease } from './store.ts'

export interface Job {
  readonly name: string
  readonly everyMs: number
  /** A look that writes nothing: on an idle server nobody takes the lease, and the disk is left alone. */
  isDue(): Promise<boolean>
  run(): Promise<void>
}

export interface JobDeps {
  readonly database: Database
  readonly clock: Clock
  readonly log: Log
  /** Names this process among all that work on the database. */
  readonly holder: string
}

/** @returns whether the lease is ours for so long from now */
export async function holdLease(deps: Omit<JobDeps, 'log'>, name: string, forMs: number): Promise<boolean> {
  const now = deps.clock.now()
  const result = await deps.database.commit([takeLease({ name, holder: deps.holder, expiresAt: now + forMs }, now)])
  return result.won
}

/** Runs a job for as long as the node lives; returns what stops it and lets go of the lease. */
export function runJob(deps: JobDeps, job: Job): () => Promise<void> {
  let running: Promise<void> | undefined
  let held = false
  const turn = async (): Promise<void> => {
    try {
      if (!(await job.isDue())) return
      held = await holdLease(deps, job.name, 1.5 * job.everyMs)
      if (held) await job.run()
    } catch (error) {
      deps.log.warn('a job failed, and is tried again at its next time', { job: job.name, error })
    }
  }
  const timer = setInterval(() => {
    running ??= turn().finally(() => {
      running = undefined
    })
  }, job.everyMs)
  timer.unref()
  return async () => {
    clearInterval(timer)
    await running
    if (held) await deps.database.commit([releaseLease({ name: job.name, holder: deps.holder })])
  }
}
