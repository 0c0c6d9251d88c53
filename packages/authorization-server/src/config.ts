// The settings of the server: the fragments of its rooms, in the order in which the reference prints them.
import { z } from 'zod'
import {
  defineSettings,
  type Fragment,
  optionalSecret,
  type Secret,
  setting,
  type SettingsOf,
} from './platform/config/index.ts'
import { type IdentitySettings, identitySettings } from './features/context/index.ts'
import { type ProfileSettings, profileSettings } from './features/profile/index.ts'
import { type LogSettings, logSettings } from './platform/log/index.ts'

export interface ServerSettings {
  readonly host: string
  readonly port: number
  readonly dataDir: string
  readonly databaseUrl: Secret | undefined
  readonly masterKey: Secret | undefined
  readonly trustedProxies: readonly string[]
  readonly bodyLimitBytes: number
  readonly allowInsecureHttp: boolean
}

export const serverSettings: Fragment<'server', ServerSettings> = defineSettings('server', {
  host: setting(z.string().min(1).default('localhost'), {
    env: 'LATCHKEY_HOST',
    description: 'The address on which the server listens. HOST is taken as well.',
  }),
  port: setting(z.int().min(0).max(65_535).default(8_000), {
    env: 'LATCHKEY_PORT',
    description: 'The port on which the server listens; 0 lets the system choose. PORT is taken as well.',
  }),
  dataDir: setting(z.string().min(1).default('.latchkey'), {
    env: 'LATCHKEY_DATA_DIR',
    description: 'The folder of the embedded database and of the master key file.',
  }),
  databaseUrl: optionalSecret(z.string().regex(/^postgres(ql)?:\/\/.+/, 'must begin with postgres://'), {
    env: 'LATCHKEY_DATABASE_URL',
    description:
      'The PostgreSQL database, as postgres://user:password@host:5432/name; several nodes may share it. Without it, the embedded database in the data folder is used.',
  }),
  masterKey: optionalSecret(z.string(), {
    env: 'LATCHKEY_MASTER_KEY',
    description:
      'The key from which all others are derived: 32 random bytes in base64url or hex. Without it, a file in the data folder holds one, made at the first start.',
  }),
  trustedProxies: setting(z.array(z.string()).default([]), {
    env: 'LATCHKEY_TRUSTED_PROXIES',
    description: 'Addresses or ranges of proxies whose X-Forwarded-For is believed.',
  }),
  bodyLimitBytes: setting(z.int().min(1_024).max(1_048_576).default(65_536), {
    env: 'LATCHKEY_BODY_LIMIT_BYTES',
    description: 'The largest request body that is read.',
    unit: 'bytes',
  }),
  allowInsecureHttp: setting(z.boolean().default(false), {
    env: 'LATCHKEY_ALLOW_INSECURE_HTTP',
    description:
      'Lets `latchkey serve` run with a plain http public address that is not loopback. Passwords and tokens then cross the network in clear.',
    spec: 'RFC 6749 §1.6',
  }),
})

export interface LimitSettings {
  readonly signInAttemptsPerAccount: number
  readonly signInAttemptsPerSource: number
  readonly signInWindowSeconds: number
  readonly signUpsPerSource: number
  readonly passwordHashesAtOnce: number
  readonly passwordHashesWaiting: number
}

export const limitSettings: Fragment<'limits', LimitSettings> = defineSettings('limits', {
  signInAttemptsPerAccount: setting(z.int().min(1).max(1_000).default(10), {
    env: 'LATCHKEY_SIGN_IN_ATTEMPTS_PER_ACCOUNT',
    description: 'How often a wrong password may be tried for one account within the window, over all pages and APIs.',
    spec: 'OWASP ASVS 5.0 V6.3.1',
  }),
  signInAttemptsPerSource: setting(z.int().min(1).max(100_000).default(100), {
    env: 'LATCHKEY_SIGN_IN_ATTEMPTS_PER_SOURCE',
    description: 'How often a wrong password may be tried from one address within the window.',
    spec: 'OWASP ASVS 5.0 V6.3.1',
  }),
  signInWindowSeconds: setting(z.int().min(1).max(86_400).default(900), {
    env: 'LATCHKEY_SIGN_IN_WINDOW_SECONDS',
    description: 'The window of the two limits above, and of the one on sign-ups.',
    unit: 'seconds',
  }),
  signUpsPerSource: setting(z.int().min(1).max(100_000).default(100), {
    env: 'LATCHKEY_SIGN_UPS_PER_SOURCE',
    description: 'How often one address may try to create an account within the window.',
    spec: 'OWASP ASVS 5.0 V2.4.1',
  }),
  passwordHashesAtOnce: setting(z.int().min(1).max(64).default(2), {
    env: 'LATCHKEY_PASSWORD_HASHES_AT_ONCE',
    description: 'How many passwords are hashed at the same time; each takes 19 MiB of memory and a processor core.',
  }),
  passwordHashesWaiting: setting(z.int().min(0).max(10_000).default(200), {
    env: 'LATCHKEY_PASSWORD_HASHES_WAITING',
    description: 'How many may wait for their turn; beyond it sign-ins are answered 503 at once.',
  }),
})

export interface Settings {
  readonly server: ServerSettings
  readonly identity: IdentitySettings
  readonly limits: LimitSettings
  readonly profile: ProfileSettings
  readonly log: LogSettings
}

export const settingFragments: readonly [
  Fragment<'server', ServerSettings>,
  Fragment<'identity', IdentitySettings>,
  Fragment<'limits', LimitSettings>,
  Fragment<'profile', ProfileSettings>,
  Fragment<'log', LogSettings>,
] = [serverSettings, identitySettings, limitSettings, profileSettings, logSettings]

/** The compiler checks that the written interface is what the fragments load. */
export type LoadedSettings = SettingsOf<typeof settingFragments>
