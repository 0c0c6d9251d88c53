// How long the console stays open by itself, and how long a password counts as given.
import { z } from 'zod'
import { defineSettings, type Fragment, setting } from '../../platform/config/index.ts'

export interface ConsoleSettings {
  readonly idleSeconds: number
  readonly proofSeconds: number
  readonly secretAgeDays: number
  readonly keyAgeDays: number
  readonly unusedDays: number
  readonly reasonRequired: boolean
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
  reasonRequired: setting(z.boolean().default(false), {
    env: 'LATCHKEY_CONSOLE_REASON_REQUIRED',
    description: 'Whether every change in the console and its API must carry a reason, which the event log keeps.',
    spec: 'OWASP ASVS 5.0 V16.2.1',
  }),
  secretAgeDays: setting(z.int().min(1).max(36_500).default(365), {
    env: 'LATCHKEY_CONSOLE_SECRET_AGE_DAYS',
    description: "From which age on the console's first page says that a client secret should be replaced.",
    unit: 'days',
    spec: 'OWASP ASVS 5.0 V13.3.4',
  }),
  keyAgeDays: setting(z.int().min(1).max(36_500).default(365), {
    env: 'LATCHKEY_CONSOLE_KEY_AGE_DAYS',
    description: "From which age on the console's first page says that a signing key should be rotated.",
    unit: 'days',
    spec: 'NIST SP 800-57 Part 1 §5.3.6',
  }),
  unusedDays: setting(z.int().min(1).max(3_650).default(90), {
    env: 'LATCHKEY_CONSOLE_UNUSED_DAYS',
    description:
      "After how many days without a token the console's first page calls an application unused. It knows of as many days as usage figures are kept.",
    unit: 'days',
  }),
})
