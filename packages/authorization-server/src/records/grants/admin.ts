// What the console shows of grants: who gave which app what. Tokens point at them and are not stored.
import type { Noun } from '../../platform/console/index.ts'

export const grantsNoun: Noun = {
  name: 'grants',
  one: 'grant',
  many: 'Grants',
  icon: 'key',
  section: 'applications',
  about: 'What apps may do in the name of a person. Their tokens end with it.',
  table: 'grants',
  key: { column: 'id', kind: 'text' },
  label: ['id'],
  fields: [
    { name: 'grant', label: 'Grant', kind: 'code', column: 'id' },
    { name: 'user', label: 'User', kind: 'reference', noun: 'users', column: 'user_id' },
    { name: 'client', label: 'Application', kind: 'reference', noun: 'clients', column: 'client_row' },
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
    { name: 'scopes', label: 'Scopes', kind: 'code', column: 'scopes' },
    { name: 'is_offline', label: 'Outlives its session', kind: 'flag', column: 'is_offline' },
    { name: 'session', label: 'Session', kind: 'reference', noun: 'sessions', column: 'session_id' },
    { name: 'created_at', label: 'Given', kind: 'instant', column: 'created_at' },
    { name: 'refreshed_at', label: 'Last refresh', kind: 'instant', column: 'rotated_at' },
    { name: 'expires_at', label: 'Ends unless refreshed', kind: 'instant', column: 'expires_at' },
    { name: 'ended_at', label: 'Ended', kind: 'instant', column: 'ended_at' },
    { name: 'end_reason', label: 'Why it ended', kind: 'text', column: 'end_reason' },
  ],
  columns: ['grant', 'user', 'client', 'status', 'scopes', 'created_at', 'refreshed_at', 'expires_at'],
  filters: [
    {
      kind: 'presence',
      name: 'ended',
      label: 'Ended',
      column: 'ended_at',
      present: 'Ended',
      absent: 'Not ended',
    },
    { kind: 'reference', name: 'user', label: 'User', noun: 'users', column: 'user_id' },
    { kind: 'reference', name: 'client', label: 'Application', noun: 'clients', column: 'client_row' },
  ],
  search: [{ column: 'id', match: 'exact' }],
  // A grant's id begins with its time. When it ends moves with each refresh, and no index follows.
  sorts: [{ name: 'created_at', column: 'id', isSteady: true }],
  isNewestFirst: true,
  groups: [
    { title: 'Grant', fields: ['grant', 'user', 'client', 'status', 'scopes', 'session', 'is_offline'] },
    { title: 'Times', fields: ['created_at', 'refreshed_at', 'expires_at', 'ended_at', 'end_reason'] },
  ],
  acts: [
    {
      name: 'revoke',
      label: 'Revoke',
      on: 'row',
      isBulk: true,
      verb: 'delete',
      isDanger: true,
      says: 'The application loses this access at once. It can ask the person again.',
      done: 'The access has been revoked.',
      when: (values) => values['ended_at'] === null,
    },
  ],
}
