// Decides how a row of a table becomes a session, an account or a link; a row that does not fit is an error, never half a
// value. PostgreSQL sends a bigint as text, SQLite has no booleans.

import type { Account, AccountLink } from '../account-store.ts'
import { isJsonObject, type JsonObject } from '../json.ts'
import type { StoredSession } from '../session-store.ts'

/** Reads a row of login_sessions. @throws TypeError when it does not fit */
export function sessionOfRow(value: unknown): StoredSession {
  const row = rowOf(value)
  return {
    id: text(row, 'id'),
    provider: text(row, 'provider'),
    subject: text(row, 'subject'),
    sid: maybeText(row, 'sid'),
    account: row['account'] === null ? undefined : integer(row, 'account'),
    sealed: text(row, 'sealed'),
    version: integer(row, 'version'),
    leaseUntil: integer(row, 'lease_until'),
    createdAt: integer(row, 'created_at'),
    seenAt: integer(row, 'seen_at'),
    expiresAt: integer(row, 'expires_at'),
  }
}

/** Reads a row of login_accounts. @throws TypeError when it does not fit */
export function accountOfRow(value: unknown): Account {
  const row = rowOf(value)
  return {
    id: integer(row, 'id'),
    username: text(row, 'username'),
    email: maybeText(row, 'email'),
    emailVerified: flag(row, 'email_verified'),
    name: maybeText(row, 'name'),
    givenName: maybeText(row, 'given_name'),
    familyName: maybeText(row, 'family_name'),
    isActive: flag(row, 'is_active'),
    isStaff: flag(row, 'is_staff'),
    createdAt: integer(row, 'created_at'),
    lastSignInAt: row['last_sign_in_at'] === null ? undefined : integer(row, 'last_sign_in_at'),
  }
}

/** Reads a row of login_links. @throws TypeError when it does not fit */
export function linkOfRow(value: unknown): AccountLink {
  const row = rowOf(value)
  return {
    account: integer(row, 'account'),
    provider: text(row, 'provider'),
    subject: text(row, 'subject'),
    label: maybeText(row, 'label'),
    createdAt: integer(row, 'created_at'),
  }
}

function rowOf(value: unknown): JsonObject {
  if (!isJsonObject(value)) throw new TypeError('A row is no object.')
  return value
}

function text(row: JsonObject, column: string): string {
  const value = row[column]
  if (typeof value !== 'string') throw new TypeError(`${column} is no text.`)
  return value
}

function maybeText(row: JsonObject, column: string): string | undefined {
  return row[column] === null ? undefined : text(row, column)
}

/** A whole number of a column. @throws TypeError when it is none */
export function integer(row: JsonObject, column: string): number {
  const value = row[column]
  const number = typeof value === 'string' && value !== '' ? Number(value) : value
  if (typeof number !== 'number' || !Number.isSafeInteger(number)) throw new TypeError(`${column} is no integer.`)
  return number
}

function flag(row: JsonObject, column: string): boolean {
  const value = row[column]
  return typeof value === 'boolean' ? value : integer(row, column) === 1
}
