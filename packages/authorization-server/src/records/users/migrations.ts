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
]
