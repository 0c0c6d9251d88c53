import type { Migration } from '../../platform/storage/index.ts'

export const keysMigrations: readonly Migration[] = [
  {
    id: '0010-keys',
    up: (c) => [
      `create table ring_keys (
        id ${c.integer} primary key,
        salt ${c.text} not null,
        created_at ${c.instant} not null,
        retired_at ${c.instant}
      )${c.strict}`,
      `create table signing_keys (
        kid ${c.text} primary key,
        algorithm ${c.text} not null,
        private_key ${c.text} not null,
        created_at ${c.instant} not null,
        signs_from ${c.instant} not null,
        published_until ${c.instant}
      )${c.strict}`,
    ],
  },
]
