// What the console shows of the settings: what is in force on the node that answers, and where it was written. They are changed
// where they are written (docs/reference/configuration.md), never here.
import type { Entry, Field, Noun } from '../../platform/console/index.ts'

const sources = [
  { value: 'default', label: 'Default' },
  { value: 'file', label: 'File' },
  { value: 'environment', label: 'Environment' },
  { value: 'flag', label: 'Command line' },
  { value: 'program', label: 'The program' },
]

const fields: readonly Field[] = [
  { name: 'key', label: 'Setting', kind: 'code' },
  { name: 'value', label: 'Value', kind: 'code' },
  {
    name: 'source',
    label: 'From',
    kind: 'choice',
    choices: sources,
    tones: { file: 'info', environment: 'info', flag: 'info', program: 'info' },
  },
  { name: 'origin', label: 'Where exactly', kind: 'code' },
  { name: 'unit', label: 'Unit', kind: 'text' },
  { name: 'default_value', label: 'Default', kind: 'code' },
  { name: 'allowed', label: 'What it can be', kind: 'text' },
  { name: 'variable', label: 'Environment variable', kind: 'code' },
  { name: 'is_secret', label: 'Secret', kind: 'flag', tones: { true: 'warning' } },
  { name: 'description', label: 'What it does', kind: 'text' },
  { name: 'spec', label: 'Specification', kind: 'text' },
  { name: 'room', label: 'Group', kind: 'text' },
]

export function settingsNoun(rooms: readonly string[], rows: () => Promise<readonly Entry[]>): Noun {
  return {
    name: 'settings',
    one: 'setting',
    many: 'Settings',
    icon: 'change',
    section: 'system',
    about:
      'What is in force, and where it came from. Settings are changed where they are written, and read at a start.',
    rows,
    key: { column: 'key', kind: 'text' },
    label: ['key'],
    fields,
    columns: ['key', 'value', 'unit', 'source'],
    filters: [
      {
        kind: 'choice',
        name: 'source',
        label: 'From',
        column: 'source',
        choices: sources,
      },
      {
        kind: 'choice',
        name: 'room',
        label: 'Group',
        column: 'room',
        choices: rooms.map((room) => ({ value: room, label: room })),
      },
      { kind: 'flag', name: 'is_secret', label: 'Secret', column: 'is_secret' },
    ],
    search: [
      { column: 'key', match: 'prefix' },
      { column: 'variable', match: 'prefix' },
      { column: 'value', match: 'prefix' },
      { column: 'description', match: 'prefix' },
    ],
    sorts: [
      { name: 'key', column: 'key' },
      { name: 'source', column: 'source' },
    ],
    groups: [
      { title: 'In force', fields: ['key', 'value', 'unit', 'source', 'origin'] },
      { title: 'What it is', fields: ['description', 'default_value', 'allowed', 'is_secret', 'spec'] },
      { title: 'Where it is set', fields: ['variable', 'room'] },
    ],
    acts: [],
  }
}
