import type { Migration } from '../../platform/storage/index.ts'

export const viewsMigrations: readonly Migration[] = [
  {
    id: '0036-console-views',
    up: (c) => [
      `create table console_views (
        id ${c.identity},
        owner_id ${c.integer} not null references users (id) on delete cascade,
        list ${c.text} not null,
        name ${c.text} not null,
        query ${c.text} not null,
        created_at ${c.instant} not null,
        unique (owner_id, list, name)
      )${c.strict}`,
      `create index console_views_by_name on console_views (owner_id, name, id)`,
    ],
  },
]
