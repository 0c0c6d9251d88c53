// Opens what a server stands on: the database with its tables, the keys, and what the features share.
import { join } from 'node:path'
import { type Settings, settingFragments } from './config.ts'
import { openEngine } from './database.ts'
import type { Deps } from './deps.ts'
import type { Context } from './features/context/index.ts'
import { createFailures, createIncidents } from './features/refusals/index.ts'
import {
  HashProcess,
  createPasswordHasher,
  loadOrCreateMasterKeyFile,
  type MasterKey,
  parseMasterKey,
} from './platform/crypto/index.ts'
import { settingsInForce } from './platform/config/index.ts'
import { createDrain } from './platform/http/index.ts'
import { english, loadAssets } from './platform/html/index.ts'
import { createOutgoing } from './platform/outgoing/index.ts'
import { type Database, migrate } from './platform/storage/index.ts'
import {
  createClientDirectory,
  createClientKeys,
  createProvenHeaders,
  createSecretChecker,
} from './records/clients/index.ts'
import { createInstallation, followInstallation } from './records/installation/index.ts'
import { everydayAlgorithms, hasKeys, openKeyStore } from './records/keys/index.ts'
import { createApiDirectory, createAudienceSets, createScopeSets } from './records/scopes/index.ts'
import { createUsage } from './records/usage/index.ts'
import { migrations } from './schema.ts'

export async function openDatabase(settings: Settings, deps: Deps): Promise<Database> {
  const database = await (deps.openDatabase?.() ?? openEngine(settings.server, deps.onFatal))
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
  const { limits } = settings
  const hashing = hashingOf(limits, deps)
  const outgoing = createOutgoing({
    clock,
    world: { allowLoopback: development, ...deps.outgoing },
    allowedNetworks: settings.outgoing.allowedNetworks,
  })
  const publicUrl = publicUrlOf(settings)
  const master = await masterKeyOf(settings, deps, database)
  return {
    clock,
    random,
    log,
    drain: createDrain(),
    database,
    installation: await followInstallation(database),
    keys: await openKeyStore({ database, clock, random, master, algorithms: everydayAlgorithms }),
    ...hashing,
    clientSecrets: createSecretChecker(hashing.passwords, random),
    provenHeaders: createProvenHeaders(random),
    clients: createClientDirectory(database, clock),
    scopeSets: createScopeSets(database),
    audienceSets: createAudienceSets(database),
    apis: createApiDirectory(database, clock),
    signInLimits: {
      perAccount: limits.signInAttemptsPerAccount,
      perSource: limits.signInAttemptsPerSource,
      perClient: limits.signInAttemptsPerClient,
      windowMs: limits.signInWindowSeconds * 1_000,
    },
    signUpLimits: { perSource: limits.signUpsPerSource, windowMs: limits.signInWindowSeconds * 1_000 },
    failures: createFailures({
      clock,
      perClientAndSource: limits.clientFailuresPerMinute,
      perSource: limits.strangerFailuresPerMinute,
    }),
    usage: createUsage(),
    incidents: createIncidents({ clock, random, log }),
    assets: loadAssets(),
    locale: deps.locale ?? (() => english),
    outgoing,
    clientKeys: createClientKeys({ outgoing, clock }),
    identity: settings.identity,
    settingsInForce: () => settingsInForce(settingFragments, { settings, origins: settings.origins ?? new Map() }),
    publicUrl,
    issuer: issuerOf(settings),
    secure: publicUrl.startsWith('https:'),
    development,
  }
}

/** The hasher and its process; the bound is the same for both, so none waits inside of the process. */
function hashingOf(limits: Settings['limits'], { random, log }: Deps): Pick<Context, 'passwords' | 'hashProcess'> {
  const hashProcess = new HashProcess({
    threads: limits.passwordHashesAtOnce,
    report: (reason) => log.warn('the hashing process is gone; the next sign-in makes another', { reason }),
  })
  const passwords = createPasswordHasher({
    random,
    maxConcurrent: limits.passwordHashesAtOnce,
    maxQueued: limits.passwordHashesWaiting,
    deadlineMs: limits.passwordHashDeadlineMs,
    compute: hashProcess.compute,
  })
  return { passwords, hashProcess }
}

export function issuerOf(settings: Settings): string {
  return settings.identity.issuer ?? `${publicUrlOf(settings)}/o`
}

/** The configured address, else where we listen: never a request's Host header. */
function publicUrlOf(settings: Settings): string {
  const { host, port } = settings.server
  const listening = `http://${host.includes(':') ? `[${host}]` : host}:${port}`
  return (settings.identity.publicUrl ?? listening).replace(/\/+$/, '')
}
