import { type Database, guarded, sql, unguarded, type Write } from '../../platform/storage/index.ts'
import type { Instant } from '../../platform/time/index.ts'

/** A new link voids those before it. */
export function deleteSetupLinks(): Write {
  return unguarded(sql`delete from setup_links`)
}

export function insertSetupLink(digest: string, expiresAt: Instant): Write {
  return guarded(sql`insert into setup_links (digest, expires_at) values (${digest}, ${expiresAt})`)
}

export async function isSetupLinkOpen(database: Database, digest: string, now: Instant): Promise<boolean> {
  const rows = await database.all(sql`
    select digest from setup_links where digest = ${digest} and used_at is null and expires_at > ${now}
      and not exists (select 1 from users where is_superuser = 1)`)
  return rows.length > 0
}

/** Unmet when the link was used, ran out or was replaced, or when somebody is a superuser: of two at once, one is met. */
export function useSetupLink(digest: string, now: Instant): Write {
  return guarded(sql`
    update setup_links set used_at = ${now} where digest = ${digest} and used_at is null and expires_at > ${now}
      and not exists (select 1 from users where is_superuser = 1)`)
}
