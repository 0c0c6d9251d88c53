// What an error of PostgreSQL means for a list or a read, and what may be told of it. Its own messages quote values
// (invalid input, duplicate keys), so only those that name nothing but the schema are passed on.
// SQLSTATE: postgresql.org/docs/current/errcodes-appendix.html

import { unmetMark } from './postgres-text.ts'

/** An ErrorResponse of the server. */
export interface Refusal {
  readonly code: string
  /** May quote values: for this file only. */
  readonly message: string
}

/**
 * lost: the data refuse it. again: the server asks to try anew. forgotten: what we believe to be prepared is not, or
 * no longer fits. busy: try later. failed: the server's disk or files. mistake: the SQL or a value is wrong.
 */
export type PostgresFault = 'lost' | 'again' | 'forgotten' | 'busy' | 'failed' | 'mistake'

const again = new Set(['40001', '40P01'])
const forgotten = new Set(['0A000', '26000', '42P05'])
const busy = new Set(['25006', '55P03', '55006', '57014'])

export function postgresFault({ code, message }: Refusal): PostgresFault {
  if (code === '22P02' && message.includes(`"${unmetMark}"`)) return 'lost'
  if (again.has(code)) return 'again'
  if (forgotten.has(code)) return 'forgotten'
  if (busy.has(code)) return 'busy'
  switch (code.slice(0, 2)) {
    case '23':
      return 'lost'
    case '53':
    case '57':
      return 'busy'
    case '58':
    case 'XX':
      return 'failed'
    default:
      return 'mistake'
  }
}

/** The reason without values: class 42 (syntax, unknown names) speaks of the statement's text only. */
export function safeReason({ code, message }: Refusal): string {
  return code.startsWith('42') ? `${message} (PostgreSQL ${code})` : `PostgreSQL ${code}`
}
