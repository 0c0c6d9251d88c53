import { guarded, type Removal, sql, unguarded, type Write } from '../../platform/storage/index.ts'
import type { Instant } from '../../platform/time/index.ts'

/** Unmet when the assertion was used before, on any node: one statement decides. */
export function spendAssertion(digest: string, expiresAt: Instant): Write {
  return guarded(sql`
    insert into client_assertions (digest, expires_at) values (${digest}, ${expiresAt}) on conflict do nothing`)
}

export function expiredAssertions(before: Instant, limit: number): Removal {
  const named = sql`select digest from client_assertions where expires_at < ${before} limit ${limit}`
  return { named, write: unguarded(sql`delete from client_assertions where digest in (${named})`) }
}
