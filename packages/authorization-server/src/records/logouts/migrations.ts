import type { Migration } from '../../platform/storage/index.ts'

export const logoutsMigrations: readonly Migration[] = [
  {
    id: '0018-logouts',
    up: (c) => [
      `create table session_clients (
        session_id ${c.text} not null,
        client_row ${c.integer} not null references clients (id) on delete cascade,
        user_id ${c.integer} not null references users (id) on delete cascade,
        current_session_id ${c.text} not null references sessions (id) on delete cascade,
        primary key (session_id, client_row)
      )${c.strict}`,
      `create index session_clients_by_session on session_clients (current_session_id)`,
      `create index session_clients_by_user on session_clients (user_id)`,
      `create index session_clients_by_client on session_clients (client_row)`,
      `create table logout_deliveries (
        id ${c.identity},
        session_id ${c.text} not null,
        client_row ${c.integer} not null references clients (id) on delete cascade,
        user_id ${c.integer} not null references users (id) on delete cascade,
        state ${c.text} not null,
        attempts ${c.integer} not null,
        outcome ${c.text},
        created_at ${c.instant} not null,
        due_at ${c.instant},
        attempted_at ${c.instant},
        settled_at ${c.instant},
        unique (session_id, client_row)
      )${c.strict}`,
      `create index logout_deliveries_due on logout_deliveries (due_at)`,
      `create index logout_deliveries_by_client on logout_deliveries (client_row, created_at)`,
      `create index logout_deliveries_by_user on logout_deliveries (user_id)`,
      `create index logout_deliveries_settled on logout_deliveries (settled_at)`,
    ],
  },
]
