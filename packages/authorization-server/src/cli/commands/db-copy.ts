// `latchkey db copy`: moves an installation from the embedded database to PostgreSQL, or back. Sessions and tokens live on, so
// nothing may be written beside it: nobody else may have the source open, and it stays locked until the copy is whole.

import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { type Place, transferTools } from '../../platform/storage/index.ts'
import { type Command, type Context, defineCommand } from '../command.ts'
import { CommandFailure } from '../exit.ts'
import type { Result } from '../output.ts'
import { readAll } from '../secret-input.ts'
import { explained, placeName, progressNotes } from './transfers.ts'

const variable = 'LATCHKEY_TARGET_DATABASE_URL'

export const command: Command = defineCommand({
  name: 'db copy',
  aliases: [],
  summary: 'Move the installation into another, empty database; people stay signed in. The server must be stopped',
  arguments: [],
  options: [
    {
      name: 'to',
      value: 'ADDRESS',
      description: `postgres://user@host/name without a password (PGPASSWORD has it), or sqlite:FILE. With a password: ${variable}`,
    },
    { name: 'to-file', value: 'FILE', description: 'read the address from a file' },
    { name: 'to-stdin', description: 'read the address from standard input' },
  ],
  examples: [
    'PGPASSWORD=… latchkey db copy --to postgres://latchkey@db.example.com/latchkey',
    `${variable}=postgres://… latchkey db copy`,
    'latchkey db copy --to sqlite:.latchkey/latchkey.db',
  ],
  run: (context) => explained(() => copy(context)),
})

async function copy(context: Context): Promise<Result> {
  const { place, migrations, clock } = await (await context.roof()).site()
  const to = placeOf(await addressOf(context))
  if (place.engine === 'sqlite' && !existsSync(place.file)) {
    const why = `${place.file} does not exist.`
    const fix = 'Check LATCHKEY_DATA_DIR.'
    throw new CommandFailure('notFound', { code: 'no_database', what: 'There is nothing to copy.', why, fix })
  }
  const tools = await transferTools()
  const source = await tools.openSnapshot(place, true)
  try {
    const target = await tools.openTarget(to)
    try {
      context.output.note(`Copying ${placeName(place)} to ${placeName(to)}; the source is locked until it is done …`)
      const progress = progressNotes(context)
      const tables = await tools.transfer(source, target, { migrations, clock, progress })
      return resultOf(place, to, tables)
    } finally {
      await target.close()
    }
  } finally {
    await source.close()
  }
}

interface Copied {
  readonly table: string
  readonly rows: number
  readonly digest: string
}

function resultOf(from: Place, to: Place, tables: readonly Copied[]): Result {
  const rows = tables.reduce((sum, table) => sum + table.rows, 0)
  const setting = to.engine === 'postgres' ? 'LATCHKEY_DATABASE_URL' : 'LATCHKEY_DATA_DIR'
  return {
    say: `Copied ${rows} rows, read them back and compared them. Start the servers with ${setting} and the same master key, and none on ${placeName(from)} again: its tokens would live in both.`,
    data: { from: placeName(from), to: placeName(to), rows, tables },
    view: {
      kind: 'table',
      columns: ['table', 'rows', 'SHA-256'],
      rows: tables.map(({ table, rows: count, digest }) => [table, String(count), digest]),
    },
  }
}

/** From the one place where it was given. */
async function addressOf({ input, terminal }: Context): Promise<string> {
  const inArguments = input.maybeText('to')
  const file = input.maybeText('to-file')
  const inEnvironment = terminal.environment[variable]
  const fromStdin = input.flag('to-stdin')
  const isExplicit = [inArguments !== undefined, file !== undefined, fromStdin].filter(Boolean).length
  if (isExplicit > 1) throw usage('The target is given in two ways.', 'Keep one of --to, --to-file and --to-stdin.')
  if (inArguments !== undefined) return withoutPassword(inArguments)
  if (file !== undefined) return (await readFile(file, 'utf8').catch(unreadable(file))).trim()
  if (fromStdin) return (await readAll(terminal)).trim()
  if (inEnvironment !== undefined && inEnvironment !== '') return inEnvironment
  throw usage('A target is needed.', `Add --to ADDRESS, --to-file FILE or --to-stdin, or set ${variable}.`)
}

function unreadable(file: string): (error: unknown) => never {
  return (error) => {
    const why = `${file}: ${error instanceof Error && 'code' in error ? String(error.code) : 'unreadable'}`
    const what = 'The file with the target cannot be read.'
    throw new CommandFailure('notFound', { code: 'file_unreadable', what, why, fix: 'Check --to-file.' }, error)
  }
}

/** What was typed is not repeated: it may hold a password. */
function withoutPassword(address: string): string {
  const isSecret = URL.canParse(address) && (new URL(address).password !== '' || /[?&]password=/i.test(address))
  if (!isSecret) return address
  const fix = `Leave the password out and set PGPASSWORD, or give the whole address by --to-file, --to-stdin or ${variable}.`
  throw usage('A password is not taken on the command line.', fix)
}

function placeOf(address: string): Place {
  if (/^postgres(ql)?:\/\/./.test(address) && URL.canParse(address)) return { engine: 'postgres', url: address }
  const file = /^sqlite:(.+)$/s.exec(address)?.[1]
  if (file !== undefined) return { engine: 'sqlite', file }
  throw usage('The target is no address.', 'Write postgres://user@host/name or sqlite:FILE.')
}

function usage(what: string, fix: string): CommandFailure {
  const why = 'It names the empty database that is to be filled; its address may be a secret.'
  return new CommandFailure('usage', { code: 'target_refused', what, why, fix })
}
