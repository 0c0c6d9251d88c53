// What a command works on: an opened installation. An interface, so that declaring a command loads none of it.

import type { HomePage } from '../features/home/index.ts'
import type { SetupLink } from '../features/setup/index.ts'
import type { EffectiveRow, Flag } from '../platform/config/index.ts'
import type { MasterKey, PasswordHasher, Random } from '../platform/crypto/index.ts'
import type { Database, Migration, Place } from '../platform/storage/index.ts'
import type { Clock } from '../platform/time/index.ts'
import type { PasswordPolicyName } from '../records/credentials/index.ts'
import type { KeyStore } from '../records/keys/index.ts'

/** `read`: it must exist. `write`: it is made if it does not exist. `migrate`: as `write`, and its tables may be behind. */
export type Purpose = 'read' | 'write' | 'migrate'

export interface Installation {
  readonly database: Database
  readonly migrations: readonly Migration[]
  readonly clock: Clock
  readonly random: Random
  readonly passwords: PasswordHasher
  readonly passwordPolicy: PasswordPolicyName
  readonly emailMaxLength: number
  /** As the server of these settings names itself. */
  readonly issuer: string
  /** Whether the server would ever call an address. */
  admits(url: string): boolean
  /** Opened on first use: the very first time it makes the keys. */
  keys(): Promise<KeyStore>
  close(): Promise<void>
}

export type Mode = 'development' | 'production'

/** A server that listens. */
export interface Running {
  /** Where it listens, e.g. `http://127.0.0.1:8000`. */
  readonly address: string
  readonly issuer: string
  /** What development mode shows. */
  readonly demo: HomePage['demo']
  /** The link that makes the first administrator; undefined when there is one. */
  readonly setup: SetupLink | undefined
  /** How many processes serve. */
  readonly workers: number
  /** Rejects when it cannot go on by itself. */
  readonly ended: Promise<never> | undefined
  close(): Promise<void>
}

/** Where the installation is, for the commands that move it as a whole: nothing is opened. */
export interface Site {
  readonly place: Place
  readonly migrations: readonly Migration[]
  readonly clock: Clock
  readonly random: Random
  /** The key at hand; never makes one. @throws MasterKeyFault when there is none */
  masterKey(): Promise<MasterKey>
  /** Where that key is, to tell the operator. */
  readonly masterKeyFrom: string
  /** The version of this program. */
  readonly version: string
}

export interface Roof {
  /** @throws InvalidSettings, or CommandFailure when the database is missing or behind */
  open(purpose: Purpose): Promise<Installation>
  /** @throws InvalidSettings */
  site(): Promise<Site>
  /** Every setting in force in this mode. @throws InvalidSettings with every fault */
  settings(mode: Mode): Promise<readonly EffectiveRow[]>
  /**
   * Starts a server.
   * @param mayExpose whether development mode may listen beyond this machine
   */
  start(mode: Mode, flags: readonly Flag[], mayExpose: boolean): Promise<Running>
}
