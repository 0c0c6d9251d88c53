// Opens the database that the settings name: PostgreSQL by its address, else the file in the data folder.
import { join } from 'node:path'
import type { ServerSettings } from './config.ts'
import type { Deps } from './deps.ts'
import { type Database, openPostgres, openSqlite } from './platform/storage/index.ts'

/** @throws Error when it cannot be reached or is not fit for use; its tables may be missing */
export async function openEngine(settings: ServerSettings, onFatal?: Deps['onFatal']): Promise<Database> {
  if (settings.databaseUrl !== undefined) return openPostgres({ url: settings.databaseUrl.reveal() })
  return openSqlite({ file: embeddedFile(settings), ...(onFatal === undefined ? {} : { onFatal }) })
}

/** Where the embedded database lies when no other is named. */
export function embeddedFile(settings: ServerSettings): string {
  return join(settings.dataDir, 'latchkey.db')
}
