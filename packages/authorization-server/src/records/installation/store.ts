import { type Database, instant, integer, sql, unguarded, type Write } from '../../platform/storage/index.ts'
import type { Instant } from '../../platform/time/index.ts'

export interface Installation {
  /** Raised when a backup is restored: everything that was stamped before is void. */
  readonly epoch: number
  readonly createdAt: Instant
}

export async function findInstallation(database: Database): Promise<Installation | undefined> {
  const [row] = await database.all(sql`select epoch, created_at from installation where id = 1`)
  return row && { epoch: integer(row, 'epoch'), createdAt: instant(row, 'created_at') }
}

export function createInstallation(now: Instant): Write {
  return unguarded(sql`
    insert into installation (id, epoch, created_at) values (1, 1, ${now}) on conflict (id) do nothing`)
}
