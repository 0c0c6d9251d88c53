// What `backup`, `restore` and `db copy` share: how far they are, and why they refuse.

import { performance } from 'node:perf_hooks'
import type { Place } from '../../platform/storage/index.ts'
import type { Context } from '../command.ts'
import { CommandFailure, type Ending } from '../exit.ts'

const noteEveryMs = 1_000

/** Notes how far it is, once a second. */
export function progressNotes({ output }: Context): (table: string, rows: number, of: number) => void {
  let last = performance.now()
  return (table, rows, of) => {
    const now = performance.now()
    if (now - last < noteEveryMs) return
    last = now
    output.note(`${table}: ${rows} of ${of} rows …`)
  }
}

/** A place as it may be shown: without user, password and parameters. */
export function placeName(place: Place): string {
  if (place.engine === 'sqlite') return place.file
  const { host, pathname } = new URL(place.url)
  return `PostgreSQL ${host}${pathname}`
}

interface Refusal {
  readonly ending: Exclude<Ending, 'ok'>
  readonly what: string
  readonly fix: string
}

const refusals: Readonly<Record<string, Refusal>> = {
  'not-empty': {
    ending: 'conflict',
    what: 'Only an empty database can be filled.',
    fix: 'Name another, or remove this one if nothing in it is needed.',
  },
  'in-use': { ending: 'conflict', what: 'The database is in use.', fix: 'Stop what uses it, then try again.' },
  exists: { ending: 'conflict', what: 'Nothing is overwritten.', fix: 'Name another file with --to.' },
  newer: { ending: 'checkFailed', what: 'It cannot be read by this version.', fix: 'Use the version that wrote it.' },
  unlike: { ending: 'checkFailed', what: 'It does not fit.', fix: 'Use the version that wrote it, then upgrade.' },
  damaged: { ending: 'checkFailed', what: 'It cannot be trusted.', fix: 'Use another backup.' },
  'wrong-key': {
    ending: 'checkFailed',
    what: 'The master key is another one.',
    fix: 'Put the key file that belongs to it into the data folder, or set LATCHKEY_MASTER_KEY.',
  },
}

/** Runs it, and tells a refusal as people want to read it. */
export async function explained<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw refusalOf(error) ?? connectionRefusal(error) ?? fileRefusal(error) ?? error
  }
}

/** Known by its shape: importing its class would load the storage room for `--help`. */
function refusalOf(error: unknown): CommandFailure | undefined {
  if (!(error instanceof Error) || error.name !== 'TransferRefused' || !('reason' in error)) return undefined
  const reason = String(error.reason)
  const refusal = refusals[reason]
  if (refusal === undefined) return undefined
  const { ending, what, fix } = refusal
  const code = `transfer_${reason.replaceAll('-', '_')}`
  return new CommandFailure(ending, { code, what, why: error.message, fix }, error)
}

/** Classes 28 (who you are), 3D (which database), 53 and 57 (the server has no room, or ends). */
function connectionRefusal(error: unknown): CommandFailure | undefined {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (!(error instanceof Error) || !/^(28|3D|53|57)[0-9A-Z]{3}$/.test(code)) return undefined
  const what = 'PostgreSQL does not let us in.'
  const explanation = { code: 'database_refused', what, why: `${error.message} (${code})`, fix: 'Check the address.' }
  return new CommandFailure('dependencyDown', explanation, error)
}

const fileFaults: Readonly<Record<string, Exclude<Ending, 'ok'>>> = {
  ENOENT: 'notFound',
  ENOTDIR: 'notFound',
  EISDIR: 'conflict',
  EACCES: 'notAllowed',
  EPERM: 'notAllowed',
  EROFS: 'notAllowed',
  ENOSPC: 'dependencyDown',
  EIO: 'dependencyDown',
}

function fileRefusal(error: unknown): CommandFailure | undefined {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const ending = fileFaults[code]
  if (!(error instanceof Error) || ending === undefined) return undefined
  const explanation = { code: 'file', what: 'The file cannot be used.', why: error.message, fix: 'Check the path.' }
  return new CommandFailure(ending, explanation, error)
}
