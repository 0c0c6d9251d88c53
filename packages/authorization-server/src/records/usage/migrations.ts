import type { Migration } from '../../platform/storage/index.ts'

export const usageMigrations: readonly Migration[] = [
  {
    id: '0038-usage',
    up: (c) => [
      `create table usage_hours (
        kind ${c.text} not null,
        hour ${c.instant} not null,
        reason ${c.text} not null,
        client_row ${c.integer} not null,
        counted ${c.integer} not null,
        primary key (kind, hour, reason, client_row)
      )${c.strict}`,
      `create index usage_by_client on usage_hours (client_row, hour)`,
      `create index usage_by_hour on usage_hours (hour)`,
    ],
  },
]
