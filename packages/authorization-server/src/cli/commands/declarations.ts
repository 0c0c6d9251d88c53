// What `plan` and `apply` share: reading the file, planning on what is there now, and showing the plan.

import { readFile } from 'node:fs/promises'
import {
  type Case,
  type Change,
  type Declaration,
  decidePlan,
  findOwners,
  inOrder,
  mostBytes,
  type Place,
  type PlacedFault,
  readCurrent,
  readDeclaration,
  type SecretState,
  unusualFields,
} from '../../features/declaration/index.ts'
import { consolePermissions } from '../../features/console/index.ts'
import { chosenSecretFaults, createSecretChecker, findClient, secretsOf } from '../../records/clients/index.ts'
import type { ArgumentDeclaration, Context, OptionDeclaration } from '../command.ts'
import { CommandFailure } from '../exit.ts'
import type { Installation } from '../installation.ts'
import type { ChangeLine, View } from '../output.ts'
import { readAll } from '../secret-input.ts'

export const fileArgument: ArgumentDeclaration = {
  name: 'file',
  description: 'the declaration, YAML or JSON; - for standard input',
  required: true,
}

export const planOptions: readonly OptionDeclaration[] = [
  { name: 'prune', description: 'delete what is not in the file, in those parts that the file has' },
  { name: 'skip-secrets', description: 'neither compare nor set secrets' },
  { name: 'secrets-in-file', description: 'take secrets that stand in the file in clear' },
]

/** A declaration as it was given. */
export interface Given {
  /** How faults name it. */
  readonly file: string
  readonly declaration: Declaration
  readonly place: Place
}

/** @throws CommandFailure when it cannot be read, or with every fault of its form */
export async function readGiven(context: Context): Promise<Given> {
  const path = context.input.text('file')
  const file = path === '-' ? '<stdin>' : path
  const text = path === '-' ? await readAll(context.terminal, mostBytes) : await textOf(path)
  if (text.length > mostBytes) throw invalid(file, [{ line: 1, column: 1, at: '', sentence: 'It is too large.' }])
  const read = readDeclaration(text)
  if (read.kind === 'refused') throw invalid(file, read.faults)
  return { file, ...read }
}

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable'
    throw new CommandFailure(
      reason === 'ENOENT' ? 'notFound' : 'notAllowed',
      {
        code: 'file_unreadable',
        what: 'The declaration cannot be read.',
        why: `${path}: ${reason}`,
        fix: 'latchkey export --out FILE writes one.',
      },
      error,
    )
  }
}

function invalid(file: string, faults: readonly PlacedFault[]): CommandFailure {
  const lines = faults.map(({ line, column, at, sentence }) => {
    return `${file}:${line}:${column} ${at === '' ? '' : `${at}: `}${sentence}`
  })
  return new CommandFailure('invalidSettings', {
    code: 'invalid_declaration',
    what: `${file} cannot be applied: ${faults.length === 1 ? '1 fault' : `${faults.length} faults`}. Nothing was changed.`,
    why: lines.join('\n'),
    fix: 'Correct it. What may stand in it: latchkey export --schema',
    details: { faults: faults.map((fault) => ({ file, ...fault })) },
  })
}

export interface Planned extends Case {
  readonly notes: readonly string[]
}

/** @throws CommandFailure with everything that may not be declared */
export async function planGiven(context: Context, installation: Installation, given: Given): Promise<Planned> {
  const { database } = installation
  const { declaration } = given
  const [current, owners, secrets, permissions] = await Promise.all([
    readCurrent(database),
    findOwners(database, declaration),
    compareSecrets(context, installation, given),
    declaration.groups === undefined ? [] : consolePermissions(),
  ])
  const resolved = { owners, secrets }
  const decision = decidePlan(current, declaration, resolved, {
    permissions,
    issuer: installation.issuer,
    admits: (url) => installation.admits(url),
    prune: context.input.flag('prune'),
  })
  if (decision.kind === 'refuse') throw invalid(given.file, inOrder(decision.faults.map(given.place)))
  return { declaration, current, resolved, plan: decision.plan, notes: decision.notes }
}

/** The secret that the declaration points to; undefined when nothing is there. */
export function secretAtHand(
  { terminal }: Context,
  clientId: string,
  { clients = {} }: Declaration,
): string | undefined {
  const { environment, value } = clients[clientId]?.secret ?? {}
  const found = environment === undefined ? value : terminal.environment[environment]
  return found === '' ? undefined : found
}

/** @throws CommandFailure when one may not be a secret, or stands in the file without leave */
async function compareSecrets(
  context: Context,
  { database, passwords, random }: Installation,
  given: Given,
): Promise<ReadonlyMap<string, SecretState>> {
  if (context.input.flag('skip-secrets')) return new Map()
  const declared = Object.entries(given.declaration.clients ?? {}).filter(([, { secret }]) => secret !== undefined)
  const mayStandInFile = context.input.flag('secrets-in-file')
  const checker = createSecretChecker(passwords, random)
  const states = new Map<string, SecretState>()
  const faults: PlacedFault[] = []
  for (const [clientId, { secret }] of declared) {
    const way = secret?.environment === undefined ? 'value' : 'environment'
    const path = ['clients', clientId, 'secret', way]
    const atHand = secretAtHand(context, clientId, given.declaration)
    const sentences = secret?.value !== undefined && !mayStandInFile ? [inClear] : chosenSecretFaults(atHand ?? usual)
    faults.push(...sentences.map((sentence) => given.place({ path, sentence })))
    const client = await findClient(database, clientId)
    const known = client === undefined ? [] : await secretsOf(database, client.row)
    const isKnown = atHand !== undefined && sentences.length === 0 && (await checker.matches(known, atHand))
    states.set(clientId, stateOf(atHand, isKnown, known.length))
  }
  if (faults.length > 0) throw invalid(given.file, inOrder(faults))
  return states
}

function stateOf(atHand: string | undefined, isKnown: boolean, live: number): SecretState {
  if (atHand === undefined) return 'unknown'
  if (isKnown) return 'kept'
  return live === 0 ? 'new' : 'another'
}

/** Nothing is wrong with a secret that is not there yet. */
const usual = 'x'.repeat(32)
const inClear =
  'A secret in clear is taken only with --secrets-in-file: whoever reads the file has it. Use environment: NAME.'

/** @throws CommandFailure when a secret that the file points to is not there */
export function requireSecrets({ resolved, declaration }: Planned): void {
  const missing = [...resolved.secrets].filter(([, state]) => state === 'unknown').map(([clientId]) => clientId)
  if (missing.length === 0) return
  const names = missing.flatMap((clientId) => declaration.clients?.[clientId]?.secret?.environment ?? [])
  throw new CommandFailure('usage', {
    code: 'secret_missing',
    what: 'A secret that the file points to is not there.',
    why: `Not set in this environment: ${names.join(', ')}. Nothing was changed.`,
    fix: 'Set it, or take `secret` out of the file: what stands is kept.',
  })
}

const signs = { create: '+', change: '~', delete: '-' } as const
const tones = { create: 'added', change: 'changed', delete: 'removed' } as const

/** The plan as people read it. */
export function planView({ plan, notes }: Planned): View {
  const lines = plan.changes.flatMap((change): readonly ChangeLine[] => {
    const tone = tones[change.action]
    const heading = { tone, text: `${signs[change.action]} ${change.kind} ${change.name}` }
    return [heading, ...fieldLines(change).map((text) => ({ tone: 'plain', text: `    ${text}` }) as const)]
  })
  const left = plan.left.map(({ kind, name }) => `${kind} ${name}`)
  const more = [
    ...notes,
    ...(left.length === 0 ? [] : [`Not in the file, and left as it is (--prune deletes it): ${left.join(', ')}`]),
  ]
  return {
    kind: 'changes',
    lines: [...lines, ...more.map((text) => ({ tone: 'plain', text: `  ! ${text}` }) as const)],
  }
}

function fieldLines(change: Change): readonly string[] {
  const { action, differences } = change
  if (action === 'change') {
    return differences.map(({ field, before, after }) => `${field}: ${shown(before)} → ${shown(after)}`)
  }
  // What goes is told by its name, and what comes by what is not as usual.
  const fields = Object.fromEntries(differences.map(({ field, after }) => [field, after]))
  const said = action === 'delete' ? [] : unusualFields(change, fields)
  return said.map(({ field, after }) => `${field}: ${shown(after)}`)
}

function shown(value: unknown): string {
  if (typeof value === 'string') return value === '' || /[\s"]/.test(value) ? JSON.stringify(value) : value
  if (Array.isArray(value)) return `[${value.map(shown).join(', ')}]`
  return value === null ? 'none' : JSON.stringify(value)
}

/** One sentence that counts. */
export function planSentence({ plan }: Planned): string {
  const count = (action: Change['action']): number => plan.changes.filter((change) => change.action === action).length
  if (plan.changes.length === 0) return 'No changes: everything is as the file says.'
  return `Plan: ${count('create')} to create, ${count('change')} to change, ${count('delete')} to delete.`
}

/** The plan for `--json`. */
export function planBody({ plan, notes }: Planned): Readonly<Record<string, unknown>> {
  const changes = plan.changes.map(({ action, kind, name, differences }) => ({
    action,
    kind,
    name,
    fields: Object.fromEntries(differences.map(({ field, before, after }) => [field, { before, after }])),
  }))
  return { changes, left: plan.left, notes }
}
