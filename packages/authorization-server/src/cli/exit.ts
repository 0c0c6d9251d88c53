// How a command ends: the exit codes that scripts rely on, and the failure that says what, why and what to type next.

/** A promise to scripts: these numbers do not change. */
export const exitCodes = {
  ok: 0,
  bug: 1,
  usage: 2,
  invalidSettings: 3,
  notFound: 4,
  conflict: 5,
  notAllowed: 6,
  dependencyDown: 7,
  checkFailed: 8,
  interrupted: 130,
} as const

export type Ending = keyof typeof exitCodes

/** With `--detailed-exitcode`, as users of Terraform know it: whether a plan is empty, and 1 for whatever went wrong. */
export const detailedExitCodes = { same: 0, failed: 1, changes: 2 } as const

/** The three lines of an error: what happened, why (with the value and where it came from), what to type next. */
export interface Explanation {
  /** A stable word for scripts, e.g. `unknown_option`. */
  readonly code: string
  readonly what: string
  readonly why: string
  readonly fix: string
  /** More for `--json`, beside the three lines. */
  readonly details?: Readonly<Record<string, unknown>>
}

/** A command that could not do its work, and why. */
export class CommandFailure extends Error {
  readonly ending: Exclude<Ending, 'ok'>
  readonly explanation: Explanation

  constructor(ending: Exclude<Ending, 'ok'>, explanation: Explanation, cause?: unknown) {
    super(`${explanation.what} ${explanation.why}`, { cause })
    this.name = 'CommandFailure'
    this.ending = ending
    this.explanation = explanation
  }
}

/** Ctrl-C, or the supervisor's stop. */
export function interrupted(): CommandFailure {
  return new CommandFailure('interrupted', {
    code: 'interrupted',
    what: 'Interrupted.',
    why: 'Each change is one transaction: it is there as a whole or not at all.',
    fix: 'Run the command again to go on.',
  })
}

/** Whatever was thrown, as a failure; what nobody foresaw is a bug of ours. */
export function failureOf(error: unknown): CommandFailure {
  if (error instanceof CommandFailure) {
    return error
  }
  return (
    settingsFailure(error) ??
    keyFailure(error) ??
    transferFailure(error) ??
    databaseFailure(error) ??
    dependencyFailure(error) ??
    bug(error)
  )
}

/** The loader's refusal, known by its shape: importing its class would load the schema library for `--help`. */
function settingsFailure(error: unknown): CommandFailure | undefined {
  if (!(error instanceof Error) || error.name !== 'InvalidSettings' || !('faults' in error)) {
    return undefined
  }
  const [what = '', ...faults] = error.message.split('\n')
  return new CommandFailure(
    'invalidSettings',
    {
      code: 'invalid_settings',
      what,
      why: faults.map((line) => line.replace(/^ {2}/, '')).join('\n'),
      fix: 'Correct them, then run: latchkey check-config',
      details: { faults: error.faults },
    },
    error,
  )
}

/** The master key's faults say themselves what to do. */
function keyFailure(error: unknown): CommandFailure | undefined {
  if (!(error instanceof Error) || error.name !== 'MasterKeyFault') {
    return undefined
  }
  const what = 'The master key cannot be used.'
  const explanation = {
    code: 'master_key',
    what,
    why: error.message,
    fix: 'Correct it, then run: latchkey check-config',
  }
  return new CommandFailure('invalidSettings', explanation, error)
}

/** A database that a restore or a copy has begun to fill: nothing may work on it. */
function transferFailure(error: unknown): CommandFailure | undefined {
  if (!(error instanceof Error) || error.name !== 'UnfinishedTransfer') {
    return undefined
  }
  const what = 'The database is not whole.'
  const fix = 'Run latchkey restore, or latchkey db copy, once more: it begins anew. Or remove the database.'
  return new CommandFailure('conflict', { code: 'unfinished_transfer', what, why: error.message, fix }, error)
}

/** Nothing is broken here: the address is wrong, or what stands there. */
function databaseFailure(error: unknown): CommandFailure | undefined {
  if (!(error instanceof Error) || error.name !== 'StorageUnusable') return undefined
  const explanation = {
    code: 'database_unusable',
    what: 'The database cannot be used.',
    why: error.message,
    fix: 'Check LATCHKEY_DATABASE_URL, and that PostgreSQL runs there and lets this role in.',
  }
  return new CommandFailure('dependencyDown', explanation, error)
}

const downNames = new Set(['StorageBusy', 'StorageFailed'])
const downCodes = new Set(['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'ETIMEDOUT', 'EHOSTUNREACH', 'EAI_AGAIN'])

function dependencyFailure(error: unknown): CommandFailure | undefined {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (!(error instanceof Error) || !(downCodes.has(code) || downNames.has(error.name))) {
    return undefined
  }
  const explanation = {
    code: 'dependency_down',
    what: 'Something that the server depends on does not answer.',
    why: `${code === '' ? error.name : code}: ${error.message}`,
    fix: 'Check that it runs, then try again.',
  }
  return new CommandFailure('dependencyDown', explanation, error)
}

function bug(error: unknown): CommandFailure {
  return new CommandFailure(
    'bug',
    {
      code: 'bug',
      what: 'Latchkey has a bug here.',
      why: error instanceof Error ? `${error.name}: ${error.message}` : String(error),
      fix: 'Please report it with the command that you typed and the lines below.',
    },
    error,
  )
}
