// Settings of the log.

import { z } from 'zod'
import { defineSettings, type Fragment, setting } from '../config/index.ts'
import type { LogLevel } from './log.ts'

export interface LogSettings {
  readonly level: LogLevel
  readonly format: 'auto' | 'json' | 'pretty'
}

export const logSettings: Fragment<'log', LogSettings> = defineSettings('log', {
  level: setting(z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'), {
    env: 'LATCHKEY_LOG_LEVEL',
    description: 'The least important records that are written.',
  }),
  format: setting(z.enum(['auto', 'json', 'pretty']).default('auto'), {
    env: 'LATCHKEY_LOG_FORMAT',
    description:
      'One JSON record a line, or one line for a person; `auto` is pretty in development and JSON elsewhere.',
  }),
})
