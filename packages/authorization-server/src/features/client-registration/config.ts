// Settings of registration over HTTP: who may register applications, and what they may get.
import { z } from 'zod'
import { defineSettings, type Fragment, setting } from '../../platform/config/index.ts'

export interface RegistrationSettings {
  readonly policy: 'off' | 'token' | 'open'
  readonly scopes: readonly string[]
  readonly legacyResponseTypes: boolean
  readonly requirePkce: boolean
  readonly perSourcePerHour: number
  readonly mostClients: number
  readonly unusedDays: number
}

const usualScopes = ['openid', 'profile', 'email', 'address', 'phone', 'offline_access']

export const registrationSettings: Fragment<'registration', RegistrationSettings> = defineSettings('registration', {
  policy: setting(z.enum(['off', 'token', 'open']).default('off'), {
    env: 'LATCHKEY_REGISTRATION',
    description:
      'Whether applications may register themselves over HTTP: off, token (with an initial access token from `latchkey registration-token create`) or open (anybody, within the limits below).',
    spec: 'RFC 7591 §3',
  }),
  scopes: setting(z.array(z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]+$/)).default(usualScopes), {
    env: 'LATCHKEY_REGISTRATION_SCOPES',
    description:
      'The scopes that an application which registers itself may get; what it asks for beyond them is left out.',
    spec: 'RFC 7591 §2',
  }),
  legacyResponseTypes: setting(z.boolean().default(false), {
    env: 'LATCHKEY_REGISTRATION_LEGACY_RESPONSE_TYPES',
    description:
      'Whether such applications may register response types that put tokens into an address: the implicit and hybrid flows, which OAuth 2.1 has dropped.',
    spec: 'RFC 9700 §2.1.2',
  }),
  requirePkce: setting(z.boolean().default(true), {
    env: 'LATCHKEY_REGISTRATION_REQUIRE_PKCE',
    description:
      'Whether such applications must use PKCE although they have a secret. Those without a secret always must.',
    spec: 'RFC 9700 §2.1.1',
  }),
  perSourcePerHour: setting(z.int().min(1).max(100_000).default(20), {
    env: 'LATCHKEY_REGISTRATIONS_PER_SOURCE_PER_HOUR',
    description: 'How many applications one address may register in an hour while registration is open.',
  }),
  mostClients: setting(z.int().min(1).max(10_000_000).default(10_000), {
    env: 'LATCHKEY_REGISTRATION_MOST_CLIENTS',
    description: 'How many applications that registered themselves there may be at a time.',
  }),
  unusedDays: setting(z.int().min(1).max(3_650).default(90), {
    env: 'LATCHKEY_REGISTRATION_UNUSED_DAYS',
    description:
      'After how many days an application is removed that registered itself without a token and that nobody uses.',
    unit: 'days',
  }),
})
