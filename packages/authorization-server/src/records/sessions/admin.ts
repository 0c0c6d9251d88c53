// What the console shows of sessions.
import type { Noun } from '../../platform/console/index.ts'

export const sessionsNoun: Noun = {
  name: 'sessions',
  one: 'session',
  many: 'Sessions',
  icon: 'device',
  section: 'people',
  about: 'Browsers in which somebody signed in.',
  table: 'sessions',
  key: { column: 'id', kind: 'text' },
  label: ['id'],
  fields: [
    { name: 'session', label: 'Session', kind: 'code', column: 'id' },
    { name: 'user', label: 'User', kind: 'reference', noun: 'users', column: 'user_id' },
    {
      name: 'status',
      label: 'Status',
      kind: 'choice',
      choices: [
        { value: 'live', label: 'Live' },
        { value: 'over', label: 'Over' },
      ],
      tones: { live: 'success' },
    },
    { name: 'address', label: 'Address', kind: 'code', column: 'address' },
    { name: 'user_agent', label: 'Browser', kind: 'text', column: 'user_agent' },
    { name: 'methods', label: 'Signed in by', kind: 'texts', column: 'methods' },
    { name: 'created_at', label: 'Signed in', kind: 'instant', column: 'created_at' },
    { name: 'last_seen_at', label: 'Last seen', kind: 'instant', column: 'last_seen_at' },
    { name: 'expires_at', label: 'Ends at the latest', kind: 'instant', column: 'expires_at' },
    { name: 'ended_at', label: 'Ended', kind: 'instant', column: 'ended_at' },
  ],
  columns: ['session', 'user', 'status', 'address', 'created_at', 'last_seen_at', 'expires_at'],
  filters: [
    {
      kind: 'presence',
      name: 'ended',
      label: 'Ended',
      column: 'ended_at',
      present: 'Ended',
      absent: 'Not ended',
      thenBy: ['expires_at'],
    },
    { kind: 'reference', name: 'user', label: 'User', noun: 'users', column: 'user_id' },
    { kind: 'period', name: 'last_seen', label: 'Last seen', column: 'last_seen_at', thenBy: ['last_seen_at'] },
  ],
  search: [{ column: 'id', match: 'exact' }],
  sorts: [
    { name: 'expires_at', column: 'expires_at' },
    { name: 'last_seen_at', column: 'last_seen_at' },
  ],
  isNewestFirst: true,
  groups: [
    { title: 'Session', fields: ['session', 'user', 'status', 'methods'] },
    { title: 'Browser', fields: ['address', 'user_agent'] },
    { title: 'Times', fields: ['created_at', 'last_seen_at', 'expires_at', 'ended_at'] },
  ],
  acts: [
    {
      name: 'end',
      label: 'End',
      on: 'row',
      isBulk: true,
      verb: 'delete',
      isDanger: true,
      says: 'Signs this browser out, and ends what apps were given in it.',
      done: 'The session has ended.',
      when: (values) => values['ended_at'] === null,
    },
  ],
}
