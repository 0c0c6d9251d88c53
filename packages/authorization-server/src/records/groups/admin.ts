// What the console shows of groups. Which permissions there are follows from the nouns.
import type { Field, FieldChoice, Noun } from '../../platform/console/index.ts'

export function groupsNoun(permissions: readonly FieldChoice[]): Noun {
  const name = { name: 'name', label: 'Name', kind: 'text', column: 'name', isRequired: true } as const
  const granted: Field = {
    name: 'permissions',
    label: 'Permissions',
    hint: 'For members who are staff.',
    kind: 'choices',
    column: 'permissions',
    choices: permissions,
  }
  return {
    name: 'groups',
    one: 'group',
    many: 'Groups',
    icon: 'apps',
    section: 'people',
    about: 'People who may do the same. Apps see the names of the groups.',
    table: 'groups',
    key: { column: 'id', kind: 'number' },
    label: ['name'],
    fields: [
      name,
      { name: 'members', label: 'Members', kind: 'integer' },
      granted,
      { name: 'created_at', label: 'Created', kind: 'instant', column: 'created_at' },
    ],
    columns: ['name', 'members', 'permissions', 'created_at'],
    filters: [],
    search: [
      { column: 'id', match: 'number' },
      { column: 'name', match: 'prefix' },
    ],
    sorts: [
      { name: 'name', column: 'name' },
      { name: 'created_at', column: 'id' },
    ],
    groups: [
      { title: 'Group', fields: ['name', 'members', 'created_at'] },
      { title: 'What members may do', fields: ['permissions'] },
    ],
    add: [name, granted],
    change: ['name', 'permissions'],
    canDelete: true,
    sensitive: ['add', 'change', 'delete'],
    acts: [],
    related: [{ noun: 'users', filter: 'group', label: 'Members' }],
  }
}
