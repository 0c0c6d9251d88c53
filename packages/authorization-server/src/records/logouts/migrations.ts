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
  {
    id: '0039-failed-logouts',
    up: () => [`create index logout_deliveries_by_state on logout_deliveries (state, settled_at)`],
  },
  {
    // Without a reference to the person: their clients are told of the end even where it is the account's own.
    id: '0043-logouts-outlive-people',
    up: (c) => [
      `alter table logout_deliveries rename to logout_deliveries_before`,
      `create table logout_deliveries (
        id ${c.identity},
        session_id ${c.text} not null,
        client_row ${c.integer} not null references clients (id) on delete cascade,
        user_id ${c.integer} not null,
        subject ${c.text} not null,
        state ${c.text} not null,
        attempts ${c.integer} not null,
        outcome ${c.text},
        created_at ${c.instant} not null,
        due_at ${c.instant},
        attempted_at ${c.instant},
        settled_at ${c.instant},
        unique (session_id, client_row)
      )${c.strict}`,
      `insert into logout_deliveries (session_id, client_row, user_id, subject, state, attempts, outcome, created_at, due_at,
        attempted_at, settled_at)
        select d.session_id, d.client_row, d.user_id, u.subject, d.state, d.attempts, d.outcome, d.created_at, d.due_at,
          d.attempted_at, d.settled_at
        from logout_deliveries_before d join users u on u.id = d.user_id order by d.id`,
      `drop table logout_deliveries_before`,
      `create index logout_deliveries_due on logout_deliveries (due_at)`,
      `create index logout_deliveries_by_client on logout_deliveries (client_row, created_at)`,
      `create index logout_deliveries_by_state on logout_deliveries (state, settled_at)`,
      `create index logout_deliveries_by_user on logout_deliveries (user_id)`,
      `create index logout_deliveries_settled on logout_deliveries (settled_at)`,
    ],
  },
]
