import type { Migration } from '../../platform/storage/index.ts'
import { consentKey } from './key.ts'

export const consentsMigrations: readonly Migration[] = [
  {
    id: '0008-consents',
    up: (c) => [
      `create table consents (
        user_id ${c.integer} not null references users (id) on delete cascade,
        client_row ${c.integer} not null references clients (id) on delete cascade,
        scopes ${c.json} not null,
        epoch ${c.integer} not null,
        given_at ${c.instant},
        withdrawn_at ${c.instant},
        primary key (user_id, client_row)
      )${c.strict}`,
      `create index consents_by_client on consents (client_row)`,
    ],
  },
  {
    id: '0035-consent-lists',
    up: () => [
      `create index consents_by_key on consents (${consentKey})`,
      `create index consents_by_time on consents (coalesce(given_at, 0), ${consentKey})`,
      `create index consents_of_client on consents (client_row, coalesce(given_at, 0), ${consentKey})`,
      `create index consents_withdrawn on consents (coalesce(given_at, 0), ${consentKey}) where withdrawn_at is not null`,
      `drop index consents_by_client`,
    ],
  },
]
