// Writes a backup: gzip of JSON lines, into a draft beside its place, for its owner only, synced before it gets its name, and
// never over a file that exists. A few batches of rows are in memory at a time, however many there are.

import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createWriteStream, rmSync } from 'node:fs'
import { link, open, rename, stat, unlink } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGzip, type Gzip } from 'node:zlib'
import type { BackupHead } from './backup-head.ts'
import type { Snapshot } from './transfer.ts'
import { type Progress, TransferRefused } from './transfer-source.ts'
import { linesOf, TableDigest } from './transfer-tables.ts'

export interface BackupOptions {
  readonly file: string
  /** Makes the name of the draft unique. */
  readonly draftId: string
  readonly head: Omit<BackupHead, 'format' | 'version' | 'engine' | 'migrations' | 'tables'>
  /** Binds the digest to a key, so that nobody without it can make or change a backup. */
  readonly tag: (digest: string) => string
  readonly progress: Progress
  /** Removes the draft when the command is stopped. */
  readonly stopped: AbortSignal
}

export interface BackupReport {
  readonly bytes: number
  readonly rows: number
  readonly sha256: string
}

/** @throws TransferRefused when the file exists */
export async function writeBackup(snapshot: Snapshot, options: BackupOptions): Promise<BackupReport> {
  const file = resolve(options.file)
  await assertFree(file)
  const draft = `${file}.${options.draftId}.draft`
  const discard = (): void => rmSync(draft, { force: true })
  options.stopped.addEventListener('abort', discard)
  const gzip = createGzip({ level: 4 })
  const written = pipeline(gzip, createWriteStream(draft, { flags: 'wx', mode: 0o600, flush: true }))
  try {
    const [report] = await Promise.all([writeLines(gzip, snapshot, options), written])
    const { size } = await stat(draft)
    await giveName(draft, file)
    return { ...report, bytes: size }
  } finally {
    options.stopped.removeEventListener('abort', discard)
    gzip.destroy()
    // Only a stream that has ended makes no file any more.
    await written.catch(() => undefined)
    discard()
  }
}

async function writeLines(
  gzip: Gzip,
  snapshot: Snapshot,
  options: BackupOptions,
): Promise<Omit<BackupReport, 'bytes'>> {
  const whole = createHash('sha256')
  const write = async (text: string): Promise<void> => {
    options.stopped.throwIfAborted()
    whole.update(text)
    if (!gzip.write(text)) await once(gzip, 'drain')
  }
  const { migrations, tables } = snapshot.contents
  const { engine } = snapshot
  const head: BackupHead = { format: 'latchkey-backup', version: 1, engine, ...options.head, migrations, tables }
  await write(`${JSON.stringify(head)}\n`)
  let rows = 0
  for (const table of tables) {
    const digest = new TableDigest(table)
    for await (const lines of snapshot.rows(table)) {
      const text = linesOf(lines)
      digest.add(lines, text)
      await write(text)
      options.progress(table.name, digest.rows, table.rows)
    }
    rows += digest.rows
    await write(`${JSON.stringify({ table: table.name, rows: digest.rows, sha256: digest.digest() })}\n`)
  }
  const sha256 = whole.digest('base64url')
  gzip.end(`${JSON.stringify({ end: true, rows, sha256, tag: options.tag(sha256) })}\n`)
  return { rows, sha256 }
}

async function assertFree(file: string): Promise<void> {
  const found = await stat(file).catch(() => undefined)
  if (found !== undefined) throw new TransferRefused('exists', `${file} exists already.`)
}

/** A link never replaces what is there; where the file system has no links, a look before the renaming has to do. */
async function giveName(draft: string, file: string): Promise<void> {
  try {
    await link(draft, file)
    await unlink(draft)
  } catch (error) {
    await assertFree(file)
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    if (!/^(EPERM|ENOSYS|ENOTSUP|EOPNOTSUPP)$/.test(code)) throw error
    await rename(draft, file)
  }
  if (process.platform === 'win32') return
  const folder = await open(dirname(file), 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}
