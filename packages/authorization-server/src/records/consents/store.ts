import {
  asJson,
  type Database,
  guarded,
  instant,
  integer,
  json,
  maybeInstant,
  type Row,
  sql,
  lookup,
  text,
  unguarded,
  type Write,
} from '../../platform/storage/index.ts'
import type { Instant } from '../../platform/time/index.ts'
import type { Consent } from './consent.ts'

export function consentFromRow(row: Row): Consent {
  return {
    scopes: json(row, 'scopes', (value) => value as readonly string[]),
    epoch: integer(row, 'epoch'),
    givenAt: maybeInstant(row, 'given_at'),
    withdrawnAt: maybeInstant(row, 'withdrawn_at'),
  }
}

export async function findConsent(database: Database, userId: number, clientRow: number): Promise<Consent | undefined> {
  const [row] = await database.all(consentOf({ userId, clientRow }))
  return row && consentFromRow(row)
}

const consentOf = lookup<{ userId: number; clientRow: number }>(
  (at) => sql`select * from consents where user_id = ${at.userId} and client_row = ${at.clientRow}`,
)

export interface ConsentInList {
  readonly clientRow: number
  readonly clientName: string
  readonly scopes: readonly string[]
  readonly givenAt: Instant
}

/** What the user allowed and has not withdrawn. */
export async function consentsOf(database: Database, userId: number): Promise<readonly ConsentInList[]> {
  const rows = await database.all(sql`
    select k.client_row, k.scopes, k.given_at, c.name as client_name
    from consents k join clients c on c.id = k.client_row
    where k.user_id = ${userId} and k.given_at is not null and k.withdrawn_at is null
    order by k.given_at desc`)
  return rows.map((row) => ({
    clientRow: integer(row, 'client_row'),
    clientName: text(row, 'client_name'),
    scopes: json(row, 'scopes', (value) => value as readonly string[]),
    givenAt: instant(row, 'given_at'),
  }))
}

/** Unmet when the consent was withdrawn, or given anew, since `known` was read. */
export function giveConsent(
  userId: number,
  clientRow: number,
  scopes: readonly string[],
  known: Consent | undefined,
  now: Instant,
): Write {
  const list = asJson(scopes)
  if (known === undefined) {
    return guarded(sql`
      insert into consents (user_id, client_row, scopes, epoch, given_at)
      values (${userId}, ${clientRow}, ${list}, 0, ${now}) on conflict do nothing`)
  }
  return guarded(sql`
    update consents set scopes = ${list}, given_at = ${now}, withdrawn_at = null
    where user_id = ${userId} and client_row = ${clientRow} and epoch = ${known.epoch}`)
}

/** Voids whatever the application holds for this person, also where it never had to ask. */
export function withdrawConsent(userId: number, clientRow: number, now: Instant): Write {
  return unguarded(sql`
    insert into consents (user_id, client_row, scopes, epoch, withdrawn_at)
    values (${userId}, ${clientRow}, '[]', 1, ${now})
    on conflict (user_id, client_row) do update set epoch = consents.epoch + 1, withdrawn_at = ${now}, scopes = '[]'`)
}
