import type { Migration } from '../../platform/storage/index.ts'

export const setupMigrations: readonly Migration[] = [
  {
    id: '0013-setup-links',
    up: (c) => [
      `create table setup_links (
        digest ${c.text} primary key,
        expires_at ${c.instant} not null,
        used_at ${c.instant}
      )${c.strict}`,
    ],
  },
]
