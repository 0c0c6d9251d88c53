// `latchkey export`: clients, APIs, scopes and groups as one declarative file; twice the same, to the byte.

import { existsSync } from 'node:fs'
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { jsonSchema, readCurrent, type Section, sections, writeDeclaration } from '../../features/declaration/index.ts'
import { type Command, type Context, defineCommand } from '../command.ts'
import { CommandFailure } from '../exit.ts'
import type { Result } from '../output.ts'
import { printable } from '../terminal.ts'

/** Where an editor finds what may stand in the file, when it lies beside it. */
const schemaFile = 'latchkey.schema.json'

export const command: Command = defineCommand({
  name: 'export',
  aliases: [],
  summary: 'Write applications, APIs, scopes and groups as a declarative file, for latchkey plan and apply',
  arguments: [],
  options: [
    { name: 'out', value: 'FILE', description: 'write it there; to standard output without it' },
    { name: 'only', value: 'PARTS', description: `only these, with commas between: ${sections.join(',')}` },
    { name: 'settings', description: 'add the settings in force that are not at their default, as a comment' },
    { name: 'schema', description: `print the JSON Schema of the file instead; editors find it as ${schemaFile}` },
  ],
  examples: [
    'latchkey export --out latchkey.yaml',
    'latchkey export --only clients,groups',
    `latchkey export --schema --out ${schemaFile}`,
  ],
  async run(context) {
    const only = partsOf(context)
    if (context.input.flag('schema')) {
      const schema = jsonSchema()
      return written(context, `${JSON.stringify(schema, undefined, 2)}\n`, { schema })
    }
    const { database } = await context.open('read')
    const current = await readCurrent(database)
    const out = context.input.maybeText('out')
    const hasSchema = out !== undefined && existsSync(join(dirname(out), schemaFile))
    const text = writeDeclaration(current, {
      only,
      schemaPath: hasSchema ? `./${schemaFile}` : undefined,
      appendix: context.input.flag('settings') ? await settingLines(context) : undefined,
    })
    return written(context, text, { declaration: text })
  },
})

function partsOf({ input }: Context): ReadonlySet<Section> {
  const given = input.maybeText('only')
  if (given === undefined) return new Set(sections)
  const words = given.split(',').map((word) => word.trim())
  const strange = words.find((word) => !sections.some((section) => section === word))
  if (strange === undefined) return new Set(sections.filter((section) => words.includes(section)))
  throw new CommandFailure('usage', {
    code: 'no_such_part',
    what: `“${strange}” is no part of the file.`,
    why: `The parts are ${sections.join(', ')}.`,
    fix: 'latchkey export --only clients,groups',
  })
}

/** They stand in the environment and in files, so here they are only told. */
async function settingLines(context: Context): Promise<readonly string[]> {
  const rows = await (await context.roof()).settings('production')
  const changed = rows.filter(({ origin }) => origin !== 'default')
  return [
    'Settings of the process that wrote this, where they are not at their default: to be read only.',
    ...changed.map(({ env, value, origin }) => printable(`  ${env}=${value}  (${origin})`)),
  ]
}

async function written(context: Context, text: string, data: Readonly<Record<string, unknown>>): Promise<Result> {
  const out = context.input.maybeText('out')
  if (out === undefined) return { data, view: { kind: 'file', text } }
  try {
    await writeWhole(out, text)
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'not writable'
    const what = 'The file cannot be written.'
    const explanation = { code: 'file_unwritable', what, why: `${out}: ${reason}`, fix: 'Name another with --out.' }
    throw new CommandFailure(reason === 'ENOENT' ? 'notFound' : 'notAllowed', explanation, error)
  }
  return { data: { file: out }, say: `Wrote ${out}.` }
}

/** Half a file is never seen, and nobody can have laid a link in its way: it is written in a folder of its own, then moved. */
async function writeWhole(file: string, text: string): Promise<void> {
  const folder = await mkdtemp(join(dirname(file), '.latchkey-'))
  try {
    const draft = join(folder, 'new')
    await writeFile(draft, text)
    await rename(draft, file)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
