// The frame of every command: finds it, reads its input, runs it, prints how it ended and says with which number.

import type { Command, CommandEntry, Context } from './command.ts'
import { CommandFailure, detailedExitCodes, exitCodes, failureOf, interrupted } from './exit.ts'
import { commandList } from './help.ts'
import type { Installation, Roof } from './installation.ts'
import { createOutput, exitCodeOf } from './output.ts'
import { findEntry, parseCommand, unknownCommand } from './parse.ts'
import { createPrompt } from './prompt.ts'
import type { Modes, Terminal } from './terminal.ts'

export interface Program {
  readonly version: string
  readonly entries: readonly CommandEntry[]
  /** Loads what commands work on, when one needs it. */
  roof(): Promise<Roof>
}

/**
 * Runs one command line.
 * @param words what was typed after `latchkey`
 * @param stopped aborted by Ctrl-C or the supervisor's stop
 * @returns the exit code
 */
export async function runCli(
  words: readonly string[],
  terminal: Terminal,
  program: Program,
  stopped: AbortSignal,
): Promise<number> {
  const modes = modesOf(words)
  const isDetailed = words.includes('--detailed-exitcode')
  const output = createOutput(terminal, modes)
  const opened: Installation[] = []
  try {
    const found = findEntry(
      words.filter((word, index) => !(index === 0 && word === 'help')),
      program.entries,
    )
    if (found === undefined) {
      return await withoutCommand(words, terminal, program, modes)
    }
    const command = await found.entry.load()
    const parsed = parseCommand(command, words[0] === 'help' ? ['--help'] : found.rest)
    if (parsed.kind === 'help') {
      terminal.stdout.write(parsed.text)
      return exitCodes.ok
    }
    const context: Context = {
      ...contextOf(command, parsed.input, terminal, modes, output),
      stopped,
      roof: () => program.roof(),
      async open(purpose) {
        const installation = await (await program.roof()).open(purpose)
        opened.push(installation)
        return installation
      },
    }
    const result = await runUntilStopped(command, context)
    output.result(result, context.isDryRun)
    return isDetailed && result.hasChanges === true ? detailedExitCodes.changes : exitCodeOf(result.ending ?? 'ok')
  } catch (error) {
    const failure = failureOf(error)
    output.failure(failure)
    // A script that asks for details must not take a misspelt command for a plan with changes.
    return isDetailed && failure.ending !== 'interrupted' ? detailedExitCodes.failed : exitCodeOf(failure.ending)
  } finally {
    await Promise.all(opened.map((installation) => installation.close()))
  }
}

/** What the frame is asked, read before the command is known, so that even an unknown command answers in JSON. */
function modesOf(words: readonly string[]): Modes {
  const end = words.indexOf('--')
  const typed = new Set(end === -1 ? words : words.slice(0, end))
  return {
    json: typed.has('--json'),
    quiet: typed.has('--quiet') || typed.has('-q'),
    mayPrompt: !typed.has('--no-input') && !typed.has('--noinput'),
    mayColour: !typed.has('--no-color'),
  }
}

/** `latchkey`, `latchkey --help`, `latchkey user`, `latchkey --version`, or a word that names nothing. */
async function withoutCommand(
  words: readonly string[],
  terminal: Terminal,
  program: Program,
  modes: Modes,
): Promise<number> {
  const [first, ...more] = words.filter((word) => !word.startsWith('-'))
  const isVersion =
    first === 'version' || (first === undefined && (words.includes('--version') || words.includes('-V')))
  if (isVersion) {
    terminal.stdout.write(
      modes.json ? `${JSON.stringify({ v: 1, version: program.version })}\n` : `${program.version}\n`,
    )
    return exitCodes.ok
  }
  const wantsHelp = first === 'help' || words.includes('--help') || words.includes('-h')
  const group = first === 'help' ? more[0] : first
  const isGroup = group !== undefined && program.entries.some((entry) => entry.name.startsWith(`${group} `))
  if (wantsHelp && (group === undefined || isGroup)) {
    terminal.stdout.write(await commandList(program.entries, group))
    return exitCodes.ok
  }
  if (group !== undefined) {
    throw unknownCommand(first === 'help' ? words.slice(1) : words, program.entries)
  }
  if (words.length === 0) {
    terminal.stderr.write(await commandList(program.entries))
    return exitCodes.usage
  }
  const what = 'No command was given.'
  throw new CommandFailure('usage', {
    code: 'no_command',
    what,
    why: 'An option alone does nothing.',
    fix: 'latchkey --help',
  })
}

function contextOf(
  command: Command,
  input: Context['input'],
  terminal: Terminal,
  modes: Modes,
  output: Context['output'],
): Omit<Context, 'open' | 'roof' | 'stopped'> {
  const prompt = createPrompt(terminal, modes)
  const isDryRun = command.writes === true && input.flag('dry-run')
  return {
    input,
    prompt,
    output,
    terminal,
    isDryRun,
    async confirm({ name, consequences }) {
      consequences.forEach((line) => output.note(line))
      if (isDryRun || input.flag('yes')) {
        return
      }
      const typed = await prompt.ask({ text: `Type ${name} to go on`, instead: '--yes' })
      if (typed !== name) {
        throw new CommandFailure('notAllowed', {
          code: 'not_confirmed',
          what: 'Nothing was changed.',
          why: `What was typed is not ${name}.`,
          fix: 'Run the command again, or add --yes.',
        })
      }
    },
  }
}

/** A command that stays ends by itself when it is stopped; any other is left where it is. */
async function runUntilStopped(command: Command, context: Context): ReturnType<Command['run']> {
  if (command.stays === true) {
    return command.run(context)
  }
  const { promise: stop, reject } = Promise.withResolvers<never>()
  const onStop = (): void => reject(interrupted())
  context.stopped.addEventListener('abort', onStop, { once: true })
  try {
    return await Promise.race([command.run(context), stop])
  } finally {
    context.stopped.removeEventListener('abort', onStop)
  }
}
