// A place for a SQLite database: a temporary folder of its own.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  openSqlite,
  type SqliteDatabase,
  type SqliteOptions,
} from '../../packages/authorization-server/src/platform/storage/index.ts'

export interface SqlitePlace {
  readonly file: string
  connect(options?: Omit<SqliteOptions, 'file'>): Promise<SqliteDatabase>
  remove(): Promise<void>
}

export async function sqlitePlace(): Promise<SqlitePlace> {
  const folder = await mkdtemp(join(tmpdir(), 'latchkey-storage-'))
  const file = join(folder, 'latchkey.db')
  return {
    file,
    connect: (options) => openSqlite({ ...options, file }),
    remove: () => rm(folder, { recursive: true, force: true }),
  }
}
