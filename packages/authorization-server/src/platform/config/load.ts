// Merges defaults < file < environment < flags into frozen settings, or refuses with every fault at once.

import { allowedValues, asTyped, defaultValue } from './allowed.ts'
import { type Fault, InvalidSettings } from './fault.ts'
import type { AnyFragment, Setting, SettingsOf } from './fragment.ts'
import { readLayers, type Written } from './layers.ts'
import type { Sources } from './sources.ts'
import { fromText } from './text.ts'

export interface LoadOptions {
  /** Defaults of a mode (development), stronger than the declared ones and weaker than anything written. */
  readonly assumed?: { readonly because: string; readonly values: Readonly<Record<string, unknown>> }
  /** Settings (`<fragment>.<key>`) that this mode wants written somewhere, although their type has them optional. */
  readonly required?: readonly string[]
  /** What must hold between settings; a value that is faulty by itself reads as undefined. */
  readonly check?: (value: (key: string) => unknown, origin: (key: string) => string) => readonly Fault[]
  /** `LATCHKEY_…` variables that are no settings and no mistake. */
  readonly tolerated?: readonly string[]
}

export interface Loaded<Settings> {
  readonly settings: Settings
  /** `<fragment>.<key>` → where its value came from, e.g. `environment LATCHKEY_PORT`, `default`. */
  readonly origins: ReadonlyMap<string, string>
}

/**
 * Loads the settings of a list of fragments.
 * @returns the values, deeply frozen, and where each came from
 * @throws InvalidSettings with every fault: wrong values, unknown names, unreadable files, secrets given twice
 */
export function loadSettings<const Fragments extends readonly AnyFragment[]>(
  fragments: Fragments,
  sources: Sources,
  options: LoadOptions = {},
): Loaded<SettingsOf<Fragments>> {
  const { written, faults: found } = readLayers(fragments, sources, options.tolerated)
  const faults = [...found]
  const origins = new Map<string, string>()
  const settings: Record<string, Record<string, unknown>> = {}
  for (const fragment of fragments) {
    const values: Record<string, unknown> = {}
    for (const [name, setting] of Object.entries(fragment.settings)) {
      const key = `${fragment.name}.${name}`
      const chosen = choose(key, setting, written.get(key) ?? [], options.assumed, faults)
      const result = setting.schema.safeParse(chosen.value)
      if (chosen.missing && options.required?.includes(key) === true) {
        faults.push(missing(setting, 'This mode needs it.'))
      } else if (result.success) {
        values[name] = result.data
        origins.set(key, chosen.origin)
      } else {
        faults.push(refusal(setting, chosen, result.error.issues[0]?.message ?? 'Not accepted.'))
      }
    }
    settings[fragment.name] = values
  }
  const value = (key: string): unknown => {
    const [room = '', name = ''] = key.split('.')
    return settings[room]?.[name]
  }
  faults.push(...(options.check?.(value, (key) => origins.get(key) ?? 'nowhere') ?? []))
  if (faults.length > 0) {
    throw new InvalidSettings(faults)
  }
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- each value was parsed by the schema of its fragment's type
  return { settings: deepFreeze(settings) as SettingsOf<Fragments>, origins }
}

interface Chosen {
  readonly name: string
  readonly from: string
  readonly origin: string
  readonly value: unknown
  readonly missing: boolean
}

/** The strongest thing written for one setting; the assumed value or nothing (the schema's default) without one. */
function choose(
  key: string,
  setting: Setting<unknown>,
  entries: readonly Written[],
  assumed: LoadOptions['assumed'],
  faults: Fault[],
): Chosen {
  const last = entries.at(-1)
  if (last === undefined) {
    const isAssumed = assumed !== undefined && Object.hasOwn(assumed.values, key)
    return {
      name: setting.env,
      from: isAssumed ? assumed.because : 'nowhere',
      origin: isAssumed ? assumed.because : 'default',
      value: isAssumed ? assumed.values[key] : undefined,
      missing: !isAssumed,
    }
  }
  const first = entries[0]
  if (setting.secret && first !== undefined && first !== last) {
    faults.push({
      name: last.name,
      from: last.from,
      why: `The same secret is also given by ${first.name} (${first.from}).`,
      fix: `Keep one of the two; ${setting.env}_FILE keeps it out of the process environment.`,
    })
  }
  return {
    name: last.name,
    from: last.from,
    origin: last.from === 'environment' || last.from === 'flag' ? `${last.from} ${last.name}` : last.from,
    value: last.isText ? fromText(setting.schema, String(last.value), setting.unit) : last.value,
    missing: false,
  }
}

function missing(setting: Setting<unknown>, why: string): Fault {
  const file = setting.secret ? ` or ${setting.env}_FILE to the path of a file that holds it` : ''
  return { name: setting.env, from: 'nowhere', why, fix: `Set ${setting.env} to: ${wanted(setting)}${file}.` }
}

function refusal(setting: Setting<unknown>, chosen: Chosen, message: string): Fault {
  if (chosen.missing) {
    return missing(setting, 'It is required and has no default.')
  }
  const example = defaultValue(setting)
  return {
    name: chosen.name,
    ...(setting.secret ? {} : { value: asTyped(chosen.value) }),
    from: chosen.from,
    why: `${message.replace(/\.$/, '')}.`,
    fix: `Set ${chosen.name} to: ${wanted(setting)}${example === undefined ? '' : `; the default is “${example}”`}.`,
  }
}

function wanted(setting: Setting<unknown>): string {
  return setting.unit === undefined ? allowedValues(setting) : `${allowedValues(setting)} (${setting.unit})`
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value)
    Object.values(value).forEach(deepFreeze)
  }
  return value
}
