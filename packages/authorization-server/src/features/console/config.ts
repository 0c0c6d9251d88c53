// How long the console stays open by itself, and how long a password counts as given.
import { z } from 'zod'
import { defineSettings, type Fragment, setting } from '../../platform/config/index.ts'

export interface ConsoleSettings {
  readonly idleSeconds: number
  readonly proofSeconds: number
}

export const consoleSettings: Fragment<'console', ConsoleSettings> = defineSettings('console', {
  idleSeconds: setting(z.int().min(60).max(86_400).default(1_800), {
    env: 'LATCHKEY_CONSOLE_IDLE_SECONDS',
    description: 'How long the console may be left alone before it asks for the password again.',
    unit: 'seconds',
    spec: 'OWASP ASVS 5.0 V7.3.1',
  }),
  proofSeconds: setting(z.int().min(30).max(3_600).default(600), {
    env: 'LATCHKEY_CONSOLE_PROOF_SECONDS',
    description:
      'For how long a password that was given counts for what the console asks one for: adding and changing people, roles, groups, deleting, rotating keys.',
    unit: 'seconds',
    spec: 'OWASP ASVS 5.0 V7.5.1',
  }),
})
