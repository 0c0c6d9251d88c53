// What the console shows of consents: what people allowed, to which application, and whether they took it back.
import type { Noun } from '../../platform/console/index.ts'
import { consentKey } from './key.ts'

export const consentsNoun: Noun = {
  name: 'consents',
  one: 'consent',
  many: 'Consents',
  icon: 'check',
  section: 'applications',
  about: 'What people allowed which application. Where consent is skipped, nobody was asked.',
  // A consent is named by its person and its application; indexes over the expression serve it.
  table: `(select ${consentKey} as id, k.* from consents k) consents_by_id`,
  key: { column: 'id', kind: 'text' },
  label: ['id'],
  fields: [
    { name: 'consent', label: 'Consent', kind: 'code', column: 'id' },
    { name: 'user', label: 'User', kind: 'reference', noun: 'users', column: 'user_id' },
    { name: 'client', label: 'Application', kind: 'reference', noun: 'clients', column: 'client_row' },
    {
      name: 'status',
      label: 'Status',
      kind: 'choice',
      choices: [
        { value: 'given', label: 'Given' },
        { value: 'withdrawn', label: 'Withdrawn' },
      ],
      tones: { given: 'success' },
    },
    { name: 'scopes', label: 'Scopes', kind: 'texts', column: 'scopes' },
    { name: 'given_at', label: 'Given at', kind: 'instant', column: 'given_at' },
    { name: 'withdrawn_at', label: 'Withdrawn at', kind: 'instant', column: 'withdrawn_at' },
  ],
  columns: ['consent', 'user', 'client', 'status', 'scopes', 'given_at', 'withdrawn_at'],
  filters: [
    {
      kind: 'presence',
      name: 'withdrawn',
      label: 'Status',
      column: 'withdrawn_at',
      present: 'Withdrawn',
      absent: 'Given',
      thenBy: ['given_at'],
    },
    { kind: 'reference', name: 'user', label: 'User', noun: 'users', column: 'user_id' },
    {
      kind: 'reference',
      name: 'client',
      label: 'Application',
      noun: 'clients',
      column: 'client_row',
      thenBy: ['given_at'],
    },
  ],
  search: [{ column: 'id', match: 'exact' }],
  sorts: [{ name: 'given_at', column: 'given_at', absent: 0 }],
  isNewestFirst: true,
  groups: [
    { title: 'Consent', fields: ['consent', 'user', 'client', 'status', 'scopes'] },
    { title: 'Times', fields: ['given_at', 'withdrawn_at'] },
  ],
  acts: [
    {
      name: 'withdraw',
      label: 'Withdraw',
      on: 'row',
      isBulk: true,
      verb: 'delete',
      isDanger: true,
      says: 'The application loses at once what this person gave it, and must ask before it gets anything again.',
      done: 'The consent has been withdrawn, and what rested on it has ended.',
      when: (values) => values['withdrawn_at'] === null,
    },
  ],
}
