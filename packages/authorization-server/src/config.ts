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
import { type RegistrationSettings, registrationSettings } from './features/client-registration/index.ts'
import { type ConsoleSettings, consoleSettings } from './features/console/index.ts'
import { type IdentitySettings, identitySettings } from './features/context/index.ts'
import { type ProfileSettings, profileSettings } from './features/profile/index.ts'
import { type LogSettings, logSettings } from './platform/log/index.ts'
import { type OutgoingSettings, outgoingSettings } from './platform/outgoing/index.ts'
import { type UsageSettings, usageSettings } from './records/usage/index.ts'

export interface ServerSettings {
  readonly host: string
  readonly port: number
  readonly dataDir: string
  readonly databaseUrl: Secret | undefined
  readonly masterKey: Secret | undefined
  readonly trustedProxies: readonly string[]
  readonly bodyLimitBytes: number
  readonly allowInsecureHttp: boolean
  readonly workers: number
  readonly drainDelayMs: number
  readonly shutdownDeadlineMs: number
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
  workers: setting(z.int().min(1).max(64).default(1), {
    env: 'LATCHKEY_WORKERS',
    description:
      'How many processes `latchkey serve` runs on its port; about as many as the machine has cores. On the embedded database they read by themselves and share one writer.',
  }),
  drainDelayMs: setting(z.int().min(0).max(300_000).default(500), {
    env: 'LATCHKEY_DRAIN_DELAY_MS',
    description:
      'How long `latchkey serve` goes on answering after it was told to stop, with readiness at 503 and connections closed one by one: longer than the time in which a load balancer notices.',
    unit: 'milliseconds',
  }),
  shutdownDeadlineMs: setting(z.int().min(0).max(300_000).default(10_000), {
    env: 'LATCHKEY_SHUTDOWN_DEADLINE_MS',
    description: 'How long requests may take to finish after that, before their connections are cut.',
    unit: 'milliseconds',
  }),
})

export interface LimitSettings {
  readonly signInAttemptsPerAccount: number
  readonly signInAttemptsPerSource: number
  readonly signInAttemptsPerClient: number
  readonly signInWindowSeconds: number
  readonly signUpsPerSource: number
  readonly passwordHashesAtOnce: number
  readonly passwordHashesWaiting: number
  readonly passwordHashDeadlineMs: number
  readonly clientFailuresPerMinute: number
  readonly strangerFailuresPerMinute: number
  readonly signInRequestsAtOnce: number
  readonly pageRequestsAtOnce: number
  readonly tokenRequestsAtOnce: number
  readonly readRequestsAtOnce: number
  readonly eventLoopLagMs: number
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
  signInAttemptsPerClient: setting(z.int().min(1).max(1_000_000).default(1_000), {
    env: 'LATCHKEY_SIGN_IN_ATTEMPTS_PER_CLIENT',
    description:
      'How often wrong passwords may be sent within the window by one client with a secret, which relays many people from one address; it is counted in the place of its address.',
    spec: 'OWASP ASVS 5.0 V6.3.1',
  }),
  signInWindowSeconds: setting(z.int().min(1).max(86_400).default(900), {
    env: 'LATCHKEY_SIGN_IN_WINDOW_SECONDS',
    description: 'The window of the three limits above, and of the one on sign-ups.',
    unit: 'seconds',
  }),
  signUpsPerSource: setting(z.int().min(1).max(100_000).default(100), {
    env: 'LATCHKEY_SIGN_UPS_PER_SOURCE',
    description: 'How often one address may try to create an account within the window.',
    spec: 'OWASP ASVS 5.0 V2.4.1',
  }),
  passwordHashesAtOnce: setting(z.int().min(1).max(64).default(2), {
    env: 'LATCHKEY_PASSWORD_HASHES_AT_ONCE',
    description:
      'How many passwords are hashed at the same time, in a process of their own at a lower priority; each takes 19 MiB of memory and a processor core.',
  }),
  passwordHashesWaiting: setting(z.int().min(0).max(10_000).default(200), {
    env: 'LATCHKEY_PASSWORD_HASHES_WAITING',
    description: 'How many may wait for their turn; beyond it sign-ins are answered 503 at once.',
  }),
  passwordHashDeadlineMs: setting(z.int().min(100).max(60_000).default(5_000), {
    env: 'LATCHKEY_PASSWORD_HASH_DEADLINE_MS',
    description: 'How long one may wait for its turn; a sign-in that would wait longer is answered 503 at once.',
    unit: 'milliseconds',
  }),
  clientFailuresPerMinute: setting(z.int().min(1).max(1_000_000).default(600), {
    env: 'LATCHKEY_CLIENT_FAILURES_PER_MINUTE',
    description:
      'How often a client may show a wrong secret from one address; then it is answered 429, whatever it shows. Counted in the memory of each node.',
    spec: 'RFC 6749 §2.3.1',
  }),
  strangerFailuresPerMinute: setting(z.int().min(1).max(1_000_000).default(600), {
    env: 'LATCHKEY_STRANGER_FAILURES_PER_MINUTE',
    description:
      'How often one address may name clients that do not exist, or show tokens that were never issued, before it is answered 429. Counted in the memory of each node.',
    spec: 'RFC 6585 §4',
  }),
  signInRequestsAtOnce: setting(z.int().min(1).max(100_000).default(300), {
    env: 'LATCHKEY_SIGN_IN_REQUESTS_AT_ONCE',
    description: 'How many requests that need a password hashed may be under way in a process; beyond it 503.',
  }),
  pageRequestsAtOnce: setting(z.int().min(1).max(100_000).default(500), {
    env: 'LATCHKEY_PAGE_REQUESTS_AT_ONCE',
    description: 'How many pages may be under way in a process; beyond it 503.',
  }),
  tokenRequestsAtOnce: setting(z.int().min(1).max(100_000).default(1_000), {
    env: 'LATCHKEY_TOKEN_REQUESTS_AT_ONCE',
    description: 'How many requests that give or end tokens may be under way in a process; beyond it 503.',
  }),
  readRequestsAtOnce: setting(z.int().min(1).max(100_000).default(1_000), {
    env: 'LATCHKEY_READ_REQUESTS_AT_ONCE',
    description:
      'How many introspections, UserInfo requests and profile reads may be under way in a process, and as many of metadata and keys; beyond it 503.',
  }),
  eventLoopLagMs: setting(z.int().min(10).max(60_000).default(500), {
    env: 'LATCHKEY_EVENT_LOOP_LAG_MS',
    description:
      'From which standing lag of the event loop on sign-ins and pages are answered 503; tokens from twice, reads from four times as much.',
    unit: 'milliseconds',
  }),
})

export interface Settings {
  /** `<room>.<setting>` → where its value came from; what is not in it is a default. */
  readonly origins?: ReadonlyMap<string, string>
  readonly server: ServerSettings
  readonly identity: IdentitySettings
  readonly limits: LimitSettings
  readonly profile: ProfileSettings
  readonly log: LogSettings
  readonly outgoing: OutgoingSettings
  readonly registration: RegistrationSettings
  readonly console: ConsoleSettings
  readonly usage: UsageSettings
}

export const settingFragments: readonly [
  Fragment<'server', ServerSettings>,
  Fragment<'identity', IdentitySettings>,
  Fragment<'limits', LimitSettings>,
  Fragment<'profile', ProfileSettings>,
  Fragment<'log', LogSettings>,
  Fragment<'outgoing', OutgoingSettings>,
  Fragment<'registration', RegistrationSettings>,
  Fragment<'console', ConsoleSettings>,
  Fragment<'usage', UsageSettings>,
] = [
  serverSettings,
  identitySettings,
  limitSettings,
  profileSettings,
  logSettings,
  outgoingSettings,
  registrationSettings,
  consoleSettings,
  usageSettings,
]

/** The compiler checks that the written interface is what the fragments load. */
export type LoadedSettings = SettingsOf<typeof settingFragments>
