// Decides how a row of the users table becomes a user; a row that does not fit is an error, never half a user.

import type { LocalUser } from '../auth.ts'
import { isJsonObject } from '../strict-json.ts'

/** Reads one row. @throws TypeError when a column is missing or of another type */
export function userOfRow(row: unknown): LocalUser {
  if (!isJsonObject(row)) throw new TypeError('A row of local_users is no object.')
  const { id, issuer, subject, username, email, is_active: active, created_at: created } = row
  if (typeof issuer !== 'string' || typeof subject !== 'string')
    throw new TypeError('A row of local_users lacks a name.')
  return {
    id: integer(id),
    issuer,
    subject,
    username: textOrNull(username),
    email: textOrNull(email),
    isActive: active === true || integer(active) === 1,
    createdAt: integer(created),
  }
}

/** PostgreSQL sends a bigint as text. */
function integer(value: unknown): number {
  const number = typeof value === 'boolean' ? Number(value) : typeof value === 'string' ? Number(value) : value
  if (typeof number !== 'number' || !Number.isSafeInteger(number))
    throw new TypeError('A number of local_users is none.')
  return number
}

function textOrNull(value: unknown): string | undefined {
  if (value === null) return undefined
  if (typeof value !== 'string') throw new TypeError('A text of local_users is none.')
  return value
}
