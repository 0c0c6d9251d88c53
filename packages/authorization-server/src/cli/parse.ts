// From the words that were typed to a command and its input. commander reads the options and guesses what was meant; this turns
// its refusals into the three lines and sees to it that no refusal repeats what may be a secret.

import { Argument, Command as Parser, CommanderError, InvalidArgumentError, Option } from 'commander'
import { type Command, type CommandEntry, type Input, type OptionDeclaration, optionsOf } from './command.ts'
import { CommandFailure } from './exit.ts'

export type Parsed =
  | { readonly kind: 'run'; readonly command: Command; readonly input: Input }
  | { readonly kind: 'help'; readonly text: string }

/** The entry that the typed words name, and the words that are left for it. */
export interface Found {
  readonly entry: CommandEntry
  readonly rest: readonly string[]
}

/** Finds the command: its one or two words are the first that are no options. */
export function findEntry(words: readonly string[], entries: readonly CommandEntry[]): Found | undefined {
  const places = words.flatMap((word, index) => (word.startsWith('-') ? [] : [index]))
  for (const count of [2, 1]) {
    const chosen = places.slice(0, count)
    const name = chosen.map((index) => words[index]).join(' ')
    const entry = entries.find((one) => one.name === name || one.aliases.includes(name))
    if (entry !== undefined && chosen.length === count) {
      return { entry, rest: words.filter((_, index) => !chosen.includes(index)) }
    }
  }
  return undefined
}

/**
 * Reads the options and arguments of one command.
 * @throws CommandFailure usage
 */
export function parseCommand(command: Command, words: readonly string[]): Parsed {
  refuse(command, words)
  refuseSwallowed(command, words)
  const printed: string[] = []
  const parser = parserOf(command, (text) => printed.push(text))
  try {
    parser.parse([...words], { from: 'user' })
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) {
      return { kind: 'help', text: printed.join('') }
    }
    throw usageFailure(error, `latchkey ${command.name}`)
  }
  return { kind: 'run', command, input: inputOf(command, parser) }
}

/** The failure for words that name no command, with a guess. */
export function unknownCommand(words: readonly string[], entries: readonly CommandEntry[]): CommandFailure {
  const typed = words.filter((word) => !word.startsWith('-'))
  const [first = '', second = ''] = typed
  const members = entries.filter((entry) => entry.name.startsWith(`${first} `)).map((entry) => entry.name)
  const isGroup = members.length > 0
  const wrong = isGroup ? second : first
  const known = isGroup
    ? members.map((name) => name.slice(first.length + 1))
    : entries.flatMap((entry) => [entry.name.split(' ')[0] ?? '', ...entry.aliases])
  const guess = suggestion(wrong, [...new Set(known)])
  const name = isGroup ? `${first} ${second}`.trim() : first
  return new CommandFailure('usage', {
    code: 'unknown_command',
    what: `There is no command “${name}”.`,
    why: isGroup ? `latchkey ${first} knows: ${known.join(', ')}.` : 'latchkey --help lists all commands.',
    fix:
      guess === undefined
        ? `latchkey${isGroup ? ` ${first}` : ''} --help`
        : `Did you mean: latchkey ${isGroup ? `${first} ` : ''}${guess}`,
  })
}

/** commander's own guess at what was meant. */
function suggestion(word: string, known: readonly string[]): string | undefined {
  const parser = quiet(new Parser('latchkey'))
  known.forEach((name) => parser.command(name))
  try {
    parser.parse([word], { from: 'user' })
  } catch (error) {
    return error instanceof CommanderError ? guessIn(error.message) : undefined
  }
  return undefined
}

function guessIn(message: string): string | undefined {
  return /\(Did you mean (?:one of )?([^,?)]+)/.exec(message)?.[1]
}

function quiet(parser: Parser, write: (text: string) => void = () => undefined): Parser {
  return parser.exitOverride().configureOutput({ writeOut: write, writeErr: () => undefined })
}

function parserOf(command: Command, write: (text: string) => void): Parser {
  const parser = quiet(new Parser(`latchkey ${command.name}`), write)
  parser.description(command.summary).allowExcessArguments(false).helpOption('-h, --help', 'show this help')
  for (const { name, description, required, many, choices } of command.arguments) {
    const words = `${name}${many === true ? '...' : ''}`
    const argument = new Argument(required ? `<${words}>` : `[${words}]`, description)
    parser.addArgument(choices === undefined ? argument : argument.choices([...choices]))
  }
  optionsOf(command).forEach((option) => parser.addOption(optionOf(option)))
  // Django's spelling of --no-input.
  parser.addOption(new Option('--noinput').hideHelp())
  parser.addHelpText('after', examplesOf(command))
  return parser
}

function optionOf(declared: OptionDeclaration): Option {
  const short = declared.short === undefined ? '' : `-${declared.short}, `
  const value = declared.value === undefined ? '' : ` <${declared.value}>`
  const more = declared.many === true ? `${declared.description} (may be repeated)` : declared.description
  const option = new Option(`${short}--${declared.name}${value}`, more)
  option.makeOptionMandatory(declared.required === true)
  if (declared.many === true) {
    option.argParser(collect(declared.choices))
  } else if (declared.choices !== undefined) {
    option.choices([...declared.choices])
  }
  if (declared.fallback !== undefined) {
    option.default(declared.fallback)
  }
  return option
}

/** Collects `--scope a --scope b`; commander's own variadic options would swallow the arguments that follow. */
function collect(choices: readonly string[] | undefined): (value: string, before: unknown) => readonly string[] {
  return (value, before) => {
    if (choices !== undefined && !choices.includes(value)) {
      throw new InvalidArgumentError(`Allowed choices are ${choices.join(', ')}.`)
    }
    return [...(Array.isArray(before) ? before.map(String) : []), value]
  }
}

function examplesOf(command: Command): string {
  const also =
    command.aliases.length === 0 ? '' : `\nAlso: ${command.aliases.map((name) => `latchkey ${name}`).join(', ')}\n`
  const lines = (command.examples ?? []).map((line) => `  ${line}`)
  return also + (lines.length === 0 ? '' : `\nExamples:\n${lines.join('\n')}\n`)
}

function refuse(command: Command, words: readonly string[]): void {
  const end = words.indexOf('--')
  const typed = (end === -1 ? words : words.slice(0, end)).map((word) => word.split('=', 1)[0])
  const refused = command.refuses?.find((option) => typed.includes(`--${option.name}`))
  if (refused !== undefined) {
    const what = `--${refused.name} is not taken on the command line.`
    throw new CommandFailure('usage', { code: 'option_refused', what, why: refused.why, fix: refused.fix })
  }
}

/** `--email --json`: commander would take `--json` for the address. */
function refuseSwallowed(command: Command, words: readonly string[]): void {
  const options = optionsOf(command)
  const swallowing = options.find((option) =>
    words.some((word, index) => {
      const next = words[index + 1] ?? ''
      const isValue = option.value !== undefined && word === `--${option.name}`
      return isValue && options.some((other) => next === `--${other.name}`)
    }),
  )
  if (swallowing !== undefined) {
    throw new CommandFailure('usage', {
      code: 'option_missing_argument',
      what: `--${swallowing.name} has no value.`,
      why: 'Another option follows it.',
      fix: `Write --${swallowing.name} ${swallowing.value ?? ''}, or --${swallowing.name}=… for a value that begins with two dashes.`,
    })
  }
}

function usageFailure(error: unknown, name: string): unknown {
  if (!(error instanceof CommanderError)) {
    return error
  }
  const guess = guessIn(error.message)
  return new CommandFailure('usage', {
    code: error.code.replace(/^commander\./, '').replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
    what: withoutValues(error),
    why: `${name} does not take it that way.`,
    fix: guess === undefined ? `${name} --help` : `Did you mean ${guess}?`,
  })
}

/** commander's sentence without what was typed as a value: it may be a secret that landed in the wrong place. */
function withoutValues(error: CommanderError): string {
  const line = error.message.replace(/^error: /, '').split('\n')[0] ?? ''
  const kept = error.code === 'commander.excessArguments' ? line.replace(/: .*$/, '') : line.replace(/=[^']*'/, "'")
  const sentence = kept.replace(/[“'‘]([^']*)'/g, '“$1”').replace(/\.$/, '')
  return `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}.`
}

function inputOf(command: Command, parser: Parser): Input {
  const values = new Map<string, unknown>()
  command.arguments.forEach((argument, index) => values.set(argument.name, parser.processedArgs[index]))
  // A switch named `no-x` is stored by commander as x = false.
  for (const option of parser.options) {
    const value: unknown = parser.getOptionValue(option.attributeName())
    values.set((option.long ?? '').slice(2), option.negate ? value === false : value)
  }
  const read = (name: string): unknown => {
    if (!values.has(name)) {
      throw new Error(`${command.name} declares no ${name}.`)
    }
    return values.get(name)
  }
  const maybeText = (name: string): string | undefined => {
    const value = read(name)
    return typeof value === 'string' ? value : undefined
  }
  return {
    has: (name) => values.has(name),
    maybeText,
    text(name) {
      const value = maybeText(name)
      if (value === undefined) {
        throw new Error(`${command.name}: ${name} is neither required nor has it a fallback.`)
      }
      return value
    },
    list(name) {
      const value = read(name)
      return Array.isArray(value) ? value.map(String) : []
    },
    flag: (name) => read(name) === true,
  }
}
