import type { Migration } from '../../platform/storage/index.ts'

export const groupsMigrations: readonly Migration[] = [
  {
    id: '0003-groups',
    up: (c) => [
      `create table groups (
        id ${c.identity},
        name ${c.text} not null unique,
        permissions ${c.json} not null,
        created_at ${c.instant} not null
      )${c.strict}`,
      `create table memberships (
        user_id ${c.integer} not null references users (id) on delete cascade,
        group_id ${c.integer} not null references groups (id) on delete cascade,
        primary key (user_id, group_id)
      )${c.strict}`,
      `create index memberships_by_group on memberships (group_id)`,
    ],
  },
  {
    id: '0045-members-in-order',
    up: () => [
      `drop index memberships_by_group`,
      `create index memberships_by_group on memberships (group_id, user_id)`,
    ],
  },
]
