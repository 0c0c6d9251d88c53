// What a running server is made of, passed to every feature. Nothing here is looked up from anywhere else.
import type { SettingInForce } from '../../platform/config/index.ts'
import type { HashProcess, PasswordHasher, Random } from '../../platform/crypto/index.ts'
import type { Drain } from '../../platform/http/index.ts'
import type { Assets, Locale } from '../../platform/html/index.ts'
import type { Log } from '../../platform/log/index.ts'
import type { Outgoing } from '../../platform/outgoing/index.ts'
import type { Database } from '../../platform/storage/index.ts'
import type { Clock } from '../../platform/time/index.ts'
import type { ClientDirectory, ClientKeys, ProvenHeaders, SecretChecker } from '../../records/clients/index.ts'
import type { SignInLimits, SignUpLimits } from '../../records/credentials/index.ts'
import type { InstallationFollower } from '../../records/installation/index.ts'
import type { KeyStore } from '../../records/keys/index.ts'
import type { Usage } from '../../records/usage/index.ts'
import type { ApiDirectory, AudienceSets, ScopeSets } from '../../records/scopes/index.ts'
import type { Failures, Incidents } from '../refusals/index.ts'
import type { IdentitySettings } from './config.ts'

export interface Context {
  readonly clock: Clock
  readonly random: Random
  readonly database: Database
  readonly log: Log
  /** Begun when the server is told to stop. */
  readonly drain: Drain
  readonly keys: KeyStore
  readonly passwords: PasswordHasher
  /** Where they are hashed; let go when the server closes. */
  readonly hashProcess: HashProcess
  readonly installation: InstallationFollower
  readonly clientSecrets: SecretChecker
  readonly provenHeaders: ProvenHeaders
  readonly clients: ClientDirectory
  /** What clients signed, checked with their registered keys. */
  readonly clientKeys: ClientKeys
  readonly scopeSets: ScopeSets
  readonly audienceSets: AudienceSets
  readonly apis: ApiDirectory
  readonly signInLimits: SignInLimits
  readonly signUpLimits: SignUpLimits
  /** Counts sign-ins and tokens, in memory. */
  readonly usage: Usage
  readonly incidents: Incidents
  /** How often callers may fail before they have proven who they are. */
  readonly failures: Failures
  readonly assets: Assets
  /** The language of the pages. */
  readonly locale: () => Locale
  /** The one way out: whatever others name is fetched, and told, through it. */
  readonly outgoing: Outgoing
  readonly identity: IdentitySettings
  /** Every setting with where it came from, for the console; a secret is masked. */
  readonly settingsInForce: () => readonly SettingInForce[]
  /** Origin at which the world reaches us, without a trailing slash. */
  readonly publicUrl: string
  /** Byte for byte the same in metadata, ID tokens and authorization responses. */
  readonly issuer: string
  /** Whether the public address is https: decides cookie names and Strict-Transport-Security. */
  readonly secure: boolean
  readonly development: boolean
}
