import type { Migration } from '../../platform/storage/index.ts'

export const scopesMigrations: readonly Migration[] = [
  {
    id: '0006-scopes',
    up: (c) => [
      `create table apis (
        id ${c.identity},
        audience ${c.text} not null unique,
        name ${c.text} not null,
        created_at ${c.instant} not null
      )${c.strict}`,
      `create table scopes (
        name ${c.text} primary key,
        api_id ${c.integer} references apis (id) on delete cascade,
        description ${c.text} not null,
        position ${c.integer} not null
      )${c.strict}`,
      `create table scope_sets (
        id ${c.identity},
        scopes ${c.text} not null unique
      )${c.strict}`,
    ],
  },
  {
    id: '0023-api-tokens',
    up: (c) => [
      `alter table apis add column token_format ${c.text} not null default 'opaque'`,
      `alter table apis add column signing_algorithm ${c.text} not null default 'RS256'`,
      `alter table apis add column access_token_lifetime_seconds ${c.integer}`,
      `create table api_clients (
        api_id ${c.integer} not null references apis (id) on delete cascade,
        client_row ${c.integer} not null references clients (id) on delete cascade,
        primary key (api_id, client_row)
      )${c.strict}`,
      `create index api_clients_by_client on api_clients (client_row)`,
      `create table audience_sets (
        id ${c.identity},
        audiences ${c.text} not null unique
      )${c.strict}`,
    ],
  },
  {
    id: '0034-scope-changes',
    up: (c) => [
      `alter table apis add column updated_at ${c.instant} not null default 0`,
      `alter table scopes add column updated_at ${c.instant} not null default 0`,
      `create table retired_names (
        kind ${c.text} not null,
        name ${c.text} not null,
        retired_at ${c.instant} not null,
        primary key (kind, name)
      )${c.strict}`,
      `create index apis_by_name on apis (lower(name), id)`,
      `create index scopes_by_api on scopes (api_id)`,
      `create index scopes_by_position on scopes (position, name)`,
    ],
  },
]
