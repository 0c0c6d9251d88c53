import type { Migration } from '../storage/index.ts'

export const jobsMigrations: readonly Migration[] = [
  {
    id: '0014-leases',
    up: (c) => [
      `create table leases (
        name ${c.text} primary key not null,
        holder ${c.text} not null,
        expires_at ${c.instant} not null
      )${c.strict}`,
    ],
  },
]
