// Opens the installation that the settings of this process name, for the commands that work on it without a running server.

import { existsSync } from 'node:fs'
import { type ServerSettings, type Settings, settingFragments } from '../config.ts'
import { issuerOf, masterKeyOf } from '../context.ts'
import { embeddedFile, openEngine } from '../database.ts'
import type { Deps } from '../deps.ts'
import { effectiveSettings, loadSettings, processSources, type Sources } from '../platform/config/index.ts'
import { createPasswordHasher, systemRandom } from '../platform/crypto/index.ts'
import { silentLog } from '../platform/log/index.ts'
import { createOutgoing } from '../platform/outgoing/index.ts'
import { type Database, migrate, pendingMigrations } from '../platform/storage/index.ts'
import { systemClock } from '../platform/time/index.ts'
import { createInstallation } from '../records/installation/index.ts'
import { everydayAlgorithms, type KeyStore, openKeyStore } from '../records/keys/index.ts'
import { insertStandardScopes } from '../records/scopes/index.ts'
import { migrations } from '../schema.ts'
import { CommandFailure } from './exit.ts'
import { demandsOf } from './demands.ts'
import type { Mode, Purpose, Roof, Running } from './installation.ts'
import { siteOf } from './site.ts'

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
      const database = await openDatabase(settings.server, purpose)
      const outgoing = createOutgoing({ ...deps, allowedNetworks: settings.outgoing.allowedNetworks })
      let keys: Promise<KeyStore> | undefined
      return {
        ...deps,
        database,
        migrations,
        passwords: createPasswordHasher({ ...deps, maxConcurrent: 1, maxQueued: 1, deadlineMs: 60_000 }),
        passwordPolicy: settings.identity.passwordPolicy,
        emailMaxLength: settings.identity.emailMaxLength,
        issuer: issuerOf(settings),
        admits: (url) => outgoing.admits(url),
        keys: () => (keys ??= openKeys(database, settings)),
        close: () => database.close(),
      }
    },
    site: async () => siteOf(loadSettings(settingFragments, sources).settings.server),
    settings: async (mode) =>
      effectiveSettings(settingFragments, loadSettings(settingFragments, sources, demandsOf(mode, false))),
    async start(mode, flags, mayExpose) {
      const { settings, origins } = loadSettings(settingFragments, { ...sources, flags }, demandsOf(mode, mayExpose))
      return startOn({ ...settings, origins }, mode)
    },
  }
}

async function startOn(settings: Settings, mode: Mode): Promise<Running> {
  if (mode === 'production' && settings.server.workers > 1) {
    const { default: cluster } = await import('node:cluster')
    if (cluster.isWorker) return (await import('./workers/worker.ts')).runWorker(settings)
    return (await import('./workers/supervisor.ts')).supervise(settings)
  }
  return (await import('./server.ts')).startHere(settings, { mode, opensSetup: mode === 'production' })
}

async function openDatabase(settings: ServerSettings, purpose: Purpose): Promise<Database> {
  const file = embeddedFile(settings)
  if (settings.databaseUrl === undefined && purpose === 'read' && !existsSync(file)) {
    throw noDatabase(`${file} does not exist (LATCHKEY_DATA_DIR names the folder).`)
  }
  const database = await openEngine(settings)
  try {
    await bringUp(database, purpose)
    return database
  } catch (error) {
    await database.close()
    throw error
  }
}

function noDatabase(why: string): CommandFailure {
  const fix = 'latchkey migrate'
  return new CommandFailure('notFound', { code: 'no_database', what: 'There is no database yet.', why, fix })
}

/** A new database gets its tables; one that a server may be using is changed by `latchkey migrate` and the server only. */
async function bringUp(database: Database, purpose: Purpose): Promise<void> {
  if (purpose === 'migrate') {
    return
  }
  const pending = await pendingMigrations(database, migrations)
  if (pending.length === migrations.length) {
    if (purpose === 'read') throw noDatabase('The database has no tables.')
    await migrate(database, migrations, systemClock)
    await database.commit([createInstallation(systemClock.now()), ...insertStandardScopes()])
  } else if (pending.length > 0) {
    throw new CommandFailure('dependencyDown', {
      code: 'migrations_pending',
      what: 'The database is older than this program.',
      why: `Not applied: ${pending.map((migration) => migration.id).join(', ')}.`,
      fix: 'latchkey migrate',
    })
  }
}

async function openKeys(database: Database, settings: Settings): Promise<KeyStore> {
  return openKeyStore({
    ...deps,
    database,
    master: await masterKeyOf(settings, deps, database),
    algorithms: everydayAlgorithms,
  })
}
