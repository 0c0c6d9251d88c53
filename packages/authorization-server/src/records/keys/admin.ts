// What the console shows of the keys that sign. The private half never leaves the server.
import type { Noun } from '../../platform/console/index.ts'

export const keysNoun: Noun = {
  name: 'keys',
  one: 'signing key',
  many: 'Signing keys',
  icon: 'lock',
  section: 'system',
  about: 'What ID tokens and logout tokens are signed with.',
  table: 'signing_keys',
  key: { column: 'kid', kind: 'text' },
  label: ['kid'],
  fields: [
    { name: 'kid', label: 'Key id', kind: 'code', column: 'kid' },
    { name: 'algorithm', label: 'Algorithm', kind: 'code', column: 'algorithm' },
    {
      name: 'state',
      label: 'State',
      kind: 'choice',
      choices: [
        { value: 'next', label: 'Published, signs later' },
        { value: 'signing', label: 'Signs now' },
        { value: 'retiring', label: 'Still published' },
        { value: 'removed', label: 'Gone' },
      ],
      tones: { next: 'info', signing: 'success', retiring: 'warning' },
    },
    { name: 'created_at', label: 'Made', kind: 'instant', column: 'created_at' },
    { name: 'signs_from', label: 'Signs from', kind: 'instant', column: 'signs_from' },
    { name: 'published_until', label: 'Published until', kind: 'instant', column: 'published_until' },
  ],
  columns: ['kid', 'algorithm', 'state', 'created_at', 'signs_from', 'published_until'],
  filters: [],
  search: [{ column: 'kid', match: 'prefix' }],
  sorts: [{ name: 'created_at', column: 'created_at' }],
  isNewestFirst: true,
  groups: [{ title: 'Key', fields: ['kid', 'algorithm', 'state', 'created_at', 'signs_from', 'published_until'] }],
  acts: [
    {
      name: 'rotate',
      label: 'Rotate keys',
      on: 'noun',
      verb: 'change',
      isSensitive: true,
      says: 'Makes a successor of each key. It is published at once and signs after an hour; the old one stays published for a day after that, so that nothing breaks.',
      done: 'Successors have been made and published.',
    },
  ],
}
