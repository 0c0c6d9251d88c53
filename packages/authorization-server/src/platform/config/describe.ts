// The settings as rows: for docs/reference/configuration.md (what can be set) and for `check-config` (what is set).

import { allowedValues, asTyped, defaultValue } from './allowed.ts'
import type { AnyFragment } from './fragment.ts'

/** One declared setting, for the reference. */
export interface SettingRow {
  /** `<fragment>.<key>`, the path in the settings file. */
  readonly key: string
  readonly env: string
  readonly allowed: string
  readonly unit: string | undefined
  readonly defaultValue: string | undefined
  readonly description: string
  readonly spec: string | undefined
  readonly secret: boolean
}

/** One effective setting; a secret's value is masked. */
export interface EffectiveRow {
  readonly key: string
  readonly env: string
  readonly value: string
  readonly origin: string
}

/** A declared setting with what is in force. */
export interface SettingInForce extends SettingRow {
  readonly value: string
  readonly origin: string
}

/** Every declared setting in the order of the fragments. */
export function settingRows(fragments: readonly AnyFragment[]): readonly SettingRow[] {
  return fragments.flatMap((fragment) =>
    Object.entries(fragment.settings).map(([name, setting]) => ({
      key: `${fragment.name}.${name}`,
      env: setting.env,
      allowed: allowedValues(setting),
      unit: setting.unit,
      defaultValue: defaultValue(setting),
      description: setting.description,
      spec: setting.spec,
      secret: setting.secret,
    })),
  )
}

/**
 * What is in force now and where it came from.
 * @param loaded what `loadSettings` returned for the same fragments
 */
export function effectiveSettings(
  fragments: readonly AnyFragment[],
  loaded: { readonly settings: object; readonly origins: ReadonlyMap<string, string> },
): readonly EffectiveRow[] {
  const groups = new Map<string, unknown>(Object.entries(loaded.settings))
  return fragments.flatMap((fragment) => {
    const values = new Map<string, unknown>(Object.entries(groups.get(fragment.name) ?? {}))
    return Object.entries(fragment.settings).map(([name, setting]) => {
      const key = `${fragment.name}.${name}`
      const value = values.get(name)
      const shown = value === undefined ? '' : setting.secret ? '•••' : asTyped(value)
      return { key, env: setting.env, value: shown, origin: loaded.origins.get(key) ?? 'default' }
    })
  })
}

/** As {@link effectiveSettings}, each with its declaration. */
export function settingsInForce(
  fragments: readonly AnyFragment[],
  loaded: { readonly settings: object; readonly origins: ReadonlyMap<string, string> },
): readonly SettingInForce[] {
  const effective = new Map(effectiveSettings(fragments, loaded).map((row) => [row.key, row]))
  return settingRows(fragments).map((row) => {
    const { value = '', origin = 'default' } = effective.get(row.key) ?? {}
    return { ...row, value, origin }
  })
}

/** The rows as a Markdown table. */
export function referenceTable(rows: readonly SettingRow[]): string {
  const lines = rows.map((row) => {
    const type = row.unit === undefined ? row.allowed : `${row.allowed} (${row.unit})`
    const meaning = row.spec === undefined ? row.description : `${row.description} ${row.spec}.`
    const names = `\`${row.env}\`${row.secret ? `<br>\`${row.env}_FILE\`` : ''}<br>\`${row.key}\``
    const fallback =
      row.defaultValue === undefined ? 'none' : row.defaultValue === '' ? 'empty' : `\`${row.defaultValue}\``
    return `| ${[names, type, fallback, meaning].map(cell).join(' | ')} |`
  })
  return ['| Setting | Type | Default | Meaning |', '| --- | --- | --- | --- |', ...lines].join('\n')
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ')
}
