import type { Migration } from '../../platform/storage/index.ts'

export const authorizationMigrations: readonly Migration[] = [
  {
    id: '0012-authorization-transactions',
    up: (c) => [
      `create table authorization_transactions (
        id ${c.text} primary key,
        session_id ${c.text} not null references sessions (id) on delete cascade,
        request ${c.json} not null,
        expires_at ${c.instant} not null,
        decided_at ${c.instant}
      )${c.strict}`,
      `create index authorization_transactions_by_expiry on authorization_transactions (expires_at)`,
      `create index authorization_transactions_by_session on authorization_transactions (session_id)`,
    ],
  },
]
