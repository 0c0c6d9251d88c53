// What the console shows of saved views: each person's own, and nobody else's, whatever they may do otherwise.
import type { FieldChoice, Noun } from '../../platform/console/index.ts'

export function viewsNoun(lists: readonly FieldChoice[]): Noun {
  const name = { name: 'name', label: 'Name', kind: 'text', column: 'name', isRequired: true } as const
  const list = {
    name: 'list',
    label: 'List',
    kind: 'choice',
    column: 'list',
    choices: lists,
    isRequired: true,
  } as const
  const query = {
    name: 'query',
    label: 'Search, filters and order',
    hint: 'As the address of the list has it, after its question mark.',
    kind: 'code',
    column: 'query',
  } as const
  return {
    name: 'views',
    one: 'saved view',
    many: 'Saved views',
    icon: 'copy',
    section: 'system',
    about: 'Lists as you saved them. Only you see them.',
    table: 'console_views',
    key: { column: 'id', kind: 'number' },
    label: ['name'],
    owner: { column: 'owner_id', may: ['view', 'add', 'change', 'delete'], isPrivate: true },
    fields: [name, list, query, { name: 'created_at', label: 'Saved', kind: 'instant', column: 'created_at' }],
    columns: ['name', 'list', 'query', 'created_at'],
    filters: [{ kind: 'choice', name: 'list', label: 'List', column: 'list', choices: lists }],
    search: [
      { column: 'id', match: 'number' },
      { column: 'name', match: 'prefix' },
    ],
    sorts: [
      { name: 'name', column: 'name' },
      { name: 'created_at', column: 'id' },
    ],
    groups: [{ title: 'View', fields: ['name', 'list', 'query', 'created_at'] }],
    add: [list, name, query],
    change: ['name'],
    canDelete: true,
    acts: [],
  }
}
