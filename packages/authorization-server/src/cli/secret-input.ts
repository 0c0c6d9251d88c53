// How a command is given a secret: on standard input, in a file, generated, or typed unseen. Never on the command line, which every
// user of the machine can read in the process list and which shells keep in their history.

import { readFile } from 'node:fs/promises'
import type { Context, OptionDeclaration, RefusedOption } from './command.ts'
import { CommandFailure } from './exit.ts'
import type { Terminal } from './terminal.ts'

/** The options by which a secret of this name (`password`, `client-secret`) is given. */
export function secretOptions(name: string): readonly OptionDeclaration[] {
  return [
    { name: `${name}-stdin`, description: `read the ${wordsOf(name)} from standard input` },
    { name: `${name}-file`, value: 'FILE', description: `read the ${wordsOf(name)} from a file` },
    { name: 'generate', description: `make a random ${wordsOf(name)} and print it once` },
  ]
}

/** The refusal of `--password VALUE` and its like. */
export function refusedSecret(name: string): RefusedOption {
  return {
    name,
    why: 'Every user of the machine can read a command line, and the shell keeps it.',
    fix: `Use --${name}-stdin, --${name}-file FILE or --generate.`,
  }
}

export interface GivenSecret {
  readonly value: string
  /** True where the person has not seen it yet, so that it has to be printed once. */
  readonly isGenerated: boolean
}

/**
 * The secret, from the one place where it was given.
 * @param name as in `secretOptions`
 * @returns undefined when none was given
 * @throws CommandFailure usage when it was given twice or is empty
 */
export async function givenSecret(context: Context, name: string): Promise<GivenSecret | undefined> {
  const { input, terminal } = context
  const file = input.maybeText(`${name}-file`)
  const isGenerated = input.has('generate') && input.flag('generate')
  const ways = [input.flag(`${name}-stdin`), file !== undefined, isGenerated]
  if (ways.filter(Boolean).length > 1) {
    throw new CommandFailure('usage', {
      code: 'secret_given_twice',
      what: `The ${wordsOf(name)} is given in two ways.`,
      why: 'Which of them counts would be a guess.',
      fix: `Keep one of --${name}-stdin, --${name}-file FILE and --generate.`,
    })
  }
  if (isGenerated) {
    return { value: await generated(terminal), isGenerated: true }
  }
  if (file !== undefined) {
    return { value: notEmpty(name, file, await readSecretFile(name, file)), isGenerated: false }
  }
  if (input.flag(`${name}-stdin`)) {
    return { value: notEmpty(name, 'standard input', await readAll(terminal)), isGenerated: false }
  }
  return undefined
}

/** As `givenSecret`, for a command that cannot go on without it: asks the person where there is one. */
export async function requiredSecret(context: Context, name: string): Promise<GivenSecret> {
  const given = await givenSecret(context, name)
  if (given !== undefined) {
    return given
  }
  if (context.prompt.isPossible) {
    return { value: await typedTwice(context, name), isGenerated: false }
  }
  throw new CommandFailure('usage', {
    code: 'input_needed',
    what: `A ${wordsOf(name)} is needed.`,
    why: 'There is no terminal to ask on, or asking was switched off.',
    fix: `Add --${name}-stdin, --${name}-file FILE or --generate.`,
  })
}

/** 20 characters from 120 random bits: beyond guessing, short enough to type once. */
async function generated(terminal: Terminal): Promise<string> {
  return Buffer.from((await terminal.random()).bytes(15)).toString('base64url')
}

/** All of standard input, up to 64 KiB unless more is wanted; what is longer comes cut, and longer than that. */
export async function readAll(terminal: Terminal, mostCharacters = 65_536): Promise<string> {
  let text = ''
  terminal.stdin.setEncoding('utf8')
  for await (const chunk of terminal.stdin) {
    text += String(chunk)
    if (text.length > mostCharacters) {
      break
    }
  }
  return text
}

async function readSecretFile(name: string, path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable'
    const what = `The file for the ${wordsOf(name)} cannot be read.`
    const explanation = { code: 'file_unreadable', what, why: `${path}: ${reason}`, fix: `Check --${name}-file.` }
    throw new CommandFailure(reason === 'ENOENT' ? 'notFound' : 'notAllowed', explanation, error)
  }
}

/** The secret without the line break that editors and `echo` put behind it. */
function notEmpty(name: string, place: string, text: string): string {
  const value = text.replace(/\r?\n$/, '')
  if (value === '') {
    const what = `The ${wordsOf(name)} is empty.`
    throw new CommandFailure('usage', {
      code: 'secret_empty',
      what,
      why: `Nothing came from ${place}.`,
      fix: `Write the ${wordsOf(name)} there.`,
    })
  }
  return value
}

async function typedTwice(context: Context, name: string): Promise<string> {
  const instead = `--${name}-stdin, --${name}-file FILE or --generate`
  const label = wordsOf(name)
  for (let attempt = 0; attempt < 3; attempt += 1) {
    const first = await context.prompt.askHidden({ text: `New ${label}`, instead })
    const second = await context.prompt.askHidden({ text: `The same ${label} again`, instead })
    if (first !== '' && first === second) {
      return first
    }
    context.output.note(first === '' ? `The ${label} is empty. Once more.` : 'The two differ. Once more.')
  }
  throw new CommandFailure('usage', {
    code: 'secret_not_repeated',
    what: `The ${label} was not typed twice alike.`,
    why: 'Three attempts differed.',
    fix: `Run the command again, or use ${instead}.`,
  })
}

function wordsOf(name: string): string {
  return name.replaceAll('-', ' ')
}
