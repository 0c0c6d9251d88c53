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
  {
    id: '0042-password-links',
    up: (c) => [
      `create table password_links (
        user_id ${c.integer} primary key references users (id) on delete cascade,
        digest ${c.text} not null unique,
        user_epoch ${c.integer} not null,
        installation_epoch ${c.integer} not null,
        is_staff ${c.flag} not null,
        is_superuser ${c.flag} not null,
        expires_at ${c.instant} not null
      )${c.strict}`,
      `create index password_links_by_end on password_links (expires_at)`,
    ],
  },
  {
    id: '0049-attempts-by-window',
    up: () => [`create index sign_in_attempts_by_window on sign_in_attempts (window_started_at)`],
  },
]
