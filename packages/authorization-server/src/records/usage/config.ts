// How often the counts in memory are written down, and for how long they are kept.
import { z } from 'zod'
import { defineSettings, type Fragment, setting } from '../../platform/config/index.ts'

export interface UsageSettings {
  readonly flushSeconds: number
  readonly keepDays: number
}

export const usageSettings: Fragment<'usage', UsageSettings> = defineSettings('usage', {
  flushSeconds: setting(z.int().min(1).max(600).default(10), {
    env: 'LATCHKEY_USAGE_FLUSH_SECONDS',
    description:
      'How often a process writes down what it counted of sign-ins and tokens. It counts in its memory, so that strangers cannot make it write; what was not yet written is lost when it dies.',
    unit: 'seconds',
  }),
  keepDays: setting(z.int().min(1).max(3_650).default(180), {
    env: 'LATCHKEY_USAGE_KEEP_DAYS',
    description: 'For how long the hourly counts of sign-ins and tokens are kept.',
    unit: 'days',
  }),
})
