import { guarded, sql, type Write } from '../storage/index.ts'
import type { Instant } from '../time/index.ts'

export interface Lease {
  /** What it is about: one holder at a time. */
  readonly name: string
  readonly holder: string
  readonly expiresAt: Instant
}

/** Takes a lease that is free or has run out, or renews one's own. Unmet while somebody else holds it. */
export function takeLease({ name, holder, expiresAt }: Lease, now: Instant): Write {
  return guarded(sql`
    insert into leases (name, holder, expires_at) values (${name}, ${holder}, ${expiresAt})
    on conflict (name) do update set holder = excluded.holder, expires_at = excluded.expires_at
    where leases.holder = excluded.holder or leases.expires_at <= ${now}`)
}

/** So that the next node need not wait until it runs out; nothing when it was lost already. */
export function releaseLease({ name, holder }: Pick<Lease, 'name' | 'holder'>): Write {
  return { statement: sql`delete from leases where name = ${name} and holder = ${holder}`, rows: 'any' }
}
