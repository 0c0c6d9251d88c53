// Finds what was written for each setting in the file, the environment and the flags, with the place it was written.
// What is written but belongs to no setting is a fault: a misspelt name must not be a silent default.

import { asTyped } from './allowed.ts'
import type { Fault } from './fault.ts'
import type { AnyFragment, Setting } from './fragment.ts'
import { nearest } from './nearest.ts'
import type { Sources } from './sources.ts'

/** One thing that was written for one setting. */
export interface Written {
  /** The name as written there. */
  readonly name: string
  /** The place, e.g. `environment`, `file latchkey.json:3`, `flag`. */
  readonly from: string
  readonly value: unknown
  /** True where a value can only be text (environment), so that it has to be read as the setting's type. */
  readonly isText: boolean
}

export interface Layers {
  /** `<fragment>.<key>` → what was written, weakest first. */
  readonly written: ReadonlyMap<string, readonly Written[]>
  readonly faults: readonly Fault[]
}

interface Known {
  readonly key: string
  readonly setting: Setting<unknown>
}

const configVariable = 'LATCHKEY_CONFIG'

/** Names that hosting platforms set without our prefix. The prefixed name wins. */
const aliases: Readonly<Record<string, string>> = { LATCHKEY_PORT: 'PORT', LATCHKEY_HOST: 'HOST' }

/**
 * @param fragments every declared setting
 * @param sources the raw sources
 * @param tolerated `LATCHKEY_…` variables that belong to other programs and are no mistake
 * @throws Error when two settings claim one name, or a flag names no setting: bugs of ours, not of the operator
 */
export function readLayers(
  fragments: readonly AnyFragment[],
  sources: Sources,
  tolerated: readonly string[] = [],
): Layers {
  const known = index(fragments)
  const written = new Map<string, Written[]>()
  const faults: Fault[] = []
  const add = (key: string, entry: Written): void => {
    written.set(key, [...(written.get(key) ?? []), entry])
  }
  readFileLayer(fragments, sources, add, faults)
  readEnvironmentLayer(known, sources, tolerated, add, faults)
  for (const flag of sources.flags) {
    if (known.find((one) => one.key === flag.key)?.setting.secret !== false) {
      throw new Error(`The flag ${flag.flag} sets ${flag.key}, which is a secret or does not exist.`)
    }
    add(flag.key, { name: flag.flag, from: 'flag', value: flag.value, isText: typeof flag.value === 'string' })
  }
  return { written, faults }
}

function index(fragments: readonly AnyFragment[]): readonly Known[] {
  const known: Known[] = []
  const claimed = new Set([configVariable])
  for (const fragment of fragments) {
    for (const [name, setting] of Object.entries(fragment.settings)) {
      const key = `${fragment.name}.${name}`
      for (const variable of setting.secret ? [setting.env, `${setting.env}_FILE`] : [setting.env]) {
        if (claimed.has(variable)) {
          throw new Error(`${key}: the variable ${variable} is already taken.`)
        }
        claimed.add(variable)
      }
      known.push({ key, setting })
    }
  }
  if (new Set(known.map((one) => one.key)).size !== known.length) {
    throw new Error('Two fragments have the same name.')
  }
  return known
}

type Add = (key: string, entry: Written) => void

function readEnvironmentLayer(
  known: readonly Known[],
  sources: Sources,
  tolerated: readonly string[],
  add: Add,
  faults: Fault[],
): void {
  const names = new Set([configVariable, ...tolerated])
  for (const { key, setting } of known) {
    names.add(setting.env)
    const alias = aliases[setting.env]
    const name = present(sources, setting.env) === undefined && alias !== undefined ? alias : setting.env
    const direct = present(sources, name)
    if (direct !== undefined) {
      add(key, { name, from: 'environment', value: direct, isText: true })
    }
    if (setting.secret) {
      names.add(`${setting.env}_FILE`)
      readSecretFile(key, `${setting.env}_FILE`, sources, add, faults)
    }
  }
  for (const name of Object.keys(sources.environment)) {
    if (name.startsWith('LATCHKEY_') && !names.has(name)) {
      faults.push(unknownName(name, 'environment', 'No setting has this name.', nearest(name, names)))
    }
  }
}

/** An empty variable counts as absent: compose files pass `X=` for what was not set. */
function present(sources: Sources, name: string): string | undefined {
  const value = sources.environment[name]
  return value === '' ? undefined : value
}

function readSecretFile(key: string, name: string, sources: Sources, add: Add, faults: Fault[]): void {
  const path = present(sources, name)
  if (path === undefined) {
    return
  }
  try {
    // Editors and `echo` end a file with a line break that is not part of the secret.
    const value = sources.readFile(path).replace(/\r?\n$/, '')
    add(key, { name, from: 'environment', value, isText: true })
  } catch (error) {
    faults.push({
      name,
      value: path,
      from: 'environment',
      why: `The file cannot be read (${reasonOf(error)}).`,
      fix: `Give ${name} the path of a readable file that holds the secret and nothing else.`,
    })
  }
}

function readFileLayer(fragments: readonly AnyFragment[], sources: Sources, add: Add, faults: Fault[]): void {
  const path = present(sources, configVariable)
  if (path === undefined) {
    return
  }
  const text = readText(path, sources, faults)
  const parsed = text === undefined ? undefined : parseObject(path, text, faults)
  if (text === undefined || parsed === undefined) {
    return
  }
  const place = (name: string): string => `file ${path}${lineOf(text, name)}`
  for (const [room, values] of Object.entries(parsed)) {
    const fragment = fragments.find((one) => one.name === room)
    if (fragment === undefined) {
      // Editors look for "$schema"; it configures nothing.
      if (room !== '$schema') {
        const guess = nearest(
          room,
          fragments.map((one) => one.name),
        )
        faults.push(unknownName(room, place(room), 'No group of settings has this name.', guess))
      }
    } else if (isObject(values)) {
      readGroup(fragment, values, place, add, faults)
    } else {
      const fix = `Write it as {"${room}": {"…": …}}.`
      faults.push({ name: room, from: place(room), why: 'This is a group of settings, not a value.', fix })
    }
  }
}

function readGroup(
  fragment: AnyFragment,
  values: Readonly<Record<string, unknown>>,
  place: (name: string) => string,
  add: Add,
  faults: Fault[],
): void {
  for (const [name, value] of Object.entries(values)) {
    const key = `${fragment.name}.${name}`
    if (Object.hasOwn(fragment.settings, name)) {
      add(key, { name: key, from: place(name), value, isText: false })
    } else {
      const guess = nearest(name, Object.keys(fragment.settings))
      const full = guess === undefined ? undefined : `${fragment.name}.${guess}`
      faults.push(unknownName(key, place(name), 'No setting has this name.', full))
    }
  }
}

function readText(path: string, sources: Sources, faults: Fault[]): string | undefined {
  try {
    return sources.readFile(path)
  } catch (error) {
    const why = `The settings file cannot be read (${reasonOf(error)}).`
    const fix = `Give ${configVariable} the path of a readable JSON file, or leave it out.`
    faults.push({ name: configVariable, value: path, from: 'environment', why, fix })
    return undefined
  }
}

function parseObject(path: string, text: string, faults: Fault[]): Readonly<Record<string, unknown>> | undefined {
  const fault = { name: configVariable, value: path, from: 'environment' }
  try {
    const value: unknown = JSON.parse(text)
    if (isObject(value)) {
      return value
    }
    faults.push({
      ...fault,
      why: 'The settings file holds no JSON object.',
      fix: 'Write {"<room>": {"<setting>": …}}.',
    })
  } catch (error) {
    // The parser's own words quote the text around the mistake, which may be a secret: only the place is kept.
    const place = /line \d+ column \d+/.exec(error instanceof Error ? error.message : '')?.[0]
    const why = `The settings file is not valid JSON${place === undefined ? '' : ` (${place})`}.`
    faults.push({ ...fault, why, fix: 'Correct the file; JSON has no comments and no trailing commas.' })
  }
  return undefined
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** `:3` where the quoted name occurs on one line only; nothing where a guess would mislead. */
function lineOf(text: string, name: string): string {
  const quoted = JSON.stringify(name)
  const first = text.indexOf(quoted)
  return first === -1 || text.includes(quoted, first + 1) ? '' : `:${text.slice(0, first).split('\n').length}`
}

function unknownName(name: string, from: string, why: string, guess: string | undefined): Fault {
  const fix = guess === undefined ? 'Remove it; `latchkey check-config` lists the names.' : `Did you mean ${guess}?`
  return { name, from, why, fix }
}

function reasonOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? asTyped(error.code) : 'unreadable'
}
