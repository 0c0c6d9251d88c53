import type { Migration } from '../../platform/storage/index.ts'

export const credentialsMigrations: readonly Migration[] = [
  {
    id: '0004-credentials',
    up: (c) => [
      `create table passwords (
        user_id ${c.integer} primary key references users (id) on delete cascade,
        hash ${c.text} not null,
        changed_at ${c.instant} not null
      )${c.strict}`,
      `create table sign_in_attempts (
        attempt_key ${c.text} primary key,
        window_started_at ${c.instant} not null,
        attempts ${c.integer} not null
      )${c.strict}`,
    ],
  },
]
