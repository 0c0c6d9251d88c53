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
  {
    // A member's time of joining the installation, which never changes: an index then has the members of a group in its order.
    id: '0050-members-by-joining',
    up: (c) => [
      `alter table memberships add column user_created_at ${c.instant} not null default 0`,
      `update memberships set user_created_at = (select created_at from users where users.id = memberships.user_id)`,
      `create index memberships_by_joining on memberships (group_id, user_created_at, user_id)`,
    ],
  },
]
