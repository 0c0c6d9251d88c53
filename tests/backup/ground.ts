// What tests of backup, restore and copy stand on: empty databases on either engine with a folder for the master key, servers on
// them, and the command line over the same settings.

import { copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Command } from '../../packages/authorization-server/src/cli/command.ts'
import { command as auditVerify } from '../../packages/authorization-server/src/cli/commands/audit-verify.ts'
import { command as backup } from '../../packages/authorization-server/src/cli/commands/backup.ts'
import { command as copy } from '../../packages/authorization-server/src/cli/commands/db-copy.ts'
import { command as restore } from '../../packages/authorization-server/src/cli/commands/restore.ts'
import { command as userCreate } from '../../packages/authorization-server/src/cli/commands/user-create.ts'
import { roofOver } from '../../packages/authorization-server/src/cli/roof.ts'
import { type Given, type Outcome, run } from '../../packages/authorization-server/src/cli/testing.ts'
import {
  type Database,
  openPostgres,
  openSqlite,
  type Place,
} from '../../packages/authorization-server/src/platform/storage/index.ts'
import { postgresPlace } from '../support/postgres.ts'
import { startTestServer, type TestServer } from '../support/server.ts'

export const engines = ['sqlite', 'postgres'] as const
export type Engine = (typeof engines)[number]

/** An empty database and an empty folder. */
export interface Ground {
  readonly engine: Engine
  readonly place: Place
  readonly dataDir: string
  serve(): Promise<TestServer>
  /** The engine itself, without a server. */
  open(): Promise<Database>
  latchkey(words: readonly string[], given?: Given): Promise<Outcome>
  remove(): Promise<void>
}

const commands: readonly Command[] = [backup, restore, copy, userCreate, auditVerify]

export async function layGround(engine: Engine): Promise<Ground> {
  const folder = await mkdtemp(join(tmpdir(), 'latchkey-backup-'))
  const dataDir = join(folder, 'data')
  await mkdir(dataDir)
  const postgres = engine === 'postgres' ? await postgresPlace() : undefined
  const url = postgres?.url
  const settings = url === undefined ? {} : { databaseUrl: url }
  const environment = { LATCHKEY_DATA_DIR: dataDir, ...(url === undefined ? {} : { LATCHKEY_DATABASE_URL: url }) }
  const roof = roofOver({
    environment,
    flags: [],
    readFile: (path) => {
      throw new Error(`${path} should not be read.`)
    },
  })
  const file = join(dataDir, 'latchkey.db')
  return {
    engine,
    place: url === undefined ? { engine: 'sqlite', file } : { engine: 'postgres', url },
    dataDir,
    serve: () => startTestServer({ dataDir, settings: { server: settings } }),
    open: () => (url === undefined ? openSqlite({ file }) : openPostgres({ url })),
    latchkey: (words, given = {}) => run(commands, words, { roof, ...given }),
    remove: async () => {
      await postgres?.remove()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** The master key is not in a backup: it goes its own way. */
export async function carryKey(from: Ground, to: Ground): Promise<void> {
  await copyFile(join(from.dataDir, 'master.key'), join(to.dataDir, 'master.key'))
}

/** What a command prints with --json. */
export function printed(outcome: Outcome): Readonly<Record<string, unknown>> {
  if (outcome.code !== 0) throw new Error(`It ended with ${outcome.code}: ${outcome.stdout}${outcome.stderr}`)
  const body: unknown = JSON.parse(outcome.stdout)
  if (typeof body !== 'object' || body === null) throw new Error('It printed no object.')
  return { ...body }
}
