// `latchkey restore`: fills an empty database from a backup, or only checks the backup. A restored backup revives nothing: the
// installation's epoch is raised in the same transaction, so whatever was issued before is void.

import { existsSync } from 'node:fs'
import { isBackupTag, type MasterKey, masterKeyFingerprint } from '../../platform/crypto/index.ts'
import { transferTools } from '../../platform/storage/index.ts'
import { recordEvent } from '../../records/events/index.ts'
import { raiseInstallationEpoch } from '../../records/installation/index.ts'
import { type Command, type Context, defineCommand } from '../command.ts'
import { CommandFailure } from '../exit.ts'
import type { Site } from '../installation.ts'
import type { Result } from '../output.ts'
import { explained, placeName, progressNotes } from './transfers.ts'

/** More than may have been given between the backup and the loss: other systems may still know people by these numbers. */
const numbersSkipped = 1_000_000

export const command: Command = defineCommand({
  name: 'restore',
  aliases: [],
  summary: 'Fill an empty database from a backup; everybody signs in again',
  arguments: [{ name: 'file', description: 'the backup', required: true }],
  options: [{ name: 'verify', description: 'only check the backup and the master key, write nothing' }],
  examples: ['latchkey restore monday.backup.gz --verify', 'latchkey restore monday.backup.gz'],
  run: (context) => explained(() => restore(context)),
})

type Tools = Awaited<ReturnType<typeof transferTools>>
type Backup = Awaited<ReturnType<Tools['openBackup']>>

async function restore(context: Context): Promise<Result> {
  const file = context.input.text('file')
  if (!existsSync(file)) {
    const what = 'There is no such backup.'
    throw new CommandFailure('notFound', { code: 'no_backup', what, why: `${file} does not exist.`, fix: 'Check it.' })
  }
  const site = await (await context.roof()).site()
  const master = await site.masterKey()
  const tools = await transferTools()
  const backup = await tools.openBackup(file, (_head, digest, tag) => isBackupTag(master, digest, tag))
  try {
    assertKeyFits(tools, backup, master)
    tools.assertKnown(backup.contents, site.migrations)
    if (context.input.flag('verify')) {
      await readThrough(tools, backup, context)
      return resultOf(backup, 'The backup is whole, and the master key fits.', { verified: true }, undefined)
    }
    return await fill(tools, backup, site, context)
  } finally {
    backup.close()
  }
}

async function fill(tools: Tools, backup: Backup, site: Site, context: Context): Promise<Result> {
  const { migrations, clock, place } = site
  const now = clock.now()
  const detail = { backupOf: backup.contents.createdAt, epochBefore: backup.contents.installationEpoch }
  const target = await tools.openTarget(place)
  try {
    await tools.transfer(backup, target, {
      migrations,
      clock,
      progress: progressNotes(context),
      leap: numbersSkipped,
      finally: [raiseInstallationEpoch(now), recordEvent({ kind: 'installation.restored', at: now, detail })],
    })
  } finally {
    await target.close()
  }
  const say = `Restored into ${placeName(place)}. Everybody signs in again; passwords and client secrets are those of the backup.`
  return resultOf(backup, say, { restored: true }, 'latchkey doctor')
}

function assertKeyFits({ TransferRefused }: Tools, { contents }: Backup, master: MasterKey): void {
  const found = masterKeyFingerprint(master)
  if (found === contents.masterKey) return
  const why = `The backup needs the master key ${contents.masterKey}; the one at hand is ${found}.`
  throw new TransferRefused('wrong-key', why)
}

/** Every check of a restore, without a database. */
async function readThrough({ TableDigest }: Tools, backup: Backup, context: Context): Promise<void> {
  const progress = progressNotes(context)
  for (const table of backup.contents.tables) {
    const digest = new TableDigest(table)
    for await (const lines of backup.rows(table)) {
      digest.add(lines)
      progress(table.name, digest.rows, table.rows)
    }
  }
  await backup.finish()
}

function resultOf(
  { contents }: Backup,
  say: string,
  data: Readonly<Record<string, unknown>>,
  next: string | undefined,
): Result {
  const { engine, createdAt, program, migrations, tables, installationEpoch, masterKey } = contents
  const counts = Object.fromEntries(tables.map((table) => [table.name, table.rows]))
  const backup = {
    engine,
    createdAt,
    program,
    installationEpoch,
    masterKey,
    migrations: migrations.length,
    tables: counts,
  }
  return {
    say,
    data: { ...data, backup },
    view: {
      kind: 'record',
      rows: [
        ['taken', createdAt],
        ['from', `${engine}, Latchkey ${program}`],
        ['master key', masterKey],
        ...tables.filter(({ rows }) => rows > 0).map(({ name, rows }): [string, string] => [name, String(rows)]),
      ],
    },
    ...(next === undefined ? {} : { next }),
  }
}
