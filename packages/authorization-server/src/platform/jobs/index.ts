/**
 * Jobs: work that a server does by itself from time to time, on one of its nodes. Which one is decided by a lease in the
 * database; a node that dies loses it by time.
 * Specifications: none. Tables: leases. Settings: none.
 */
export { jobsMigrations } from './migrations.ts'
export { holdLease, runJob, type Job, type JobDeps } from './job.ts'
