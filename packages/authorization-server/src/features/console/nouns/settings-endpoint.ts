// What the console knows of the settings: the declarations, with what is in force. A secret is masked before it comes here.
import type { Desk, Entry } from '../../../platform/console/index.ts'
import type { SettingInForce } from '../../../platform/config/index.ts'
import type { Context } from '../../context/index.ts'
import { settingsNoun } from '../admin.ts'

export function settingsDesk({ settingsInForce }: Pick<Context, 'settingsInForce'>): Desk {
  const rooms = new Set(settingsInForce().map(roomOf))
  return { noun: settingsNoun([...rooms], async () => settingsInForce().map(entryOf)) }
}

function roomOf({ key }: Pick<SettingInForce, 'key'>): string {
  return key.slice(0, key.indexOf('.'))
}

function entryOf(setting: SettingInForce): Entry {
  const { key, value, origin, unit, defaultValue, allowed, env, secret, description, spec } = setting
  return {
    id: key,
    label: key,
    values: {
      key,
      value,
      source: sourceOf(origin),
      origin,
      unit: unit ?? null,
      default_value: defaultValue ?? null,
      allowed,
      variable: env,
      is_secret: secret,
      description,
      spec: spec ?? null,
      room: roomOf(setting),
    },
  }
}

/** The kind of place, by how the loader names places: `environment LATCHKEY_PORT`, `file latchkey.json:3`. */
function sourceOf(origin: string): string {
  const [first = ''] = origin.split(' ')
  return ['default', 'file', 'environment', 'flag'].includes(first) ? first : 'program'
}
