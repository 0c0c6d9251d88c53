import type { Migration } from '../../platform/storage/index.ts'

export const clientAuthenticationMigrations: readonly Migration[] = [
  {
    id: '0020-client-assertions',
    up: (c) => [
      `create table client_assertions (
        digest ${c.text} primary key,
        expires_at ${c.instant} not null
      )${c.strict}`,
      `create index client_assertions_by_expiry on client_assertions (expires_at)`,
    ],
  },
]
