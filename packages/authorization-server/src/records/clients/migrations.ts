import type { Migration } from '../../platform/storage/index.ts'

export const clientsMigrations: readonly Migration[] = [
  {
    id: '0007-clients',
    up: (c) => [
      `create table clients (
        id ${c.identity},
        client_id ${c.text} not null unique,
        name ${c.text} not null,
        owner_id ${c.integer} references users (id),
        is_confidential ${c.flag} not null,
        authentication_method ${c.text} not null,
        grant_types ${c.json} not null,
        redirect_uris ${c.json} not null,
        post_logout_redirect_uris ${c.json} not null,
        allowed_origins ${c.json} not null,
        scopes ${c.json} not null,
        pkce ${c.text} not null,
        consent ${c.text} not null,
        introspection ${c.text} not null,
        id_token_algorithm ${c.text} not null,
        access_token_lifetime_seconds ${c.integer} not null,
        refresh_token_lifetime_seconds ${c.integer} not null,
        refresh_grace_seconds ${c.integer} not null,
        refresh_ends_access_tokens ${c.flag} not null,
        refresh_narrows_grant ${c.flag} not null,
        enabled ${c.flag} not null,
        epoch ${c.integer} not null,
        created_at ${c.instant} not null,
        updated_at ${c.instant} not null
      )${c.strict}`,
      `create index clients_by_owner on clients (owner_id)`,
      `create table client_secrets (
        id ${c.identity},
        client_row ${c.integer} not null references clients (id) on delete cascade,
        kind ${c.text} not null,
        verifier ${c.text} not null,
        hint ${c.text} not null,
        created_at ${c.instant} not null
      )${c.strict}`,
      `create index client_secrets_by_client on client_secrets (client_row)`,
    ],
  },
  {
    id: '0015-client-metadata',
    up: (c) => [`alter table clients add column metadata ${c.json} not null default '{}'`],
  },
  {
    id: '0037-client-names',
    up: () => [`create index clients_by_name on clients (lower(name), id)`],
  },
  {
    id: '0039-secrets-by-age',
    up: () => [`create index client_secrets_by_age on client_secrets (created_at)`],
  },
  {
    id: '0045-client-lists',
    up: () => [
      `create index clients_disabled on clients (lower(name), id) where enabled = 0`,
      `create index clients_public on clients (lower(name), id) where is_confidential = 0`,
    ],
  },
]
