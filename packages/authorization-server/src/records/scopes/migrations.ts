import type { Migration } from '../../platform/storage/index.ts'

export const scopesMigrations: readonly Migration[] = [
  {
    id: '0006-scopes',
    up: (c) => [
      `create table apis (
        id ${c.identity},
        audience ${c.text} not null unique,
        name ${c.text} not null,
        created_at ${c.instant} not null
      )${c.strict}`,
      `create table scopes (
        name ${c.text} primary key,
        api_id ${c.integer} references apis (id) on delete cascade,
        description ${c.text} not null,
        position ${c.integer} not null
      )${c.strict}`,
      `create table scope_sets (
        id ${c.identity},
        scopes ${c.text} not null unique
      )${c.strict}`,
    ],
  },
]
