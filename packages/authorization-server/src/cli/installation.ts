// What a command works on: an opened installation. An interface, so that declaring a command loads none of it.

import type { EffectiveRow } from '../platform/config/index.ts'
import type { PasswordHasher, Random } from '../platform/crypto/index.ts'
import type { Database, Migration } from '../platform/storage/index.ts'
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
  /** Opened on first use: the very first time it makes the keys. */
  keys(): Promise<KeyStore>
  close(): Promise<void>
}

export interface Roof {
  /** @throws InvalidSettings, or CommandFailure when the database is missing or behind */
  open(purpose: Purpose): Promise<Installation>
  /** Every setting in force. @throws InvalidSettings with every fault */
  settings(): Promise<readonly EffectiveRow[]>
}
