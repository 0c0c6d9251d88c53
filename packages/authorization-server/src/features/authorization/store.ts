import {
  asJson,
  type Database,
  guarded,
  json,
  type Removal,
  sql,
  text,
  unguarded,
  type Write,
} from '../../platform/storage/index.ts'
import type { Instant } from '../../platform/time/index.ts'
import type { AuthorizationTransaction } from './transaction.ts'

/** What is kept as JSON: all but the two columns. */
type Kept = Omit<AuthorizationTransaction, 'id' | 'sessionId'>

export function insertTransaction(transaction: AuthorizationTransaction, expiresAt: Instant): Write {
  const { asked, startedAt, restart } = transaction
  const kept: Kept = { asked, startedAt, restart }
  return guarded(sql`
    insert into authorization_transactions (id, session_id, request, expires_at)
    values (${transaction.id}, ${transaction.sessionId}, ${asJson(kept)}, ${expiresAt})`)
}

export async function findTransaction(database: Database, id: string): Promise<AuthorizationTransaction | undefined> {
  const [row] = await database.all(sql`select * from authorization_transactions where id = ${id}`)
  return (
    row && {
      id: text(row, 'id'),
      sessionId: text(row, 'session_id'),
      ...json(row, 'request', (value) => value as Kept),
    }
  )
}

/** Unmet when the question was answered before, ran out, or was put to another session. */
export function decideTransaction(id: string, sessionId: string, now: Instant): Write {
  return guarded(sql`
    update authorization_transactions set decided_at = ${now}
    where id = ${id} and session_id = ${sessionId} and decided_at is null and expires_at > ${now}`)
}

export function expiredTransactions(before: Instant, limit: number): Removal {
  const named = sql`select id from authorization_transactions where expires_at < ${before} limit ${limit}`
  return { named, write: unguarded(sql`delete from authorization_transactions where id in (${named})`) }
}
