// What the console shows of events: everything that was done, read only.
import type { Noun } from '../../platform/console/index.ts'
import { eventKinds } from './kinds.ts'

export const eventsNoun: Noun = {
  name: 'events',
  one: 'event',
  many: 'Events',
  icon: 'info',
  section: 'system',
  about: 'Sign-ins, consents, ends of access, and every change: what happened, and who did it.',
  table: 'events',
  key: { column: 'id', kind: 'number' },
  label: ['id'],
  fields: [
    { name: 'number', label: 'No.', kind: 'integer', column: 'id' },
    { name: 'kind', label: 'What', kind: 'choice', column: 'kind', choices: eventKinds },
    { name: 'at', label: 'When', kind: 'instant', column: 'at' },
    { name: 'actor', label: 'Who did it', kind: 'reference', noun: 'users', column: 'actor_id' },
    { name: 'user', label: 'To whom', kind: 'reference', noun: 'users', column: 'user_id' },
    { name: 'client', label: 'Application', kind: 'reference', noun: 'clients', column: 'client_row' },
    { name: 'address', label: 'Address', kind: 'code', column: 'address' },
    { name: 'reason', label: 'Reason', kind: 'text', column: 'detail', member: 'reason' },
    { name: 'noun', label: 'Of what', kind: 'code', column: 'noun' },
    { name: 'target', label: 'Which one', kind: 'code', column: 'target' },
    {
      name: 'changes',
      label: 'Changes',
      kind: 'rows',
      of: [
        { name: 'field', label: 'Field', kind: 'code' },
        { name: 'before', label: 'Before', kind: 'text' },
        { name: 'after', label: 'After', kind: 'text' },
      ],
    },
    { name: 'detail', label: 'Detail', kind: 'json', column: 'detail' },
    {
      name: 'chained',
      label: 'Position in the chain',
      hint: 'From then on nobody can change the event unseen; a moment after it happened.',
      kind: 'integer',
    },
  ],
  columns: ['number', 'kind', 'at', 'actor', 'user', 'client', 'address'],
  filters: [
    { kind: 'choice', name: 'kind', label: 'What', column: 'kind', choices: eventKinds, thenBy: ['at'] },
    { kind: 'exact', name: 'address', label: 'Address', column: 'address', thenBy: ['at'] },
    { kind: 'reference', name: 'actor', label: 'Who did it', noun: 'users', column: 'actor_id', thenBy: ['at'] },
    { kind: 'reference', name: 'user', label: 'To whom', noun: 'users', column: 'user_id', thenBy: ['at'] },
    { kind: 'reference', name: 'client', label: 'Application', noun: 'clients', column: 'client_row', thenBy: ['at'] },
    { kind: 'period', name: 'at', label: 'When', column: 'at', thenBy: ['at'] },
  ],
  search: [
    { column: 'id', match: 'number' },
    { column: 'address', match: 'exact' },
  ],
  // Only by time: each index ends with it, so that whatever filter is chosen with whatever period, one index gives the rows in order.
  sorts: [{ name: 'at', column: 'at', isSteady: true }],
  isNewestFirst: true,
  groups: [
    {
      title: 'Event',
      fields: ['number', 'kind', 'at', 'actor', 'reason', 'user', 'client', 'noun', 'target', 'address'],
    },
    { title: 'What was changed', fields: ['changes'] },
    { title: 'More', fields: ['detail', 'chained'] },
  ],
  acts: [],
}
