import type { Migration } from '../../platform/storage/index.ts'

export const installationMigrations: readonly Migration[] = [
  {
    id: '0001-installation',
    up: (c) => [
      `create table installation (
        id ${c.integer} primary key check (id = 1),
        epoch ${c.integer} not null,
        created_at ${c.instant} not null
      )${c.strict}`,
    ],
  },
]
