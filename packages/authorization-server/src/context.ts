// Opens what a server stands on: the database with its tables, the keys, and what the features share.
import { join } from 'node:path'
import type { Settings } from './config.ts'
import { openEngine } from './database.ts'
import type { Deps } from './deps.ts'
import type { Context } from './features/context/index.ts'
import { createIncidents } from './features/refusals/index.ts'
import {
  createPasswordHasher,
  loadOrCreateMasterKeyFile,
  type MasterKey,
  parseMasterKey,
} from './platform/crypto/index.ts'
import { loadAssets } from './platform/html/index.ts'
import { type Database, migrate } from './platform/storage/index.ts'
import { createClientDirectory, createSecretChecker, idTokenAlgorithms } from './records/clients/index.ts'
import { createInstallation } from './records/installation/index.ts'
import { hasKeys, openKeyStore } from './records/keys/index.ts'
import { createScopeSets } from './records/scopes/index.ts'
import { migrations } from './schema.ts'

const hashDeadlineMs = 10_000

export async function openDatabase(settings: Settings, deps: Deps): Promise<Database> {
  const database = await openEngine(settings.server, deps.onFatal)
  const applied = await migrate(database, migrations, deps.clock)
  if (applied.length > 0) deps.log.info('the database was brought up to date', { migrations: applied.length })
  await database.commit([createInstallation(deps.clock.now())])
  return database
}

/** The master key from the settings, else from its file, which is made for a database that holds no keys yet. */
export async function masterKeyOf(
  settings: Settings,
  deps: Pick<Deps, 'random'>,
  database: Database,
): Promise<MasterKey> {
  const given = settings.server.masterKey
  if (given !== undefined) return parseMasterKey(given.reveal())
  const file = join(settings.server.dataDir, 'master.key')
  return loadOrCreateMasterKeyFile(file, deps.random, !(await hasKeys(database)))
}

export async function openContext(settings: Settings, deps: Deps, development: boolean): Promise<Context> {
  const { clock, random, log } = deps
  const opened = await openDatabase(settings, deps)
  const database = deps.wrapDatabase?.(opened) ?? opened
  const { signInAttemptsPerAccount, signInAttemptsPerSource, signInWindowSeconds } = settings.limits
  const passwords = createPasswordHasher({
    random,
    maxConcurrent: settings.limits.passwordHashesAtOnce,
    maxQueued: settings.limits.passwordHashesWaiting,
    deadlineMs: hashDeadlineMs,
  })
  const publicUrl = publicUrlOf(settings)
  const master = await masterKeyOf(settings, deps, database)
  return {
    clock,
    random,
    log,
    database,
    keys: await openKeyStore({ database, clock, random, master, algorithms: idTokenAlgorithms }),
    passwords,
    clientSecrets: createSecretChecker(passwords, random),
    clients: createClientDirectory(database, clock),
    scopeSets: createScopeSets(database),
    signInLimits: {
      perAccount: signInAttemptsPerAccount,
      perSource: signInAttemptsPerSource,
      windowMs: signInWindowSeconds * 1_000,
    },
    signUpLimits: { perSource: settings.limits.signUpsPerSource, windowMs: signInWindowSeconds * 1_000 },
    incidents: createIncidents({ clock, random, log }),
    assets: loadAssets(),
    identity: settings.identity,
    publicUrl,
    issuer: settings.identity.issuer ?? `${publicUrl}/o`,
    secure: publicUrl.startsWith('https:'),
    development,
  }
}

/** The configured address, else where we listen: never a request's Host header. */
function publicUrlOf(settings: Settings): string {
  const { host, port } = settings.server
  const listening = `http://${host.includes(':') ? `[${host}]` : host}:${port}`
  return (settings.identity.publicUrl ?? listening).replace(/\/+$/, '')
}
