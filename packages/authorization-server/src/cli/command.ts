// A command as data: the parser, the help, docs/reference/cli.md and the tests all read the same declaration.

import type { Installation, Purpose, Roof } from './installation.ts'
import type { Output, Result } from './output.ts'
import type { Prompt } from './prompt.ts'
import type { Terminal } from './terminal.ts'

export interface ArgumentDeclaration {
  readonly name: string
  readonly description: string
  readonly required: boolean
  /** Takes all that follow. */
  readonly many?: boolean
  readonly choices?: readonly string[]
}

export interface OptionDeclaration {
  /** Long name without dashes, in kebab-case. */
  readonly name: string
  readonly short?: string
  /** The word for its value in the help, e.g. `ADDRESS`; without it the option is a switch. */
  readonly value?: string
  readonly description: string
  readonly required?: boolean
  /** May be given several times. */
  readonly many?: boolean
  readonly choices?: readonly string[]
  readonly fallback?: string
}

/** An option that people will try and that must not exist: refused with a pointer, its value neither used nor shown. */
export interface RefusedOption {
  readonly name: string
  readonly why: string
  readonly fix: string
}

/** What was typed, by declared name. Asking for a name that is not declared is a bug and throws. */
export interface Input {
  /** Whether the command declares it. */
  has(name: string): boolean
  /** The value of a required argument or of an option that is required or has a fallback. */
  text(name: string): string
  maybeText(name: string): string | undefined
  list(name: string): readonly string[]
  flag(name: string): boolean
}

export interface Context {
  readonly input: Input
  readonly prompt: Prompt
  readonly output: Output
  readonly terminal: Terminal
  readonly isDryRun: boolean
  readonly roof: () => Promise<Roof>
  /** Opens the installation; the frame closes it. */
  readonly open: (purpose: Purpose) => Promise<Installation>
  /** Aborted by Ctrl-C or the supervisor's stop; only a command that stays needs it. */
  readonly stopped: AbortSignal
  /**
   * Asks before what cannot be undone: `--yes`, or the name typed on a terminal.
   * @throws CommandFailure usage without either; notAllowed when another name is typed
   */
  readonly confirm: (what: Confirmation) => Promise<void>
}

export interface Confirmation {
  /** What the person types. */
  readonly name: string
  /** What goes with it, one sentence each, e.g. `3 grants of 2 users end.` */
  readonly consequences: readonly string[]
}

export interface Command {
  /** One or two words, e.g. `user create`. */
  readonly name: string
  readonly aliases: readonly string[]
  readonly summary: string
  readonly arguments: readonly ArgumentDeclaration[]
  readonly options: readonly OptionDeclaration[]
  readonly refuses?: readonly RefusedOption[]
  /** Adds `--dry-run`. */
  readonly writes?: boolean
  /** Adds `--yes`; the command calls `context.confirm`. */
  readonly isDangerous?: boolean
  /** Runs until it is stopped. */
  readonly stays?: boolean
  readonly examples?: readonly string[]
  run(context: Context): Promise<Result>
}

/** Where a command is found without loading it: `latchkey dev` loads `dev` and nothing else. */
export interface CommandEntry {
  readonly name: string
  readonly aliases: readonly string[]
  load(): Promise<Command>
}

/** Options that every command has. */
export const frameOptions: readonly OptionDeclaration[] = [
  { name: 'json', description: 'print one JSON document, {"v":1,…}, errors included' },
  { name: 'quiet', short: 'q', description: 'print data and errors only' },
  { name: 'no-input', description: 'never ask; what is missing is an error' },
  { name: 'no-color', description: 'no colour (also: NO_COLOR)' },
]

const dryRunOption: OptionDeclaration = { name: 'dry-run', description: 'say what would be done, change nothing' }
const yesOption: OptionDeclaration = { name: 'yes', short: 'y', description: 'do it without asking' }

/** Every option that a command takes, its own first. */
export function optionsOf(command: Command): readonly OptionDeclaration[] {
  return [
    ...command.options,
    ...(command.writes === true ? [dryRunOption] : []),
    ...(command.isDangerous === true ? [yesOption] : []),
    ...frameOptions,
  ]
}

const namesSecret = /(?:password|passphrase|secret|token|code|key)$/

/**
 * Declares a command.
 * @throws Error when the declaration would take a secret from the command line, which every user of the machine can read
 */
export function defineCommand(command: Command): Command {
  const names = [
    ...command.arguments.map((argument) => argument.name),
    ...command.options.filter((option) => option.value !== undefined).map((option) => option.name),
  ]
  const bad = names.find((name) => namesSecret.test(name))
  if (bad !== undefined) {
    throw new Error(`${command.name}: ${bad} would put a secret into the process list.`)
  }
  if (command.isDangerous === true && command.writes !== true) {
    throw new Error(`${command.name}: what is dangerous also writes.`)
  }
  return command
}
