// The list of commands, and the reference page: both from the declarations.

import { type Command, type CommandEntry, frameOptions, optionsOf } from './command.ts'
import { exitCodes } from './exit.ts'

/** What `latchkey --help` prints; with a group's name, that group's commands. */
export async function commandList(entries: readonly CommandEntry[], group?: string): Promise<string> {
  const shown = entries.filter((entry) => group === undefined || entry.name.startsWith(`${group} `))
  const commands = await Promise.all(shown.map((entry) => entry.load()))
  const width = Math.max(0, ...commands.map((command) => command.name.length))
  const lines = commands.map((command) => `  ${command.name.padEnd(width)}  ${command.summary}${alsoOf(command)}`)
  return [
    `Usage: latchkey ${group === undefined ? '' : `${group} `}COMMAND [OPTIONS]`,
    '',
    ...lines,
    '',
    `Every command takes ${frameOptions.map((option) => `--${option.name}`).join(', ')} and --help.`,
    `Exit codes: ${codesInWords()}.`,
    'Latchkey sends nothing about its use to anyone.',
    '',
  ].join('\n')
}

/** docs/reference/cli.md. */
export function commandReference(commands: readonly Command[]): string {
  const options = frameOptions.map((option) => `| \`--${option.name}\` | ${option.description} |`)
  const codes = Object.entries(exitCodes).map(([name, code]) => `| ${code} | ${inWords(name)} |`)
  return [
    '# Command line',
    '',
    'Data goes to standard output, talk to standard error. With `--json` a command prints exactly one JSON document',
    '`{"v":1,…}` on standard output (a command that stays prints one a line), errors included:',
    '`{"v":1,"error":{"code","what","why","fix"}}`. Nothing is asked without a terminal. No secret is taken from the command line.',
    '',
    '| Every command takes | |',
    '| --- | --- |',
    ...options,
    '',
    '| Exit code | |',
    '| --- | --- |',
    ...codes,
    '',
    ...commands.flatMap(commandPage),
  ].join('\n')
}

function commandPage(command: Command): readonly string[] {
  const own = optionsOf(command).filter((option) => !frameOptions.includes(option))
  const places = command.arguments.map((argument) => {
    const word = `${argument.name}${argument.many === true ? '…' : ''}`
    return ` ${argument.required ? `<${word}>` : `[${word}]`}`
  })
  const rows = [
    ...command.arguments.map(({ name, description, choices }) => row(`\`${name}\``, description, choices)),
    ...own.map((option) => {
      const short = option.short === undefined ? '' : `-${option.short}, `
      const value = option.value === undefined ? '' : ` ${option.value}`
      const fallback = option.fallback === undefined ? '' : ` Default: ${option.fallback}.`
      const notes = `${option.required === true ? ' Required.' : ''}${option.many === true ? ' May be repeated.' : ''}${fallback}`
      return row(`\`${short}--${option.name}${value}\``, option.description + notes, option.choices)
    }),
  ]
  return [
    `## latchkey ${command.name}`,
    '',
    `${command.summary}.${command.aliases.length === 0 ? '' : ` Also: ${command.aliases.map((name) => `\`latchkey ${name}\``).join(', ')}.`}`,
    '',
    '```',
    `latchkey ${command.name}${places.join('')} [options]`,
    ...(command.examples ?? []),
    '```',
    '',
    ...(rows.length === 0 ? [] : ['| | |', '| --- | --- |', ...rows, '']),
  ]
}

function row(name: string, description: string, choices: readonly string[] | undefined): string {
  const oneOf = choices === undefined ? '' : ` One of ${choices.join(', ')}.`
  return `| ${name} | ${`${description}${oneOf}`.replaceAll('|', '\\|')} |`
}

function alsoOf(command: Command): string {
  return command.aliases.length === 0 ? '' : ` (${command.aliases.join(', ')})`
}

function codesInWords(): string {
  return Object.entries(exitCodes)
    .map(([name, code]) => `${code} ${inWords(name)}`)
    .join(', ')
}

function inWords(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
}
