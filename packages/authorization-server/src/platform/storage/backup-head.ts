// The first line of a backup: what it holds, what made it, and which key it needs. The lines after it are rows, table by
// table in this order, each table closed by its digest, and a last line with the digest and the tag of all lines before it.

import { z } from 'zod'
import { type Contents, TransferRefused } from './transfer-source.ts'

/** Raised when a program that knows only the version before could not read it. */
export const backupVersion = 1

export interface BackupHead extends Contents {
  readonly format: 'latchkey-backup'
  readonly version: typeof backupVersion
  /** The engine that it was taken from; it restores into either. */
  readonly engine: 'sqlite' | 'postgres'
  /** ISO 8601, UTC. */
  readonly createdAt: string
  /** The version of the program. */
  readonly program: string
  readonly installationEpoch: number
  readonly ringKeys: readonly number[]
  /** The fingerprint of the master key. The key itself is never in a backup. */
  readonly masterKey: string
}

const count = z.int().min(0)
const kind = z.enum(['integer', 'text', 'bytes'])
const table = z.object({
  name: z.string(),
  columns: z.array(z.object({ name: z.string(), kind })).min(1),
  rows: count,
  counted: z.string().optional(),
  counter: count,
})
const head = z.object({
  format: z.literal('latchkey-backup'),
  version: z.literal(backupVersion),
  engine: z.enum(['sqlite', 'postgres']),
  createdAt: z.iso.datetime(),
  program: z.string(),
  installationEpoch: count,
  ringKeys: z.array(count),
  masterKey: z.string(),
  migrations: z.array(z.object({ id: z.string(), appliedAt: z.int() })),
  tables: z.array(table),
})
const foot = z.object({ end: z.literal(true), rows: count, sha256: z.string(), tag: z.string() })
const closing = z.object({ table: z.string(), rows: count, sha256: z.string() })

/** The last line. */
export interface BackupFoot {
  readonly rows: number
  /** Of all lines before it. */
  readonly sha256: string
  readonly tag: string
}

/** The line after the rows of a table. */
export interface TableClosing {
  readonly table: string
  readonly rows: number
  readonly sha256: string
}

/** @throws TransferRefused when it is no backup, or one that this program cannot read */
export function parseHead(line: string): BackupHead {
  const value = jsonOf(line)
  const named = z.object({ format: z.literal('latchkey-backup'), version: z.int() }).safeParse(value)
  if (!named.success) throw new TransferRefused('damaged', 'This is not a backup of Latchkey.')
  if (named.data.version > backupVersion) {
    throw new TransferRefused(
      'newer',
      `It has format ${named.data.version}; this program reads up to ${backupVersion}.`,
    )
  }
  const parsed = head.safeParse(value)
  if (!parsed.success) throw new TransferRefused('damaged', 'The first line of the backup is damaged.')
  const tables = parsed.data.tables.map((one) => ({ ...one, counted: one.counted }))
  return { ...parsed.data, tables }
}

export function parseFoot(line: string): BackupFoot {
  return foot.safeParse(jsonOf(line)).data ?? cutOff()
}

export function parseClosing(line: string): TableClosing {
  return closing.safeParse(jsonOf(line)).data ?? cutOff()
}

/** JSON.parse quotes what it read, and a row holds personal data. */
export function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    throw new TransferRefused('damaged', 'The backup is damaged: a line is not JSON.')
  }
}

function cutOff(): never {
  throw new TransferRefused('damaged', 'The backup is damaged: a table does not end where it should.')
}
