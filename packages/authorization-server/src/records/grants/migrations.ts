import type { Migration } from '../../platform/storage/index.ts'

const copied =
  'id, user_id, client_row, session_id, origin_session_id, scopes, audiences, claims, is_offline, user_epoch, client_epoch, ' +
  'consent_epoch, installation_epoch, generation, access_not_before_generation, rotated_at, authenticated_at, methods, ' +
  'created_at, expires_at, ended_at, end_reason'

export const grantsMigrations: readonly Migration[] = [
  {
    id: '0009-grants',
    up: (c) => [
      `create table grants (
        id ${c.text} primary key,
        user_id ${c.integer} not null references users (id) on delete cascade,
        client_row ${c.integer} not null references clients (id) on delete cascade,
        session_id ${c.text},
        code_digest ${c.text} unique,
        scopes ${c.text} not null,
        is_offline ${c.flag} not null,
        user_epoch ${c.integer} not null,
        client_epoch ${c.integer} not null,
        consent_epoch ${c.integer} not null,
        installation_epoch ${c.integer} not null,
        generation ${c.integer} not null,
        access_not_before_generation ${c.integer} not null,
        rotated_at ${c.instant},
        authenticated_at ${c.instant},
        methods ${c.json} not null,
        created_at ${c.instant} not null,
        expires_at ${c.instant} not null,
        ended_at ${c.instant},
        end_reason ${c.text}
      )${c.strict}`,
      `create index grants_by_user on grants (user_id, client_row)`,
      `create index grants_by_client on grants (client_row)`,
      `create index grants_by_session on grants (session_id)`,
      `create index grants_by_expiry on grants (expires_at)`,
      `create table revoked_tokens (
        token_id ${c.text} primary key,
        expires_at ${c.instant} not null
      )${c.strict}`,
      `create index revoked_tokens_by_expiry on revoked_tokens (expires_at)`,
    ],
  },
  {
    id: '0019-grant-origin',
    up: (c) => [`alter table grants add column origin_session_id ${c.text}`],
  },
  {
    id: '0022-grant-audiences',
    up: (c) => [
      `alter table grants add column audiences ${c.text} not null default ''`,
      `alter table grants add column claims ${c.text} not null default ''`,
    ],
  },
  {
    id: '0045-grant-lists',
    up: () => [
      `drop index grants_by_expiry`,
      `create index grants_by_expiry on grants (expires_at, id)`,
      `create index grants_ended on grants (expires_at, id) where ended_at is not null`,
    ],
  },
  {
    // A redeemed code gives its grant the id, and a session is known with its user: what both were found by before goes.
    id: '0046-grant-ids',
    up: (c) => [
      `create table grants_by_id (
        id ${c.text} primary key,
        user_id ${c.integer} not null references users (id) on delete cascade,
        client_row ${c.integer} not null references clients (id) on delete cascade,
        session_id ${c.text},
        origin_session_id ${c.text},
        scopes ${c.text} not null,
        audiences ${c.text} not null default '',
        claims ${c.text} not null default '',
        is_offline ${c.flag} not null,
        user_epoch ${c.integer} not null,
        client_epoch ${c.integer} not null,
        consent_epoch ${c.integer} not null,
        installation_epoch ${c.integer} not null,
        generation ${c.integer} not null,
        access_not_before_generation ${c.integer} not null,
        rotated_at ${c.instant},
        authenticated_at ${c.instant},
        methods ${c.json} not null,
        created_at ${c.instant} not null,
        expires_at ${c.instant} not null,
        ended_at ${c.instant},
        end_reason ${c.text}
      )${c.strict}`,
      `insert into grants_by_id (${copied}) select ${copied} from grants`,
      `drop table grants`,
      `alter table grants_by_id rename to grants`,
      `create index grants_by_user on grants (user_id, session_id)`,
      `create index grants_by_client on grants (client_row)`,
      `create index grants_by_expiry on grants (expires_at, id)`,
      `create index grants_ended on grants (expires_at, id) where ended_at is not null`,
    ],
  },
  {
    // A refresh moves the end of its grant. No index has that end, but the day on which it lies: PostgreSQL then writes the row beside
    // itself and leaves every index alone.
    id: '0049-grant-days',
    up: (c) => [
      `alter table grants add column expires_on ${c.integer} not null default 0`,
      `update grants set expires_on = expires_at / 86400000`,
      `drop index grants_by_expiry`,
      `drop index grants_ended`,
      `create index grants_by_expiry on grants (expires_on)`,
      `create index grants_ended on grants (ended_at, id) where ended_at is not null`,
    ],
  },
]
