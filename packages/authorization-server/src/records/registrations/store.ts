import {
  type Database,
  guarded,
  instant,
  integer,
  maybeInstant,
  maybeInteger,
  type Row,
  sql,
  text,
  type Write,
} from '../../platform/storage/index.ts'
import type { Instant } from '../../platform/time/index.ts'
import type { InitialToken, Registration } from './registration.ts'

function initialTokenFromRow(row: Row): InitialToken {
  return {
    id: integer(row, 'id'),
    name: text(row, 'name'),
    createdAt: instant(row, 'created_at'),
    expiresAt: instant(row, 'expires_at'),
    uses: integer(row, 'uses'),
    mostUses: integer(row, 'most_uses'),
    revokedAt: maybeInstant(row, 'revoked_at'),
  }
}

export type NewInitialToken = Pick<InitialToken, 'name' | 'expiresAt' | 'mostUses'>

export function insertInitialToken(digest: string, token: NewInitialToken, now: Instant): Write {
  return guarded(sql`
    insert into initial_access_tokens (digest, name, created_at, expires_at, uses, most_uses)
    values (${digest}, ${token.name}, ${now}, ${token.expiresAt}, 0, ${token.mostUses})`)
}

/** All of them, those that are over as well, newest first. */
export async function listInitialTokens(database: Database): Promise<readonly InitialToken[]> {
  return (await database.all(sql`select * from initial_access_tokens order by id desc`)).map(initialTokenFromRow)
}

export async function findInitialToken(database: Database, digest: string): Promise<InitialToken | undefined> {
  const [row] = await database.all(sql`select * from initial_access_tokens where digest = ${digest}`)
  return row && initialTokenFromRow(row)
}

/** Unmet when it is over or used up: of two at its last use, one is met. */
export function useInitialToken(id: number, now: Instant): Write {
  return guarded(sql`
    update initial_access_tokens set uses = uses + 1
    where id = ${id} and revoked_at is null and expires_at > ${now} and uses < most_uses`)
}

/** Unmet when there is none, or it was revoked before. */
export function revokeInitialToken(id: number, now: Instant): Write {
  return guarded(sql`update initial_access_tokens set revoked_at = ${now} where id = ${id} and revoked_at is null`)
}

/** First in the list of writes of a registration. */
export function passGate(): Write {
  return guarded(sql`
    insert into registration_gate (id, passed) values (1, 1)
    on conflict (id) do update set passed = registration_gate.passed + 1`)
}

export interface NewRegistration {
  readonly digest: string
  readonly initialTokenId: number | undefined
  /** How many clients may have registered themselves in all. */
  readonly mostClients: number
}

/** For a client that the same list inserts; unmet when there are too many. */
export function insertRegistration(clientId: string, registration: NewRegistration, now: Instant): Write {
  return guarded(sql`
    insert into client_registrations (client_row, digest, initial_token_id, registered_at)
    select id, cast(${registration.digest} as text), cast(${registration.initialTokenId ?? null} as bigint),
      cast(${now} as bigint)
    from clients where client_id = ${clientId}
      and (select count(*) from client_registrations) < ${registration.mostClients}`)
}

export async function findRegistration(database: Database, digest: string): Promise<Registration | undefined> {
  const [row] = await database.all(sql`select * from client_registrations where digest = ${digest}`)
  if (row === undefined) return undefined
  return {
    clientRow: integer(row, 'client_row'),
    digest: text(row, 'digest'),
    initialTokenId: maybeInteger(row, 'initial_token_id'),
    registeredAt: instant(row, 'registered_at'),
  }
}

/** Whether the client registered itself, and no operator's token let it in. */
export async function isUnchecked(database: Database, clientRow: number): Promise<boolean> {
  const rows = await database.all(sql`
    select client_row from client_registrations where client_row = ${clientRow} and initial_token_id is null`)
  return rows.length > 0
}

/** Clients that registered themselves, whether an operator's token let them in or not. */
export async function selfRegisteredRows(database: Database): Promise<ReadonlySet<number>> {
  const rows = await database.all(sql`select client_row from client_registrations`)
  return new Set(rows.map((row) => integer(row, 'client_row')))
}

/** Unmet when the token is no longer the one that was shown: of two updates at once, one is met. */
export function replaceRegistrationToken(clientRow: number, from: string, to: string): Write {
  return guarded(sql`
    update client_registrations set digest = ${to} where client_row = ${clientRow} and digest = ${from}`)
}

/**
 * Clients that nobody let in and nobody uses: registered before then, holding no grant, and with no event since. Clients of an
 * initial access token stay.
 */
export async function unusedClientRows(database: Database, before: Instant, limit: number): Promise<readonly number[]> {
  const rows = await database.all(sql`
    select client_row from client_registrations r
    where r.initial_token_id is null and r.registered_at < ${before}
      and not exists (select 1 from grants g where g.client_row = r.client_row)
      and not exists (select 1 from events e where e.client_row = r.client_row and e.at >= ${before})
    order by r.registered_at limit ${limit}`)
  return rows.map((row) => integer(row, 'client_row'))
}

/** Unmet when somebody used the client meanwhile. */
export function deleteUnusedClient(clientRow: number, before: Instant): Write {
  return guarded(sql`
    delete from clients where id = ${clientRow}
      and exists (
        select 1 from client_registrations r
        where r.client_row = clients.id and r.initial_token_id is null and r.registered_at < ${before})
      and not exists (select 1 from grants g where g.client_row = clients.id)
      and not exists (select 1 from events e where e.client_row = clients.id and e.at >= ${before})`)
}
