/**
 * Usage: how many sign-ins, refusals, tokens and introspections there were, by hour, reason and client; for charts and for
 * noticing what nobody uses. Counted in the memory of each process and added to the table every few seconds: a flood of strangers
 * causes no writes of its own, and what a process had not written when it died is lost. No names of people are part of it.
 * Specifications: none. Tables: usage_hours. Settings: usage.
 */
export { type UsageSettings, usageSettings } from './config.ts'
export { flushUsage, keepUsage, type UsageDeps } from './flush-job.ts'
export { usageMigrations } from './migrations.ts'
export {
  type ClientCount,
  firstUsage,
  type HourCount,
  type UnusedClient,
  unusedClients,
  usageByClient,
  usageByHour,
} from './store.ts'
export {
  createUsage,
  hourOf,
  mostClientsCounted,
  otherClients,
  type RefusalReason,
  refusalReasons,
  type SignInWay,
  signInWays,
  type Usage,
} from './usage.ts'
