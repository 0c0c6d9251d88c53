// Opens the installation that the settings of this process name, for the commands that work on it without a running server.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type Settings, settingFragments } from '../config.ts'
import { masterKeyOf } from '../context.ts'
import type { Deps } from '../deps.ts'
import { effectiveSettings, loadSettings, processSources, type Sources } from '../platform/config/index.ts'
import { createPasswordHasher, systemRandom } from '../platform/crypto/index.ts'
import { silentLog } from '../platform/log/index.ts'
import { type Database, migrate, openSqlite, pendingMigrations } from '../platform/storage/index.ts'
import { systemClock } from '../platform/time/index.ts'
import { idTokenAlgorithms } from '../records/clients/index.ts'
import { createInstallation } from '../records/installation/index.ts'
import { type KeyStore, openKeyStore } from '../records/keys/index.ts'
import { migrations } from '../schema.ts'
import { CommandFailure } from './exit.ts'
import type { Purpose, Roof } from './installation.ts'

const deps: Deps = { clock: systemClock, random: systemRandom, log: silentLog }

/** The roof over the settings of this process. */
export function roofOfProcess(): Roof {
  return roofOver(processSources())
}

/** The roof over these sources. */
export function roofOver(sources: Sources): Roof {
  return {
    async open(purpose) {
      const { settings } = loadSettings(settingFragments, sources)
      const database = await openDatabase(settings.server.dataDir, purpose)
      let keys: Promise<KeyStore> | undefined
      return {
        ...deps,
        database,
        migrations,
        passwords: createPasswordHasher({ ...deps, maxConcurrent: 1, maxQueued: 1, deadlineMs: 60_000 }),
        passwordPolicy: settings.identity.passwordPolicy,
        emailMaxLength: settings.identity.emailMaxLength,
        keys: () => (keys ??= openKeys(database, settings)),
        close: () => database.close(),
      }
    },
    settings: async () => effectiveSettings(settingFragments, loadSettings(settingFragments, sources)),
  }
}

async function openDatabase(folder: string, purpose: Purpose): Promise<Database> {
  const file = join(folder, 'latchkey.db')
  const isNew = !existsSync(file)
  if (isNew && purpose === 'read') {
    throw new CommandFailure('notFound', {
      code: 'no_database',
      what: 'There is no database yet.',
      why: `${file} does not exist (LATCHKEY_DATA_DIR names the folder).`,
      fix: 'latchkey migrate',
    })
  }
  const database = await openSqlite({ file })
  try {
    await bringUp(database, purpose, isNew)
    return database
  } catch (error) {
    await database.close()
    throw error
  }
}

/** A new database gets its tables; one that a server may be using is changed by `latchkey migrate` and the server only. */
async function bringUp(database: Database, purpose: Purpose, isNew: boolean): Promise<void> {
  if (purpose === 'migrate') {
    return
  }
  if (isNew) {
    await migrate(database, migrations, systemClock)
    await database.commit([createInstallation(systemClock.now())])
  }
  const pending = await pendingMigrations(database, migrations)
  if (pending.length > 0) {
    throw new CommandFailure('dependencyDown', {
      code: 'migrations_pending',
      what: 'The database is older than this program.',
      why: `Not applied: ${pending.map((migration) => migration.id).join(', ')}.`,
      fix: 'latchkey migrate',
    })
  }
}

async function openKeys(database: Database, settings: Settings): Promise<KeyStore> {
  return openKeyStore({ ...deps, database, master: await masterKeyOf(settings, deps), algorithms: idTokenAlgorithms })
}
