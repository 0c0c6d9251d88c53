// `latchkey backup`: one file that holds everything but the master key, taken while the server runs.

import { existsSync } from 'node:fs'
import { backupTag, masterKeyFingerprint, randomId } from '../../platform/crypto/index.ts'
import { transferTools } from '../../platform/storage/index.ts'
import { findInstallation } from '../../records/installation/index.ts'
import { listRingKeys } from '../../records/keys/index.ts'
import { type Command, type Context, defineCommand } from '../command.ts'
import { CommandFailure } from '../exit.ts'
import type { Site } from '../installation.ts'
import type { Result } from '../output.ts'
import { explained, progressNotes } from './transfers.ts'

export const command: Command = defineCommand({
  name: 'backup',
  aliases: [],
  summary: 'Write everything but the master key into one file, while the server runs',
  arguments: [],
  options: [{ name: 'to', value: 'FILE', description: 'a new file; without it, one with the time in its name, here' }],
  examples: ['latchkey backup --to /backups/monday.backup.gz'],
  run: (context) => explained(() => backup(context)),
})

async function backup(context: Context): Promise<Result> {
  const site = await (await context.roof()).site()
  const { clock, place } = site
  if (place.engine === 'sqlite' && !existsSync(place.file)) throw nothingThere(`${place.file} does not exist.`)
  const createdAt = new Date(clock.now()).toISOString()
  const file = context.input.maybeText('to') ?? `latchkey-${createdAt.replace(/[-:]|\.\d+/g, '')}.backup.gz`
  const tools = await transferTools()
  const snapshot = await tools.openSnapshot(place)
  try {
    const { contents } = snapshot
    if (contents.migrations.length === 0) throw nothingThere('The database has no tables.')
    tools.assertWhole(contents.migrations.map(({ id }) => id))
    const master = await site.masterKey()
    const head = {
      createdAt,
      program: site.version,
      installationEpoch: (await findInstallation(snapshot))?.epoch ?? 0,
      ringKeys: (await listRingKeys(snapshot)).map(({ id }) => id),
      masterKey: masterKeyFingerprint(master),
    }
    const { bytes, rows, sha256 } = await tools.writeBackup(snapshot, {
      file,
      draftId: randomId(site.random),
      head,
      tag: (digest) => backupTag(master, digest),
      progress: progressNotes(context),
      stopped: context.stopped,
    })
    const tables = Object.fromEntries(contents.tables.map((table) => [table.name, table.rows]))
    return resultOf(site, { file, ...head, engine: place.engine, bytes, rows, sha256, tables })
  } finally {
    await snapshot.close()
  }
}

interface Facts extends Readonly<Record<string, unknown>> {
  readonly file: string
  readonly rows: number
  readonly bytes: number
  readonly masterKey: string
}

function resultOf(site: Site, facts: Facts): Result {
  const { file, rows, bytes, masterKey } = facts
  return {
    say: `Wrote ${rows} rows. The master key is not in it: keep ${site.masterKeyFrom} elsewhere, or the backup opens nothing.`,
    data: { ...facts, masterKeyIncluded: false },
    view: {
      kind: 'record',
      rows: [
        ['file', file],
        ['bytes', String(bytes)],
        ['rows', String(rows)],
        ['needs the master key', masterKey],
      ],
    },
    next: `latchkey restore ${file} --verify`,
  }
}

function nothingThere(why: string): CommandFailure {
  const what = 'There is nothing to back up.'
  return new CommandFailure('notFound', { code: 'no_database', what, why, fix: 'Check LATCHKEY_DATA_DIR.' })
}
