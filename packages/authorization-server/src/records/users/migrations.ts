import type { Migration } from '../../platform/storage/index.ts'

export const usersMigrations: readonly Migration[] = [
  {
    id: '0002-users',
    up: (c) => [
      `create table users (
        id ${c.identity},
        subject ${c.text} not null unique,
        email ${c.text},
        email_key ${c.text} unique,
        email_verified ${c.flag} not null default 0,
        username ${c.text},
        username_key ${c.text} unique,
        first_name ${c.text} not null,
        last_name ${c.text} not null,
        is_active ${c.flag} not null,
        is_staff ${c.flag} not null,
        is_superuser ${c.flag} not null,
        attributes ${c.json} not null,
        epoch ${c.integer} not null,
        created_at ${c.instant} not null,
        updated_at ${c.instant} not null,
        last_sign_in_at ${c.instant},
        check (email_key is not null or username_key is not null)
      )${c.strict}`,
    ],
  },
  {
    id: '0025-user-claims',
    up: (c) => [`alter table users add column claims ${c.json} not null default '{}'`],
  },
  {
    id: '0030-user-lists',
    up: () => [
      `create index users_disabled on users (id) where is_active = 0`,
      `create index users_staff on users (id) where is_staff = 1`,
      `create index users_super on users (id) where is_superuser = 1`,
      `create index users_by_email on users (coalesce(email_key, ''), id)`,
      `create index users_by_username on users (coalesce(username_key, ''), id)`,
      `create index users_by_last_name on users (lower(last_name), id)`,
      `create index users_by_first_name on users (lower(first_name), id)`,
    ],
  },
  {
    id: '0039-users-by-joining',
    up: () => [`create index users_by_joining on users (created_at, id)`],
  },
  {
    id: '0045-rare-users-by-joining',
    up: () => [
      `create index users_disabled_by_joining on users (created_at, id) where is_active = 0`,
      `create index users_staff_by_joining on users (created_at, id) where is_staff = 1`,
      `create index users_super_by_joining on users (created_at, id) where is_superuser = 1`,
    ],
  },
  {
    // Of those without a username, who all are alike in this order, a time of joining is seen without reading the row.
    id: '0047-users-by-username',
    up: () => [
      `drop index users_by_username`,
      `create index users_by_username on users (coalesce(username_key, ''), id, created_at)`,
    ],
  },
  {
    // The same of the many who are alike in a name.
    id: '0048-users-by-names',
    up: () => [
      `drop index users_by_last_name`,
      `drop index users_by_first_name`,
      `create index users_by_last_name on users (lower(last_name), id, created_at)`,
      `create index users_by_first_name on users (lower(first_name), id, created_at)`,
    ],
  },
]
