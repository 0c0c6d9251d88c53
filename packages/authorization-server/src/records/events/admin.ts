// What the console shows of events: everything that was done, read only.
import type { Noun } from '../../platform/console/index.ts'

export const eventsNoun: Noun = {
  name: 'events',
  one: 'event',
  many: 'Events',
  icon: 'info',
  about: 'Sign-ins, consents, ends of access, and every change: what happened, and who did it.',
  table: 'events',
  key: { column: 'id', kind: 'number' },
  label: ['id'],
  fields: [
    { name: 'number', label: 'No.', kind: 'integer', column: 'id' },
    { name: 'kind', label: 'What', kind: 'code', column: 'kind' },
    { name: 'at', label: 'When', kind: 'instant', column: 'at' },
    { name: 'actor', label: 'Who did it', kind: 'reference', noun: 'users', column: 'actor_id' },
    { name: 'user', label: 'To whom', kind: 'reference', noun: 'users', column: 'user_id' },
    { name: 'client', label: 'Application', kind: 'reference', noun: 'clients', column: 'client_row' },
    { name: 'address', label: 'Address', kind: 'code', column: 'address' },
    { name: 'detail', label: 'Detail', kind: 'json', column: 'detail' },
  ],
  columns: ['number', 'kind', 'at', 'actor', 'user', 'client', 'address'],
  filters: [
    { kind: 'reference', name: 'user', label: 'To whom', noun: 'users', column: 'user_id' },
    { kind: 'reference', name: 'client', label: 'Application', noun: 'clients', column: 'client_row' },
  ],
  search: [{ column: 'id', match: 'number' }],
  sorts: [{ name: 'number', column: 'id' }],
  isNewestFirst: true,
  groups: [{ title: 'Event', fields: ['number', 'kind', 'at', 'actor', 'user', 'client', 'address', 'detail'] }],
  acts: [],
}
