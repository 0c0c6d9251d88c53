// Settings: declared by each room, loaded once, frozen. Owns the sources (defaults < file < environment < flags), the faults
// and the reference rows. Knows no setting by name except the file's (LATCHKEY_CONFIG) and the two aliases PORT and HOST.
// Tables: none. Settings: LATCHKEY_CONFIG (path of a JSON file, keys `<room>.<setting>`).

export {
  type AnyFragment,
  defineSettings,
  type Fragment,
  optionalSecret,
  secret,
  type Setting,
  setting,
  type SettingNotes,
  type SettingsOf,
  type Unit,
} from './fragment.ts'
export { type Fault, faultLines, InvalidSettings } from './fault.ts'
export { type Flag, processSources, type Sources } from './sources.ts'
export { type Loaded, type LoadOptions, loadSettings } from './load.ts'
export {
  type EffectiveRow,
  effectiveSettings,
  referenceTable,
  type SettingInForce,
  type SettingRow,
  settingRows,
  settingsInForce,
} from './describe.ts'
export { nearest } from './nearest.ts'
export { Secret } from './secret.ts'
