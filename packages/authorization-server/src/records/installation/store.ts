import { type Database, guarded, instant, integer, sql, unguarded, type Write } from '../../platform/storage/index.ts'
import type { Instant } from '../../platform/time/index.ts'

export interface Installation {
  /** Raised when a backup is restored: everything that was stamped before is void. */
  readonly epoch: number
  readonly createdAt: Instant
}

export async function findInstallation(database: Pick<Database, 'all'>): Promise<Installation | undefined> {
  const [row] = await database.all(sql`select epoch, created_at from installation where id = 1`)
  return row && { epoch: integer(row, 'epoch'), createdAt: instant(row, 'created_at') }
}

export function createInstallation(now: Instant): Write {
  return unguarded(sql`
    insert into installation (id, epoch, created_at) values (1, 1, ${now}) on conflict (id) do nothing`)
}

/**
 * Voids every session, grant, code and token there is.
 * The time is part of it: of two restores of one backup, the second must not come to the epoch of the first again.
 */
export function raiseInstallationEpoch(now: Instant): Write {
  const least = Math.floor(now / 1000)
  return guarded(sql`
    update installation set epoch = case when epoch < ${least} then ${least} else epoch + 1 end where id = 1`)
}

/** Whatever else holds the installation in its list of writes waits for this one, or this one for it. */
export function holdInstallation(): Write {
  return guarded(sql`update installation set epoch = epoch where id = 1`)
}
